"""What a picture shows at a glance: 128 bits that survive shrinking and recompressing, and whether it has colours."""

from PIL import Image, ImageChops

_BITS = 8
_GREY_STEP = 6
"""Of 255: the largest difference between a pixel's colours for which it still is grey."""
_BLANK_STEP = 8
"""Of 255: the largest difference between two pixels of a blank picture."""

_COARSE = 8
"""Pixels whose mean is looked at first, each way."""


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
    # Means differ less than pixels do, but for what is rounded; most pictures are told by them, and sooner.
    may_be_grey, may_be_blank = _shades(image.reduce(_COARSE), 1)
    return _shades(image, 0) if may_be_grey or may_be_blank else (False, False)


def _shades(image: Image.Image, leeway: int) -> tuple[bool, bool]:
    red, green, blue = image.split()
    is_blank = all(_spread(band) <= _BLANK_STEP + leeway for band in (red, green, blue))
    is_grey = all(
        _brightest(ImageChops.difference(one, other)) <= _GREY_STEP + leeway
        for one, other in ((red, green), (green, blue))
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
