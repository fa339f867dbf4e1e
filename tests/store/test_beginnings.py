"""Files of rows: only what is whole is found, and the longest unused makes room."""

import os
import shutil
from threading import Thread

import pytest

from tlcore.store import beginnings as module
from tlcore.store.beginnings import Beginnings, row_name

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def rows(*values):
    return [memoryview(bytes([value]) * 4) for value in values]


def data(*values):
    return b"".join(rows(*values))


def append(beginnings, key, names, rows):
    """Append and let the file go; say whether there was room."""
    kept = beginnings.append(key, names, rows)
    if kept:
        kept[0].close()
    return kept is not None


def names(beginnings, key):
    file, found = beginnings.open(key)
    if file:
        file.close()
    return found


@pytest.fixture
def beginnings(tmp_path):
    return Beginnings(tmp_path / "beginnings")


def test_what_was_appended_is_found_in_its_order(beginnings):
    assert not names(beginnings, A)
    assert append(beginnings, A, ["one", "two"], rows(1, 2))
    assert append(beginnings, A, ["three"], rows(3))
    assert names(beginnings, A) == ["one", "two", "three"]
    assert beginnings.rows(A).read_bytes() == data(1, 2, 3)


def test_what_a_process_that_died_left_behind_is_written_over(beginnings):
    append(beginnings, A, ["one"], rows(1))
    with beginnings.rows(A).open("ab") as file:
        file.write(b"??????")
    assert names(beginnings, A) == ["one"]
    append(beginnings, A, ["two"], rows(2))
    assert names(beginnings, A) == ["one", "two"]


@pytest.mark.parametrize("place", [0, 5, 11])
def test_a_flipped_bit_removes_the_whole_file(beginnings, place):
    append(beginnings, A, ["one", "two"], rows(1, 2))
    append(beginnings, A, ["three"], rows(3))
    flipped = bytearray(beginnings.rows(A).read_bytes())
    flipped[place] ^= 4
    beginnings.rows(A).write_bytes(flipped)
    assert not names(beginnings, A)
    assert append(beginnings, A, ["one"], rows(1))
    assert names(beginnings, A) == ["one"]


@pytest.mark.parametrize("damage", ["cut", "gone", "list"])
def test_what_is_damaged_is_computed_again(beginnings, damage):
    append(beginnings, A, ["one", "two"], rows(1, 2))
    if damage == "cut":
        os.truncate(beginnings.rows(A), 7)
    elif damage == "gone":
        beginnings.rows(A).unlink()
    else:
        beginnings.rows(A).with_suffix(".json").write_text('{"row_bytes"', encoding="ascii")
    assert not names(beginnings, A)
    assert append(beginnings, A, ["two"], rows(2))
    assert names(beginnings, A) == ["two"]


def test_what_is_open_can_still_be_read_when_it_was_removed(beginnings):
    append(beginnings, A, ["one"], rows(1))
    file, _ = beginnings.open(A)
    with file:
        beginnings.empty()
        append(beginnings, A, ["two"], rows(2))
        file.seek(0)
        assert file.read(4) == b"\1\1\1\1"


def test_the_longest_unused_goes_first(beginnings, monkeypatch):
    monkeypatch.setattr(module, "BEGINNINGS_BYTES", 10)
    for age, key in ((200, A), (100, B)):
        append(beginnings, key, ["one"], rows(1))
        os.utime(beginnings.rows(key), (age, age))
    assert names(beginnings, A)  # used just now
    assert append(beginnings, C, ["one"], rows(1))
    assert not names(beginnings, B)
    assert names(beginnings, A)
    assert names(beginnings, C)
    assert beginnings.all_bytes() == 8


def test_one_that_is_larger_than_all_room_is_refused_and_what_it_has_stays(beginnings, monkeypatch):
    monkeypatch.setattr(module, "BEGINNINGS_BYTES", 10)
    append(beginnings, A, ["one", "two"], rows(1, 2))
    assert not append(beginnings, A, ["three"], rows(3))
    assert names(beginnings, A) == ["one", "two"]


def test_what_cannot_fit_costs_nobody_else_their_rows(beginnings, monkeypatch):
    monkeypatch.setattr(module, "BEGINNINGS_BYTES", 10)
    append(beginnings, A, ["one"], rows(1))
    assert not append(beginnings, B, ["one", "two", "three"], rows(1, 2, 3))
    assert names(beginnings, A) == ["one"]


def test_what_is_written_can_be_read_from_the_file_at_its_place(beginnings):
    append(beginnings, A, ["one", "two"], rows(1, 2))
    file, first = beginnings.append(A, ["three"], rows(3))
    with file:
        file.seek(4 * first)
        assert file.read() == b"\3\3\3\3"


def test_a_disk_that_will_not_have_it_refuses(beginnings, monkeypatch):
    monkeypatch.setattr(Beginnings, "_list", lambda *_: (_ for _ in ()).throw(OSError()))
    assert not append(beginnings, A, ["one"], rows(1))


def test_a_full_disk_refuses(beginnings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    assert not append(beginnings, A, ["one"], rows(1))
    assert not names(beginnings, A)


def test_all_of_it_can_be_emptied(beginnings):
    append(beginnings, A, ["one"], rows(1))
    append(beginnings, B, ["one"], rows(1))
    assert beginnings.all_bytes() == 8
    beginnings.empty()
    assert beginnings.all_bytes() == 0
    assert not names(beginnings, A)


def test_several_that_append_at_once_lose_nothing(tmp_path):
    def append_one(number):
        append(Beginnings(tmp_path / "beginnings"), A, [f"{number}"], rows(number))

    threads = [Thread(target=append_one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = names(Beginnings(tmp_path / "beginnings"), A)
    assert sorted(found) == [f"{number}" for number in range(8)]
    read = Beginnings(tmp_path / "beginnings").rows(A).read_bytes()
    assert read == data(*map(int, found))


def test_it_is_told_of_how_many_pictures_rows_are_listed_as_they_come(beginnings):
    assert beginnings.known(A, ["one", "two"]) == 0
    append(beginnings, A, [row_name("one"), row_name("two", "gentle"), row_name("three", view=1)], rows(1, 2, 3))
    assert beginnings.known(A, ["one", "two", "three", "four"]) == 1
    next(beginnings.rows(A).parent.glob("*.json")).write_text("{}", encoding="ascii")
    assert beginnings.known(A, ["one"]) == 0


def test_a_list_is_read_once_for_all_who_ask_what_is_known_until_it_changes(beginnings, monkeypatch):
    read, from_json = [], module.from_json

    def noted(kind, text):
        read.append(kind)
        return from_json(kind, text)

    append(beginnings, A, [row_name("one")], rows(1))
    monkeypatch.setattr(module, "from_json", noted)
    assert [beginnings.known(A, ["one", "two"]) for _ in range(3)] == [1, 1, 1]
    assert len(read) == 1
    append(beginnings, A, [row_name("two")], rows(2))
    assert beginnings.known(A, ["one", "two"]) == 2
    beginnings.empty()
    assert beginnings.known(A, ["one", "two"]) == 0
