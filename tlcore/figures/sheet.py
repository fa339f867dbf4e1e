"""Many small pictures as one: a sheet that a browser gets at once and cuts up itself."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from tlcore.figures.heatmaps import data_uri

COLUMNS = 32
SIDE = 64
"""Pixels of each picture."""


def sheet(thumbnails: Sequence[bytes | None]) -> str:
    """Return the thumbnails, as JPEG files, row by row on one sheet as a data URI; one that is missing stays grey."""
    rows = max(1, -(-len(thumbnails) // COLUMNS))
    made = Image.new("RGB", (COLUMNS * SIDE, rows * SIDE), "#8795a3")
    for number, data in enumerate(thumbnails):
        if data is not None:
            place = (number % COLUMNS * SIDE, number // COLUMNS * SIDE)
            made.paste(_small(data), place)
    buffer = BytesIO()
    made.save(buffer, "JPEG", quality=75)
    return data_uri(buffer.getvalue(), "image/jpeg")


def _small(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data), formats=["JPEG"])
    picture.draft("RGB", (SIDE, SIDE))
    return picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
