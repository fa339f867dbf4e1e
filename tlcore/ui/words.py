"""Numbers as a page shows them: few digits, with their unit, never in a form that a student would look up."""

from math import isqrt

from tlcore.catalog.cards import Block
from tlcore.config import written_rate

_MINUTE = 60
rate = written_rate
"""A learning rate as it stands in the fields of the block map."""


def percent(share: float) -> str:
    """Return a share, 0 to 1, as per cent with one digit."""
    return f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """Return seconds in the unit that suits them."""
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min" if minutes >= 10 or rest == 0 else f"{minutes} min {rest} s"


def amount(number: int) -> str:
    """Return a count in at most four digits and a unit: 1,026 or 10.5 M."""
    if number < 100_000:
        return f"{number:,}"
    return f"{number / 1e6:.1f} M" if number < 1e9 else f"{number / 1e9:.1f} G"


def bytes_told(number: int) -> str:
    """Return bytes in the unit that suits them, in three digits at most: 802 kB or 3.2 MB."""
    if number < 1e3:
        return f"{number} bytes"
    if number < 1e6:
        return f"{number / 1e3:.0f} kB"
    return f"{number / 1e6:.1f} MB" if number < 1e8 else f"{number / 1e6:,.0f} MB"


def size(block: Block, measured_at: int, image_size: int) -> str:
    """Return a block's output for a picture of `image_size` pixels: grid and channels.

    The block's shape belongs to `measured_at` pixels; a grid shrinks with the picture.
    """
    shape = block.shape
    if block.layout == "vector":
        return f"{shape[0]:,} numbers"
    sides = {"map": shape[-1], "map_last": shape[0], "tokens": isqrt(shape[0])}
    channels = shape[0] if block.layout == "map" else shape[-1]
    grid = max(1, -(-sides[block.layout] * image_size // measured_at))
    return f"{grid} × {grid} · {channels}"
