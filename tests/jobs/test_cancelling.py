"""Reading that is cancelled stops within moments, whatever it is at, and leaves nothing behind."""

import time
from io import BytesIO
from zipfile import ZipFile

import psutil
import pytest
from PIL import Image

from tlcore.data.collect import look_here
from tlcore.errands import CANCELLED, ReadUpload
from tlcore.errors import ThawError
from tlcore.jobs import errand as errand_room
from tlcore.jobs.errand import run_errand
from tlcore.jobs.processes import start
from tlcore.store.claims import Claimant
from tlcore.store.intake import Piece
from tlcore.store.reading import Reader

UPLOAD = "0123456789abcdef" * 2
COUNT = 300
PROMPT = 10.0
"""Seconds; it takes a fraction of one on a machine that has nothing else to do."""


def slow_pictures():
    """Yield small files that take long to read: large pictures with little in them, no two of the same bytes."""
    slow = BytesIO()
    Image.linear_gradient("L").resize((3000, 2000)).save(slow, "PNG")
    for number in range(COUNT):
        yield f"set/{number % 2}/{number}.png", slow.getvalue() + number.to_bytes(4, "big")


def send_files(store):
    store.intake.write(UPLOAD, [Piece(name, 0, data) for name, data in slow_pictures()])


def send_zip(store):
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, data in slow_pictures():
            archive.writestr(name, data)
    store.intake.write(UPLOAD, [Piece("set.zip", 0, packed.getvalue())])


@pytest.fixture
def colours(pictures, tmp_path):
    """The small pictures by their way in."""
    archive, files = tmp_path / "colours.zip", []
    with ZipFile(archive, "w") as packed:
        for path in pictures.rglob("*.png"):
            packed.write(path, path.relative_to(pictures))
            copy = tmp_path / f"{len(files)}.png"
            copy.write_bytes(path.read_bytes())
            files.append((path.relative_to(pictures).as_posix(), copy))
    return {"files": files, "folder": pictures, "archive": archive}


def halfway(store, errand):
    told = store.errands.get(errand.id)
    return 0 < told.done < told.total == COUNT


@pytest.mark.parametrize("send", [send_files, send_zip])
def test_reading_that_is_cancelled_ends_soon_and_leaves_nothing(store, send):
    send(store)
    errand = store.errands.add(ReadUpload(upload=UPLOAD, name="set", seed=0), "person")
    with start(store, "errand", errand.id, log="errands.log") as process:
        store.errands.claim(errand.id, Claimant.of(process.pid))
        until = time.monotonic() + 60
        while not (eyes := psutil.Process(process.pid).children()) or not halfway(store, errand):
            assert time.monotonic() < until
            time.sleep(0.02)
        store.errands.cancel(errand.id)
        cancelled = time.monotonic()
        assert process.wait(60) == 0
        assert time.monotonic() - cancelled < PROMPT
    psutil.wait_procs(eyes, timeout=10)
    assert not any(eye.is_running() for eye in eyes)
    told = store.errands.get(errand.id)
    assert (told.fault, told.result) == (CANCELLED, None)
    assert told.done < COUNT
    assert store.albums.of("person") == []
    assert not store.intake.folder(UPLOAD).exists()
    assert [path for path in store.blobs.root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("way", ["files", "folder", "archive"])
def test_what_is_heard_at_the_seal_leaves_nothing(store, colours, way):
    def seal():
        assert store.albums.of("person") == []
        raise ThawError(CANCELLED)

    with pytest.raises(ThawError, match="nothing of it was kept"):
        getattr(Reader(store, "person", 0, lambda *_: None, look_here, seal=seal), way)(colours[way], "colours")
    assert store.albums.of("person") == []
    assert [path for path in store.blobs.root.rglob("*") if path.is_file() and path.name != "lock"] == []


def test_a_cancel_that_comes_after_the_seal_keeps_all(store, pictures, monkeypatch):
    errand = store.errands.add(ReadUpload(upload=UPLOAD, name="set", seed=0), "person")
    store.intake.write(UPLOAD, [Piece(f"{p.parent.name}/{p.name}", 0, p.read_bytes()) for p in pictures.rglob("*.png")])
    monkeypatch.setattr(errand_room, "give_way", lambda: None)
    monkeypatch.setattr(errand_room, "limit_memory", lambda _megabytes: None)
    keep_all = store.blobs.keep_all

    def late(*given):
        store.errands.cancel(errand.id)
        keep_all(*given)

    monkeypatch.setattr(store.blobs, "keep_all", late)
    run_errand(store, errand.id, engine=None)
    told = store.errands.get(errand.id)
    assert (told.cancelled, told.fault) == (None, None)
    assert store.albums.get(told.result, "person").pictures == 18
