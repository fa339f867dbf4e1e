"""How a wall of small pictures of a set's classes is cut up, so that it fills a projector's picture."""

from dataclasses import dataclass
from math import ceil

WIDTH = 1920
"""Pixels, as a projector has them."""
_HEIGHT = 1080
_MARGIN = 32
_GAP = 6
_COLUMN_GAP = 24


@dataclass(frozen=True, slots=True)
class Wall:
    """So many classes side by side, each with rows of so many pictures below its name; all else is in pixels."""

    columns: int
    across: int
    rows: int
    side: int
    letters: int
    width: int = WIDTH
    margin: int = _MARGIN
    gap: int = _GAP
    column_gap: int = _COLUMN_GAP

    @property
    def pictures(self) -> int:
        """How many of each class there is room for."""
        return self.across * self.rows


def wall_for(classes: int) -> Wall:
    """Return the wall that has room for most of so many classes."""
    best = Wall(1, 16, 1, 110, 26)
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
                best, largest = Wall(columns, across, rows, side, letters), worth
    return best
