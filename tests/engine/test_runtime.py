"""A process computes on all cores but one, where there are enough of them."""

import pytest
import torch

from tlcore.engine import runtime
from tlcore.engine.runtime import choose_runtime


@pytest.mark.parametrize(
    ("cores", "threads", "kept"), [(1, 1, 1), (2, 2, 2), (3, 3, 2), (16, 16, 15), (16, 8, 8), (16, 1, 1)]
)
def test_one_core_is_left_for_pages(monkeypatch, cores, threads, kept):
    told = [threads]
    monkeypatch.setattr(runtime, "_cores", lambda: cores)
    monkeypatch.setattr(torch, "get_num_threads", lambda: told[-1])
    monkeypatch.setattr(torch, "set_num_threads", told.append)
    choose_runtime("cpu")
    choose_runtime("cpu")
    assert told[-1] == kept
