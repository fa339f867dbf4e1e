"""A wall of small pictures of a set's classes, with their names, as one JPEG for the projector."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from tlcore.text import clean

Ground = Literal["light", "dark"]

WIDTH = 1920
"""Pixels, as a projector has them."""
_HEIGHT = 1080
_MARGIN = 32
_GAP = 6
_COLUMN_GAP = 24
_COLOURS: Mapping[Ground, tuple[str, str, str]] = MappingProxyType(
    {"light": ("#ffffff", "#14202b", "#f3f6f9"), "dark": ("#0d141b", "#ecf2f7", "#1a2530")}
)
"""Paper, ink, and what stands for a picture whose thumbnail is missing."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """How the wall is cut up: so many classes side by side, each with rows of so many pictures below its name."""

    columns: int
    across: int
    rows: int
    side: int
    letters: int

    @property
    def head(self) -> int:
        """Pixels from the top of a class to its first picture."""
        return round(1.7 * self.letters)

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of one class, with the gap to the next."""
        width = self.across * (self.side + _GAP) - _GAP + _COLUMN_GAP
        return width, self.head + self.rows * (self.side + _GAP) + self.letters


def pictures_for(classes: int) -> int:
    """Return how many pictures of each class a wall of so many classes has room for."""
    grid = _grid(classes)
    return grid.across * grid.rows


def mosaic(classes: Sequence[tuple[str, Sequence[Path]]], ground: Ground) -> bytes:
    """Return the wall as JPEG; each class has a name and the files of its thumbnails, which need not all be there."""
    grid = _grid(len(classes))
    paper, ink, missing = _COLOURS[ground]
    width, height = grid.cell
    lines = ceil(len(classes) / grid.columns)
    wall = Image.new("RGB", (WIDTH, 2 * _MARGIN + lines * height - grid.letters), paper)
    draw = ImageDraw.Draw(wall)
    font = ImageFont.load_default(grid.letters)
    for number, (name, files) in enumerate(classes):
        line, column = divmod(number, grid.columns)
        left, top = _MARGIN + column * width, _MARGIN + line * height
        draw.text((left, top), _fitting(draw, clean(name), font, width - _COLUMN_GAP), ink, font)
        for place, file in enumerate(files[: grid.across * grid.rows]):
            down, right = divmod(place, grid.across)
            at = (left + right * (grid.side + _GAP), top + grid.head + down * (grid.side + _GAP))
            wall.paste(_tile(file, grid.side, missing), at)
    buffer = BytesIO()
    wall.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _grid(classes: int) -> _Grid:
    """Cut the wall so that it fills a projector's picture."""
    best = _Grid(1, 16, 1, 110, 26)
    largest = 0
    for columns in range(1, min(classes, 10) + 1):
        for across in range(1, 17):
            width = (WIDTH - 2 * _MARGIN + _COLUMN_GAP) // columns - _COLUMN_GAP
            side = (width + _GAP) // across - _GAP
            lines = ceil(classes / columns)
            letters = 34 if columns <= 3 else 28 if columns <= 6 else 21
            room = (_HEIGHT - 2 * _MARGIN) / lines - 2.7 * letters
            rows = int(room // (side + _GAP))
            if not (rows and 56 <= side <= 150):
                continue
            # Names that can be read are worth as much as room that is filled.
            worth = classes * across * rows * (side + _GAP) ** 2 * letters
            if worth > largest:
                best, largest = _Grid(columns, across, rows, side, letters), worth
    return best


def _tile(file: Path, side: int, missing: str) -> Image.Image:
    if not file.is_file():
        return Image.new("RGB", (side, side), missing)
    with Image.open(file, formats=["JPEG"]) as picture:
        return picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)


def _fitting(
    draw: ImageDraw.ImageDraw, name: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
) -> str:
    """Return as much of a name as fits into the width."""
    if draw.textlength(name, font) <= width:
        return name
    while name and draw.textlength(f"{name}…", font) > width:
        name = name[:-1]
    return f"{name}…"
