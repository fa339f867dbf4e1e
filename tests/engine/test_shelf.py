"""What stays is laid aside as it is, in memory that no step takes and gives back."""

import errno

import pytest
import torch

from tlcore.engine import shelf
from tlcore.engine.shelf import Shelf


def test_copies_are_equal_and_of_their_own():
    kept = Shelf()
    originals = [
        torch.arange(7, dtype=torch.uint8),
        torch.randn(2, 3, 4).to(memory_format=torch.contiguous_format).transpose(1, 2),
        torch.randn(5).to(torch.bfloat16),
    ]
    copies = [kept.copy(original) for original in originals]
    assert all(torch.equal(copy, original) for copy, original in zip(copies, originals, strict=True))
    assert all(copy.is_contiguous() for copy in copies)
    before = copies[0].clone()
    originals[0].zero_()
    assert torch.equal(copies[0], before)


def test_copies_lie_side_by_side_and_what_is_too_large_has_a_block_of_its_own(monkeypatch):
    monkeypatch.setattr(shelf, "_BLOCK", 4096)
    kept = Shelf()
    first, second = kept.copy(torch.zeros(10)), kept.copy(torch.ones(10))
    assert second.data_ptr() - first.data_ptr() == 64
    large = kept.copy(torch.full((5000,), 2.0))
    assert (first.sum(), second.sum(), large.sum()) == (0.0, 10.0, 10_000.0)


def test_a_lack_of_memory_is_told_as_one(monkeypatch):
    def refused(_place, _size):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(shelf, "mmap", refused)
    with pytest.raises(MemoryError):
        Shelf().copy(torch.zeros(1))
