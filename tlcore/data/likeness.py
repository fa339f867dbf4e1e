"""Whether two pictures look the same: 128 bits for each that survive shrinking and recompressing, and the groups."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

_BITS = 8
NEAR = 7
"""Bits of 128 in which near duplicates may differ; one of 8 stretches of 16 bits is then the same in both."""
_STRETCHES = 8
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

    Pictures are compared only with those that share a stretch of bits, which near duplicates always do.
    """
    words = np.frombuffer(bytes.fromhex("".join(likenesses)), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    stretches = words.astype(">u8").view(">u2").reshape(-1, _STRETCHES)
    first = list(range(len(words)))
    for stretch in stretches.T:
        order = np.argsort(stretch, kind="stable")
        for shared in np.split(order, np.flatnonzero(np.diff(stretch[order])) + 1):
            if len(shared) > 1:
                _join(shared, words[shared], first)
    return tuple(_root(first, place) for place in range(len(first)))


def _join(places: NDArray[np.intp], words: NDArray[np.uint64], first: list[int]) -> None:
    """Put those of `places` into one group whose `words` (N, 2) differ in few bits."""
    for number in range(len(places) - 1):
        apart = np.bitwise_count(words[number + 1 :] ^ words[number]).sum(1)
        for other in places[number + 1 :][apart <= NEAR]:
            one, two = sorted((_root(first, int(places[number])), _root(first, int(other))))
            first[two] = one


def _root(first: list[int], place: int) -> int:
    while first[place] != place:
        first[place] = first[first[place]]
        place = first[place]
    return place
