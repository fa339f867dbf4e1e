"""Takes in one picture that a person brought to look at: a limited process looks at it before anything else does."""

from threading import Lock
from typing import BinaryIO

from tlcore.data.facts import Fact, Task
from tlcore.data.limits import PICTURE_FILE_BYTES
from tlcore.data.manifest import LeftOut
from tlcore.errors import PictureError
from tlcore.jobs.eyes import Eyes
from tlcore.store import Store
from tlcore.text import clean, memory

_TURN = Lock()
"""One at a time: thirty people who send pictures together shall not start thirty processes."""


def take_own_picture(store: Store, workspace: str, name: str, file: BinaryIO, size: int) -> Fact:
    """Keep a picture of `size` bytes, which the person calls `name`, and return what looking at it told.

    Raises PictureError if it is none, or one that cannot be used, and ThawError if there is no room for it.
    """
    if size > PICTURE_FILE_BYTES:
        raise PictureError(
            "TOO_BIG_FILE",
            f"{clean(name)} has {memory(size)}; a picture may have {memory(PICTURE_FILE_BYTES)}.",
            "Save it smaller, as JPEG.",
        )
    store.space.check_upload(size)
    upload = store.intake.receive(name, file)
    try:
        ((_, path),) = store.intake.files(upload)
        with _TURN:
            (seen,) = Eyes(store)((Task(name, 0, "", path),), store.thumbnails)
        if isinstance(seen, LeftOut):
            raise PictureError(seen.code, seen.sentence)
        store.own.keep(workspace, seen.id, path)
        return seen
    finally:
        store.intake.clear(upload)
