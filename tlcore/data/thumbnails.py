"""Small square pictures for galleries, one file for each picture's content."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from itertools import chain
from pathlib import Path

from PIL import Image

from tlcore.data.limits import THUMBNAIL_SIDE

_GAP = 2.0
"""A picture that is larger than this many times the thumbnail is first shrunk coarsely; nobody sees it."""


def thumbnail_path(folder: Path, id_: str) -> Path:
    """Return where the thumbnail of the picture with this id lies or will lie."""
    return folder / id_[:2] / f"{id_}.jpg"


def small_square(image: Image.Image) -> Image.Image:
    """Return the middle square of an RGB picture at the size of a thumbnail."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    size, box = (THUMBNAIL_SIDE, THUMBNAIL_SIDE), (left, top, left + side, top + side)
    # Hamming is about as sharp as bicubic, and takes two thirds of its time.
    return image.resize(size, Image.Resampling.HAMMING, box, _GAP)


def smaller(thumbnail: bytes, side: int) -> bytes:
    """Return a thumbnail at another side, in pixels, as the bytes of a JPEG file."""
    picture = Image.open(BytesIO(thumbnail), formats=["JPEG"])
    buffer = BytesIO()
    picture.resize((side, side), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def old_files(folder: Path, age: float) -> Iterator[Path]:
    """Yield what lies among the thumbnails for longer than `age`, in seconds, also what was cut short in the making."""
    for path in chain(folder.glob("*.part"), folder.glob("*/*.jpg")):
        # Another process may just have put it in place.
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > age:
                yield path


def write_thumbnail(square: Image.Image, folder: Path, id_: str) -> None:
    """Write a small square as JPEG; if it is there already, it counts as new."""
    path = thumbnail_path(folder, id_)
    with suppress(FileNotFoundError):
        os.utime(path)  # Whoever sweeps sees that somebody has just looked at the picture again.
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    data = BytesIO()
    square.save(data, "JPEG", quality=85)
    # Two processes may make the same thumbnail at a time.
    aside = folder / f"{os.getpid()}.part"
    try:
        aside.write_bytes(data.getvalue())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
