"""Reading that is cancelled stops within moments, whatever it is at, and leaves nothing behind."""

import time
from io import BytesIO
from zipfile import ZipFile

import psutil
import pytest
from PIL import Image

from tlcore.errands import CANCELLED, ReadUpload
from tlcore.jobs.processes import start
from tlcore.store.claims import Claimant
from tlcore.store.intake import Piece

UPLOAD = "0123456789abcdef" * 2
COUNT = 300
PROMPT = 10.0
"""Seconds; it takes a fraction of one on a machine that has nothing else to do."""


def pictures():
    """Yield small files that take long to read: large pictures with little in them, no two of the same bytes."""
    slow = BytesIO()
    Image.linear_gradient("L").resize((3000, 2000)).save(slow, "PNG")
    for number in range(COUNT):
        yield f"set/{number % 2}/{number}.png", slow.getvalue() + number.to_bytes(4, "big")


def send_files(store):
    store.intake.write(UPLOAD, [Piece(name, 0, data) for name, data in pictures()])


def send_zip(store):
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, data in pictures():
            archive.writestr(name, data)
    store.intake.write(UPLOAD, [Piece("set.zip", 0, packed.getvalue())])


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
