"""Rows of frozen beginnings are the right ones, also where two processes wrote the same ones side by side."""

import pytest
import torch

from tlcore.engine.rows import Rows


def answer(places):
    """Compute the rows of these places."""
    return torch.tensor([[float(place), -float(place)] for place in places])


def never(places):
    raise AssertionError(f"{places} were computed again")


@pytest.fixture
def rows(store):
    """What one more process knows of four pictures."""
    return lambda: Rows(list("abcd"), (2,), torch.float32, "0" * 64, store.beginnings)


def test_what_two_processes_computed_both_is_found_where_it_lies(rows):
    first, second = rows(), rows()
    for each, places in ((first, [0, 1]), (second, [1, 0, 2])):
        each.take(places, answer)
    first.settle()
    second.settle()
    assert torch.equal(rows().take([2, 1, 0], never), answer([2, 1, 0]))


def test_what_another_process_wrote_is_known_after_a_second_look(rows):
    first, second = rows(), rows()
    second.take([3, 1], answer)
    second.settle()
    assert first.unknown([0, 1, 3]) == [0, 1, 3]
    first.look_again()
    assert first.unknown([0, 1, 3]) == [0]
    assert torch.equal(first.take([1, 3], never), answer([1, 3]))
