"""Numbers as a page shows them: few digits, with their unit, never in a form that a student would look up."""

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


def size(shape: tuple[int, ...], image_size: int) -> str:
    """Return a block's output at an input of `image_size` pixels: grid and channels.

    The catalog's shapes belong to 224 pixels; a grid shrinks with the picture.
    """
    if len(shape) == 1:
        return f"{shape[0]:,} numbers"
    if len(shape) == 2:
        side = round((shape[0] - 1) ** 0.5)
        channels = shape[1]
    else:
        side, channels = shape[1], shape[0]
    grid = max(1, -(-side * image_size // 224))
    return f"{grid} × {grid} · {channels}"


def memory(size: int) -> str:
    """Return bytes in the unit that suits them: 640 MB, or 1.2 GB."""
    return f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun in the right form."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
