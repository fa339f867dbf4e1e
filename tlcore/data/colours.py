"""Every way of storing colours, brought to 8-bit RGB on white without losing the picture."""

import math

from PIL import Image

from tlcore.errors import PictureError

MATTE = (255, 255, 255)
"""What lies behind transparent parts: white, as a page would show them."""

TRANSPARENT = "Transparent parts are laid on white."
SCALED = "More than 256 shades of grey, scaled so that the darkest is black and the brightest white."
BLANK = "The whole picture has one colour."

_ALPHA_MODES = ("RGBA", "RGBa", "LA", "La", "PA")
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


def to_rgb(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """Return a loaded picture in mode RGB, and sentences about what that took."""
    notes: tuple[str, ...] = ()
    if image.mode in _DEEP_MODES:
        image, notes = _scaled(image), (SCALED,)
    elif image.mode in _ALPHA_MODES or "transparency" in image.info:
        return _on_white(image)
    rgb = image.convert("RGB")
    if rgb.getcolors(1):
        notes = (*notes, BLANK)
    return rgb, notes


def _on_white(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    layered = image.convert("RGBA")
    alpha = layered.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return layered.convert("RGB"), ()
    ground = Image.new("RGB", image.size, MATTE)
    ground.paste(layered, mask=alpha)
    return ground, (TRANSPARENT,)


def _scaled(image: Image.Image) -> Image.Image:
    """Return a picture of 16 or 32 bits in mode L, its own range of values spread over 0 to 255.

    Pillow's own conversion cuts off instead: 16-bit pictures come out white, pictures of fractions black.
    """
    deep = image.convert("F")
    low, high = (float(value) for value in deep.getextrema())  # type: ignore[arg-type]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise PictureError("CORRUPT", "It holds values that are no numbers.", "Save it anew as 8-bit PNG.")
    factor = 255 / (high - low) if high > low else 0.0
    # The half is for rounding: the conversion to whole numbers cuts the fraction off.
    return deep.point(lambda value: value * factor + (0.5 - low * factor)).convert("L")
