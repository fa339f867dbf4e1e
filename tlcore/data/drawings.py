"""Drawn shapes and patterns: a small set of pictures with nothing to download and nobody's rights in it."""

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageDraw

SIDE = 160
"""Pixels of a finished drawing, which is square."""

_FINE = 4  # Drawn this many times larger and averaged, which smooths the edges.
_CANVAS = SIDE * _FINE

Point = tuple[float, float]
Colour = tuple[int, int, int]

# Ground, its shade, ink, accent: made to go together on a projector as well as on a phone.
_PALETTES: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((250, 243, 227), (232, 220, 193), (38, 70, 83), (231, 111, 81)),
    ((232, 243, 236), (205, 226, 213), (45, 106, 79), (244, 162, 97)),
    ((252, 236, 233), (240, 211, 206), (157, 45, 74), (242, 181, 68)),
    ((236, 236, 248), (212, 212, 236), (72, 61, 139), (232, 122, 144)),
    ((230, 242, 246), (200, 223, 231), (21, 96, 122), (238, 155, 0)),
    ((253, 246, 214), (241, 229, 175), (188, 71, 73), (56, 102, 65)),
    ((42, 52, 72), (31, 39, 56), (240, 200, 110), (126, 200, 190)),
    ((58, 44, 66), (45, 33, 52), (238, 150, 140), (248, 222, 160)),
    ((34, 66, 64), (25, 52, 50), (160, 216, 179), (250, 224, 150)),
    ((243, 238, 234), (223, 214, 207), (88, 80, 76), (206, 120, 92)),
)


class _Sheet:
    """A sheet of coloured paper with a random palette; lengths are shares of its side."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.ground, self.shade, self.ink, self.accent = _PALETTES[int(draw.random() * len(_PALETTES))]
        if draw.random() < 0.35:
            self.ink, self.accent = self.accent, self.ink
        self.image = Image.new("RGB", (_CANVAS, _CANVAS), self.ground)
        self._pen = ImageDraw.Draw(self.image)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.draw.random()

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        self._pen.polygon([(round(x * _CANVAS), round(y * _CANVAS)) for x, y in points], fill=colour)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        self.polygon(_around(centre, radius, 120, 0.0), colour)

    def finished(self) -> Image.Image:
        return self.image.reduce(_FINE)


def _around(centre: Point, radius: float, corners: int, turn: float) -> list[Point]:
    """Return the corners of a regular polygon."""
    angles = [turn + 2 * pi * corner / corners for corner in range(corners)]
    return [(centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)) for angle in angles]


def _figure(draw: Random, outline: Callable[[Point, float, float], list[Point]]) -> Image.Image:
    """Draw one figure with a shadow, and often a smaller one of the same form on it."""
    sheet = _Sheet(draw)
    radius, turn = sheet.between(0.23, 0.34), sheet.between(0, 2 * pi)
    centre = (sheet.between(0.42, 0.58), sheet.between(0.42, 0.58))
    fall = sheet.between(0.03, 0.05)
    sheet.polygon(outline((centre[0] + fall, centre[1] + fall), radius, turn), sheet.shade)
    sheet.polygon(outline(centre, radius, turn), sheet.ink)
    if draw.random() < 0.5:
        sheet.polygon(outline(centre, radius * sheet.between(0.35, 0.5), turn), sheet.accent)
    return sheet.finished()


def _circle(draw: Random) -> Image.Image:
    return _figure(draw, lambda centre, radius, turn: _around(centre, radius, 120, turn))


def _square(draw: Random) -> Image.Image:
    return _figure(draw, lambda centre, radius, turn: _around(centre, 1.12 * radius, 4, turn))


def _triangle(draw: Random) -> Image.Image:
    return _figure(draw, lambda centre, radius, turn: _around(centre, 1.15 * radius, 3, turn))


def _star(draw: Random) -> Image.Image:
    def outline(centre: Point, radius: float, turn: float) -> list[Point]:
        tips = _around(centre, 1.2 * radius, 5, turn)
        notches = _around(centre, 0.52 * radius, 5, turn + pi / 5)
        return [point for pair in zip(tips, notches, strict=True) for point in pair]

    return _figure(draw, outline)


def _rings(draw: Random) -> Image.Image:
    sheet = _Sheet(draw)
    centre = (sheet.between(0.4, 0.6), sheet.between(0.4, 0.6))
    step = sheet.between(0.055, 0.09)
    count = int(sheet.between(0.36, 0.46) / step)
    for ring in range(count, 0, -1):
        sheet.disc(centre, ring * step, (sheet.ink, sheet.ground)[(count - ring) % 2])
    sheet.disc(centre, step * 0.8, sheet.accent)
    return sheet.finished()


def _stripes(draw: Random) -> Image.Image:
    sheet = _Sheet(draw)
    step, turn, start = sheet.between(0.1, 0.2), sheet.between(0, pi), sheet.between(0, 1)
    width = step * sheet.between(0.35, 0.6)
    every = int(sheet.between(2, 5))
    for place in range(-9, 10):
        across = (place + start) * step
        corners = ((across, -1.0), (across + width, -1.0), (across + width, 1.0), (across, 1.0))
        sheet.polygon(_turned(corners, turn), sheet.accent if place % every == 0 else sheet.ink)
    return sheet.finished()


def _dots(draw: Random) -> Image.Image:
    sheet = _Sheet(draw)
    step, turn = sheet.between(0.16, 0.24), sheet.between(0, pi / 2)
    radius = step * sheet.between(0.22, 0.34)
    every = int(sheet.between(2, 5))
    for row in range(-6, 7):
        for column in range(-6, 7):
            (centre,) = _turned(((column * step + (row % 2) * step / 2, row * step),), turn)
            sheet.disc(centre, radius, sheet.accent if (row + 2 * column) % every == 0 else sheet.ink)
    return sheet.finished()


def _checker(draw: Random) -> Image.Image:
    sheet = _Sheet(draw)
    step, turn = sheet.between(0.12, 0.22), sheet.between(-pi / 4, pi / 4)
    left, top = sheet.between(0, step), sheet.between(0, step)
    for row in range(-8, 9):
        for column in range(-8 + row % 2, 9, 2):
            x, y = column * step + left, row * step + top
            corners = ((x, y), (x + step, y), (x + step, y + step), (x, y + step))
            sheet.polygon(_turned(corners, turn), sheet.ink)
    return sheet.finished()


def _turned(points: Sequence[Point], turn: float) -> list[Point]:
    """Turn points about the origin and move the origin to the middle of the sheet."""
    return [(0.5 + x * cos(turn) - y * sin(turn), 0.5 + x * sin(turn) + y * cos(turn)) for x, y in points]


DRAWINGS: dict[str, Callable[[Random], Image.Image]] = {
    "checker": _checker,
    "circle": _circle,
    "dots": _dots,
    "rings": _rings,
    "square": _square,
    "star": _star,
    "stripes": _stripes,
    "triangle": _triangle,
}
