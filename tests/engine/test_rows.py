"""Rows of frozen beginnings: computed once, kept, found again, and never wrong."""

import pytest
import torch

from tlcore.engine import rows as rooms
from tlcore.engine.rows import Rows

NAMES = [f"{number:04x}" for number in range(10)]
SHAPE = (3, 2)


class Computer:
    """Makes rows of their places, and counts how often it was asked for each."""

    def __init__(self):
        self.asked = []

    def __call__(self, places):
        self.asked += places
        return torch.stack([torch.full(SHAPE, float(place)) for place in places])


def first_values(rows):
    return rows[:, 0, 0].tolist()


@pytest.fixture
def open_rows(store):
    opened = []

    def made(names=NAMES, key="a" * 64, files=store.beginnings, numbers=torch.float32):
        opened.append(Rows(names, SHAPE, numbers, key, files))
        return opened[-1]

    yield made
    for rows in opened:
        rows.close()


def test_every_row_is_computed_once(open_rows):
    rows, compute = open_rows(), Computer()
    assert first_values(rows.take([3, 1, 4], compute)) == [3, 1, 4]
    assert first_values(rows.take([1, 5, 9], compute)) == [1, 5, 9]
    rows.settle()
    assert first_values(rows.take([9, 2, 3], compute)) == [9, 2, 3]
    assert sorted(compute.asked) == [1, 2, 3, 4, 5, 9]
    assert rows.unknown(range(10)) == [0, 6, 7, 8]


def test_a_later_run_finds_them_in_another_order_of_the_pictures(open_rows):
    before = open_rows()
    before.take(range(10), Computer())
    before.settle()
    later, compute = open_rows(names=NAMES[::-1]), Computer()
    assert first_values(later.take([0, 9], compute)) == [9, 0]
    assert compute.asked == []


def test_a_set_that_grew_needs_only_what_is_new(open_rows):
    before = open_rows(names=NAMES[:6])
    before.take(range(6), Computer())
    before.settle()
    later, compute = open_rows(), Computer()
    later.take(range(10), compute)
    later.settle()
    assert compute.asked == [6, 7, 8, 9]
    again = open_rows()
    assert first_values(again.take(range(10), compute)) == list(range(10))
    assert compute.asked == [6, 7, 8, 9]


def test_other_weights_find_nothing(open_rows):
    before = open_rows()
    before.take(range(10), Computer())
    before.settle()
    assert open_rows(key="b" * 64).unknown(range(10)) == list(range(10))


def test_half_precision_comes_back_to_the_bit(open_rows):
    values = torch.rand(10, *SHAPE).bfloat16()
    rows = open_rows(numbers=torch.bfloat16)
    rows.take(range(10), lambda places: values[places])
    rows.settle()
    assert torch.equal(open_rows(numbers=torch.bfloat16).take(range(10), Computer()), values)


def test_without_files_they_stay_in_memory(open_rows):
    rows, compute = open_rows(files=None), Computer()
    rows.take(range(10), compute)
    rows.settle()
    assert first_values(rows.take([2, 0], compute)) == [2, 0]
    assert len(compute.asked) == 10


def test_memory_that_is_full_is_written_out(open_rows, monkeypatch):
    monkeypatch.setattr(rooms, "BEGINNINGS_IN_MEMORY", 3 * 24)
    rows, compute = open_rows(), Computer()
    rows.take(range(10), compute)
    assert len(rows._waiting) <= 3
    assert first_values(rows.take(range(10), compute)) == list(range(10))
    assert len(compute.asked) == 10


def test_without_room_anywhere_they_are_computed_again_and_stay_right(open_rows, monkeypatch):
    monkeypatch.setattr(rooms, "BEGINNINGS_IN_MEMORY", 3 * 24)
    rows, compute = open_rows(files=None), Computer()
    for _ in range(2):
        assert first_values(rows.take(range(10), compute)) == list(range(10))
    assert len(compute.asked) == 17


def test_once_the_store_refuses_it_is_not_asked_again(open_rows, store, monkeypatch):
    monkeypatch.setattr(rooms, "BEGINNINGS_IN_MEMORY", 3 * 24)
    asked = []
    monkeypatch.setattr(store.beginnings, "append", lambda *_: asked.append(1))
    rows, compute = open_rows(), Computer()
    for _ in range(2):
        assert first_values(rows.take(range(10), compute)) == list(range(10))
    assert len(asked) == 1


def test_a_file_is_checked_once_however_often_rows_are_written(open_rows, store, monkeypatch):
    monkeypatch.setattr(rooms, "BEGINNINGS_IN_MEMORY", 2 * 24)
    opened = []
    own = store.beginnings.open
    monkeypatch.setattr(store.beginnings, "open", lambda key: opened.append(key) or own(key))
    rows = open_rows()
    assert first_values(rows.take(range(10), Computer())) == list(range(10))
    assert len(opened) == 1


def test_a_row_that_ends_early_is_no_row(open_rows, store):
    rows = open_rows()
    rows.take(range(3), Computer())
    rows.settle()
    with store.beginnings.rows("a" * 64).open("r+b") as file:
        file.truncate(70)
    with pytest.raises(OSError, match="ends early"):
        rows.take([2], Computer())


def test_rows_hold_nothing_of_the_batch_that_they_came_in(open_rows):
    rows, batches = open_rows(), []

    def compute(places):
        batches.append(torch.zeros(1000, *SHAPE))
        return batches[-1][: len(places)]

    rows.take([0], compute)
    assert rows._waiting[0].untyped_storage().data_ptr() != batches[0].untyped_storage().data_ptr()


def test_what_two_processes_computed_both_is_found_where_it_lies(open_rows):
    first, second = open_rows(), open_rows()
    for each, places in ((first, [0, 1]), (second, [1, 0, 2])):
        each.take(places, Computer())
    first.settle()
    second.settle()
    compute = Computer()
    assert first_values(open_rows().take([2, 1, 0], compute)) == [2, 1, 0]
    assert compute.asked == []


def test_what_another_process_wrote_is_known_after_a_second_look(open_rows):
    first, second, compute = open_rows(), open_rows(), Computer()
    second.take([3, 1], compute)
    second.settle()
    assert first.unknown([0, 1, 3]) == [0, 1, 3]
    first.look_again()
    assert first.unknown([0, 1, 3]) == [0]
    assert first_values(first.take([1, 3], compute)) == [1, 3]
    assert compute.asked == [3, 1]
