"""Whether two pictures look the same: 128 bits for each that survive shrinking and recompressing, and the groups."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BITS = 8
NEAR = 16
"""Bits of 128 in which near duplicates may differ; of 397 photographs of ants and bees no two differ in under 29."""
_FEWEST = 32
"""Bits that are set in a picture with enough in it to be compared."""
_GROUPED = -1000
"""Stands for the number of bits of a picture that has its group, so that it is near to none any more."""
_GREY_STEP = 6
"""Of 255: the largest difference between a pixel's colours for which it still is grey."""
_BLANK_STEP = 8
"""Of 255: the largest difference between two pixels of a blank picture."""


def likeness(image: Image.Image) -> str:
    """Return 128 bits in hexadecimal: for an 8 × 8 grid of greys, whether it gets brighter to the right, and below.

    The difference hash of N. Krawetz (2013), https://www.hackerfactor.com/blog/?/archives/529-Kind-of-Like-That.html;
    where we differ: both directions, so that stripes are told from waves.
    """
    grey = image.convert("L").resize((_BITS + 1, _BITS + 1), Image.Resampling.BOX)
    pixels, side = grey.tobytes(), _BITS + 1
    bits = 0
    for row in range(_BITS):
        for column in range(_BITS):
            here = pixels[row * side + column]
            bits = (
                bits << 2 | (pixels[row * side + column + 1] > here) << 1 | (pixels[(row + 1) * side + column] > here)
            )
    return f"{bits:032x}"


def shades(image: Image.Image) -> tuple[bool, bool]:
    """Return whether an RGB picture is grey, and whether it is blank."""
    red, green, blue = image.split()
    is_blank = all(_spread(band) <= _BLANK_STEP for band in (red, green, blue))
    is_grey = all(
        _brightest(ImageChops.difference(one, other)) <= _GREY_STEP for one, other in ((red, green), (green, blue))
    )
    return is_grey, is_blank


def _spread(band: Image.Image) -> int:
    low, high = band.getextrema()
    assert isinstance(low, int)
    assert isinstance(high, int)
    return high - low


def _brightest(band: Image.Image) -> int:
    _, high = band.getextrema()
    assert isinstance(high, int)
    return high


def groups(likenesses: Sequence[str]) -> tuple[int, ...]:
    """Return for each picture the place of the first one that looks the same, through others if need be.

    Every picture is compared with every other one until it has its group, in an order that no set can make slow.
    """
    import numpy as np  # Only here, so that a command which looks at no picture need not wait for it.

    words = np.frombuffer(bytes.fromhex("".join(likenesses)), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    weights = np.bitwise_count(words).sum(1, dtype=np.int16)
    first = np.arange(len(words))
    waiting = np.flatnonzero(weights >= _FEWEST)  # Others are near to none, by the rule of `_near`.
    left, weight, grouped = words[waiting], weights[waiting], 0
    for begin in range(len(words)):
        if weights[begin] < _FEWEST or first[begin] < begin:
            continue
        members = [begin]
        while members:
            member = members.pop()
            near = _near(left, weight, words[member], weights[member])
            weight[near] = _GROUPED
            grouped += len(near)
            members.extend(place for place in waiting[near].tolist() if place != begin)
            first[waiting[near]] = begin
            if 2 * grouped > len(waiting):
                alone = np.flatnonzero(weight != _GROUPED)
                waiting, left, weight, grouped = waiting[alone], left[alone], weight[alone], 0
    return tuple(first.tolist())


def _near(
    words: "NDArray[np.uint64]", weights: "NDArray[np.int16]", word: "NDArray[np.uint64]", weight: "np.int16"
) -> "NDArray[np.intp]":
    """Return which of `words` (N, 2), with so many bits set, differ from `word` in few of those that say something.

    At most NEAR bits may differ, and at most half of those beyond 32 that either has set: on the empty ground of a
    drawing most bits are 0 in every picture.
    """
    import numpy as np

    places = np.flatnonzero(np.bitwise_count(words[:, 0] ^ word[0]) <= NEAR)
    apart = np.bitwise_count(words[places] ^ word).sum(1, dtype=np.int16)
    near: NDArray[np.intp] = places[(apart <= NEAR) & (3 * apart <= weights[places] + weight - 2 * _FEWEST)]
    return near
