"""Small square pictures for galleries, one file for each picture's content."""

import os
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from tlcore.data.limits import THUMBNAIL_SIDE


def thumbnail_path(folder: Path, id_: str) -> Path:
    """Return where the thumbnail of the picture with this id lies or will lie."""
    return folder / id_[:2] / f"{id_}.jpg"


def small_square(image: Image.Image) -> Image.Image:
    """Return the middle square of an RGB picture at the size of a thumbnail."""
    return ImageOps.fit(image, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BICUBIC)


def smaller(thumbnail: bytes, side: int) -> bytes:
    """Return a thumbnail at another side, in pixels, as the bytes of a JPEG file."""
    picture = Image.open(BytesIO(thumbnail), formats=["JPEG"])
    buffer = BytesIO()
    picture.resize((side, side), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def write_thumbnail(square: Image.Image, folder: Path, id_: str) -> None:
    """Write a small square as JPEG, unless it is there already."""
    path = thumbnail_path(folder, id_)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            square.save(file, "JPEG", quality=85)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
