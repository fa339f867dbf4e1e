"""What a file does to the process that looks at it costs only that file; every other one is told, in order."""

import errno
import subprocess
import sys
import time
from random import Random

import psutil
import pytest
from PIL import Image

from tlcore.data import facts
from tlcore.data.collect import look_here
from tlcore.data.facts import Fact, Task
from tlcore.data.thumbnails import thumbnail_path
from tlcore.errors import PictureError, ProcessError, ThawError
from tlcore.jobs import eyes as eyes_room
from tlcore.jobs.eyes import Eyes

COUNT = 60
FAULTY = """
import os, sys, time
from pathlib import Path
from tlcore.data import facts
from tlcore.jobs import eye
look = facts.look
def faulty(task, thumbnails):
    if "dies" in task.file.name:
        os._exit(7)
    if "hangs" in task.file.name:
        time.sleep(600)
    if "takes all" in task.file.name:
        room = [bytearray(1 << 26) for _ in range(1 << 10)]
    return look(task, thumbnails)
eye.look = faulty
eye.main(Path(sys.argv[1]))
"""


def process(*words):
    return subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.fixture
def tasks(tmp_path):
    """Make pictures under these names, the rest under their numbers."""

    def make(named=(), count=COUNT):
        made = []
        for number in range(count):
            name = dict(named).get(number, f"{number}.jpg")
            file = tmp_path / name
            noise = Image.frombytes("RGB", (24, 24), Random(number).randbytes(3 * 24 * 24))
            noise.resize((96, 72)).save(file, "JPEG")
            made.append(Task(f"set/{name}", number % 3, f"{number}", file))
        return made

    return make


@pytest.fixture
def faulty(monkeypatch):
    """Let the processes die, hang and run out of memory over files whose names say so."""
    begun = []

    def start(_store, *words, **_options):
        begun.append(process("-c", FAULTY, words[-1]))
        return begun[-1]

    monkeypatch.setattr(eyes_room, "start_answering", start)
    monkeypatch.setattr(eyes_room.os, "cpu_count", lambda: 2)
    return begun


def codes(outcomes):
    return {one.name: one.code for one in outcomes if not isinstance(one, Fact)}


def test_what_many_processes_see_is_what_one_sees_in_the_same_order(store, tasks, tmp_path):
    wanted = tasks()
    wanted[7].file.write_bytes(b"no picture")
    wanted[8].file.unlink()
    seen = list(Eyes(store)(wanted, store.thumbnails))
    assert seen == list(look_here(wanted, tmp_path / "small"))
    assert codes(seen) == {"set/7.jpg": "NOT_AN_IMAGE", "set/8.jpg": "UNREADABLE"}
    assert all(thumbnail_path(store.thumbnails, one.id).is_file() for one in seen if isinstance(one, Fact))
    assert list(store.thumbnails.rglob("*.part")) == []


def test_names_that_are_no_text_are_read_like_others(store, tasks, tmp_path):
    (task,) = tasks(count=1)
    odd = tmp_path / "caf\udce9\n.jpg"
    try:
        task.file.rename(odd)
    except (OSError, UnicodeError):
        pytest.skip("this system has no such names")
    (seen,) = Eyes(store)([Task("x", 0, "x", odd)], store.thumbnails)
    assert isinstance(seen, Fact)


def test_nothing_to_look_at_starts_nothing(store, faulty):
    assert list(Eyes(store)([], store.thumbnails)) == []
    assert faulty == []


def test_a_file_that_kills_its_process_is_the_only_one_that_is_lost(store, tasks, faulty):
    wanted = tasks({5: "dies.jpg", 6: "dies too.jpg", 40: "takes all.jpg"})
    seen = list(Eyes(store)(wanted, store.thumbnails))
    assert codes(seen) == {"set/dies.jpg": "CRASHED", "set/dies too.jpg": "CRASHED", "set/takes all.jpg": "CRASHED"}
    assert [one.where for one in seen if isinstance(one, Fact)] == [
        task.where for task in wanted if int(task.where) not in (5, 6, 40)
    ]
    assert [process.poll() is not None for process in faulty] == [True] * 5


def test_a_file_that_takes_for_ever_is_the_only_one_that_is_lost(store, tasks, faulty, monkeypatch):
    monkeypatch.setattr(eyes_room, "_PATIENCE", 3.0)
    seen = list(Eyes(store)(tasks({20: "hangs.jpg"}), store.thumbnails))
    assert codes(seen) == {"set/hangs.jpg": "TOO_SLOW"}
    assert "within 3 seconds" in seen[20].sentence
    assert len(seen) == COUNT
    assert len(faulty) == 3


def test_small_pictures_that_cannot_be_written_end_the_work_and_blame_no_picture(store, tasks, faulty):
    store.thumbnails.write_bytes(b"no folder")
    for look_all in (Eyes(store), look_here):
        with pytest.raises(PictureError, match="cannot be written into the home folder") as told:
            list(look_all(tasks(), store.thumbnails))
        assert told.value.code == "HOME_UNWRITABLE"
        assert str(store.home) not in str(told.value)
    assert len(faulty) == 2


def test_a_full_disk_is_called_so(store, tasks, monkeypatch):
    def write_thumbnail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(facts, "write_thumbnail", write_thumbnail)
    with pytest.raises(PictureError, match="too full") as told:
        list(look_here(tasks(count=1), store.thumbnails))
    assert told.value.code == "DISK_FULL"


def test_what_ends_the_work_ends_the_processes_too(store, tasks, faulty):
    def stop():
        raise ThawError("enough")

    begun = time.monotonic()
    with pytest.raises(ThawError, match="enough"):
        list(Eyes(store, pulse=stop)(tasks({0: "hangs.jpg"}), store.thumbnails))
    assert time.monotonic() - begun < 30
    assert [process.poll() is not None for process in faulty] == [True, True]


def test_who_takes_no_more_outcomes_leaves_no_process(store, tasks, faulty):
    looking = Eyes(store)(tasks(), store.thumbnails)
    next(looking)
    looking.close()
    assert [process.poll() is not None for process in faulty] == [True, True]


def test_processes_that_do_not_start_are_told_in_a_sentence(store, tasks, monkeypatch):
    def start(_store, *_words, **_options):
        return process("-c", "raise SystemExit(3)")

    monkeypatch.setattr(eyes_room, "start_answering", start)
    with pytest.raises(ProcessError, match="do not start"):
        list(Eyes(store)(tasks(), store.thumbnails))


def test_a_process_that_looks_loads_nothing_that_it_does_not_need(fresh_process):
    loaded = fresh_process(
        "import json, sys\n"
        "import tlcore.jobs.eye\n"
        "print(json.dumps([n for n in ('torch', 'streamlit', 'numpy', 'psutil', 'sqlite3') if n in sys.modules]))"
    )
    assert loaded == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells another process's limits")
def test_a_process_that_looks_may_take_one_gigabyte(store, tasks):
    looking = Eyes(store)(tasks(count=20), store.thumbnails)
    next(looking)
    (eye,) = [child for child in psutil.Process().children() if "tlcore.jobs.eye" in child.cmdline()]
    assert eye.rlimit(psutil.RLIMIT_AS)[0] == 1000 * 1024**2
    looking.close()
