"""Files of rows: only what is whole is found, and the longest unused makes room."""

import os
import shutil
from threading import Thread

import pytest

from tlcore.store import beginnings as module
from tlcore.store.beginnings import Beginnings

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def rows(*values):
    return memoryview(b"".join(bytes([value]) * 4 for value in values))


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
    assert beginnings.append(A, ["one", "two"], rows(1, 2))
    assert beginnings.append(A, ["three"], rows(3))
    assert names(beginnings, A) == ["one", "two", "three"]
    assert beginnings.rows(A).read_bytes() == bytes(rows(1, 2, 3))


def test_what_a_process_that_died_left_behind_is_written_over(beginnings):
    beginnings.append(A, ["one"], rows(1))
    with beginnings.rows(A).open("ab") as file:
        file.write(b"??????")
    assert names(beginnings, A) == ["one"]
    beginnings.append(A, ["two"], rows(2))
    assert names(beginnings, A) == ["one", "two"]


@pytest.mark.parametrize("place", [0, 5, 11])
def test_a_flipped_bit_removes_the_whole_file(beginnings, place):
    beginnings.append(A, ["one", "two"], rows(1, 2))
    beginnings.append(A, ["three"], rows(3))
    data = bytearray(beginnings.rows(A).read_bytes())
    data[place] ^= 4
    beginnings.rows(A).write_bytes(data)
    assert not names(beginnings, A)
    assert beginnings.append(A, ["one"], rows(1))
    assert names(beginnings, A) == ["one"]


@pytest.mark.parametrize("damage", ["cut", "gone", "list"])
def test_what_is_damaged_is_computed_again(beginnings, damage):
    beginnings.append(A, ["one", "two"], rows(1, 2))
    if damage == "cut":
        os.truncate(beginnings.rows(A), 7)
    elif damage == "gone":
        beginnings.rows(A).unlink()
    else:
        beginnings.rows(A).with_suffix(".json").write_text('{"row_bytes"', encoding="ascii")
    assert not names(beginnings, A)
    assert beginnings.append(A, ["two"], rows(2))
    assert names(beginnings, A) == ["two"]


def test_what_is_open_can_still_be_read_when_it_was_removed(beginnings):
    beginnings.append(A, ["one"], rows(1))
    file, _ = beginnings.open(A)
    with file:
        beginnings.empty()
        beginnings.append(A, ["two"], rows(2))
        file.seek(0)
        assert file.read(4) == b"\1\1\1\1"


def test_the_longest_unused_goes_first(beginnings, monkeypatch):
    monkeypatch.setattr(module, "BEGINNINGS_BYTES", 10)
    for age, key in ((200, A), (100, B)):
        beginnings.append(key, ["one"], rows(1))
        os.utime(beginnings.rows(key), (age, age))
    assert names(beginnings, A)  # used just now
    assert beginnings.append(C, ["one"], rows(1))
    assert not names(beginnings, B)
    assert names(beginnings, A)
    assert names(beginnings, C)
    assert beginnings.all_bytes() == 8


def test_one_that_is_larger_than_all_room_is_refused_and_what_it_has_stays(beginnings, monkeypatch):
    monkeypatch.setattr(module, "BEGINNINGS_BYTES", 10)
    beginnings.append(A, ["one", "two"], rows(1, 2))
    assert not beginnings.append(A, ["three"], rows(3))
    assert names(beginnings, A) == ["one", "two"]


def test_a_full_disk_refuses(beginnings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    assert not beginnings.append(A, ["one"], rows(1))
    assert not names(beginnings, A)


def test_all_of_it_can_be_emptied(beginnings):
    beginnings.append(A, ["one"], rows(1))
    beginnings.append(B, ["one"], rows(1))
    assert beginnings.all_bytes() == 8
    beginnings.empty()
    assert beginnings.all_bytes() == 0
    assert not names(beginnings, A)


def test_several_that_append_at_once_lose_nothing(tmp_path):
    def append(number):
        Beginnings(tmp_path / "beginnings").append(A, [f"{number}"], rows(number))

    threads = [Thread(target=append, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = names(Beginnings(tmp_path / "beginnings"), A)
    assert sorted(found) == [f"{number}" for number in range(8)]
    read = Beginnings(tmp_path / "beginnings").rows(A).read_bytes()
    assert read == bytes(rows(*map(int, found)))
