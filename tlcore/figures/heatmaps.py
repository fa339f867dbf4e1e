"""Heatmaps as small coloured pictures: dark is little, light is much, in both themes."""

from base64 import b64decode, b64encode
from functools import cache
from io import BytesIO

from PIL import Image

PNG, JPEG = "data:image/png;base64,", "data:image/jpeg;base64,"
"""What comes before a picture's base64 in its address."""
_VIRIDIS = (
    "440154", "482878", "3E4A89", "31688E", "26828E", "1F9E89", "35B779", "6DCD59", "B4DE2C", "FDE725",
)  # fmt: skip
"""Ten steps of viridis (Smith and van der Walt 2015, CC0)."""


@cache
def palette() -> bytes:
    """Return 256 colours, three bytes each, from little to much."""
    steps = [bytes.fromhex(step) for step in _VIRIDIS]
    colours = bytearray()
    for level in range(256):
        place, share = divmod(level * (len(steps) - 1) / 255, 1)
        low, high = steps[int(place)], steps[min(int(place) + 1, len(steps) - 1)]
        colours += bytes(round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return bytes(colours)


def heatmap(grey_png: str) -> str:
    """Colour an 8-bit grey PNG (base64); return a PNG of the same size as a data URI."""
    picture = Image.open(BytesIO(b64decode(grey_png))).convert("L")
    picture.putpalette(palette())
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return data_uri(buffer.getvalue(), "image/png")


def brightest(grey_png: str) -> tuple[int, int]:
    """Return the row and the column of the brightest square of an 8-bit grey PNG (base64), the first of equal ones."""
    picture = Image.open(BytesIO(b64decode(grey_png))).convert("L")
    values = picture.tobytes()
    return divmod(values.index(max(values)), picture.width)


def data_uri(data: bytes, kind: str) -> str:
    """Return bytes as an address that holds them."""
    return f"data:{kind};base64,{b64encode(data).decode('ascii')}"
