"""Photographs that nobody took: JPEGs of a megapixel, or small ones, as many as one likes, to measure with."""

from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

SIZE = (1152, 868)
"""Pixels, a million in all."""

_SCENES = 400
"""Pictures that are drawn; the others are these again, told apart by a comment in the file."""
_PER_FOLDER = 500
_SMALL = (256, 256)
_KINDS = 4
"""Folders of small pictures, each of which is a class."""
_GRAIN = 0.25
"""Share of noise: with it a file takes a quarter of a byte per pixel, as photographs from the web do."""


def write_photographs(folder: Path, count: int) -> None:
    """Write so many JPEGs below a folder, in folders of at most 500, no two with the same bytes."""
    scenes = [_scene(number) for number in range(min(count, _SCENES))]
    for number in range(count):
        path = folder / f"kind {number // _PER_FOLDER:03d}" / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_with_comment(scenes[number % _SCENES], f"{number:06d}".encode()))


def write_small_photographs(folder: Path, count: int) -> None:
    """Write so many JPEGs of 256 pixels below a folder, in four folders, no two of which look the same."""
    for number in range(count):
        path = folder / f"kind {number % _KINDS}" / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_scene(number, _SMALL))


def _scene(number: int, size: tuple[int, int] = SIZE) -> bytes:
    draw = Random(number)
    light = Image.frombytes("RGB", (8, 6), draw.randbytes(3 * 8 * 6)).resize(size, Image.Resampling.BICUBIC)
    half = size[0] // 2, size[1] // 2
    grain = Image.frombytes("RGB", half, draw.randbytes(3 * half[0] * half[1])).resize(size, Image.Resampling.BICUBIC)
    file = BytesIO()
    Image.blend(light, grain, _GRAIN).save(file, "JPEG", quality=85)
    return file.getvalue()


def _with_comment(data: bytes, text: bytes) -> bytes:
    """Return a JPEG with a comment behind its two first bytes, which decoders pass over."""
    return data[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + data[2:]
