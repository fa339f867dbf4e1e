"""Sample sets that need no download: handwritten digits from scikit-learn's package, and drawn shapes."""

import csv
import gzip
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random

from PIL import Image

from tlcore.data.drawings import DRAWINGS
from tlcore.data.png import plain_png
from tlcore.errors import ChoiceError

SAMPLES = ("digits", "shapes")
_SEED = 20
_DIGITS_PER_CLASS = {"train": 48, "val": 12}
_SHAPES_PER_CLASS = {"train": 24, "val": 6}


def digits(root: Path) -> Path:
    """Write 600 handwritten digits, 8 × 8 pixels, below `root` unless they are there, and return their folder."""
    return _whole(root / "digits", _digit_pictures())


def shapes(root: Path) -> Path:
    """Draw 240 shapes and patterns below `root` unless they are there, and return their folder."""
    return _whole(root / "shapes", _shape_pictures())


def _digit_pictures() -> Iterator[tuple[str, Image.Image]]:
    """Yield a place and a picture for a balanced draw of the digits, without importing scikit-learn."""
    package = find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        raise ChoiceError("The handwritten digits come with scikit-learn.", "Run: pip install scikit-learn")
    path = Path(package.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")
    by_digit: dict[int, list[bytes]] = {digit: [] for digit in range(10)}
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.reader(file):
            *pixels, digit = (int(float(cell)) for cell in row)
            by_digit[digit].append(bytes(round(pixel * 255 / 16) for pixel in pixels))
    draw = Random(_SEED)
    for digit, pictures in by_digit.items():
        # Repeats are dropped first, so that none of them ends up on both sides.
        chosen = iter(sorted(sorted(set(pictures)), key=lambda _: draw.random()))
        for split, count in _DIGITS_PER_CLASS.items():
            for number in range(count):
                yield f"{split}/{digit}/{digit}-{number:02}.png", Image.frombytes("L", (8, 8), next(chosen))


def _shape_pictures() -> Iterator[tuple[str, Image.Image]]:
    for name, draw in sorted(DRAWINGS.items()):
        for split, count in _SHAPES_PER_CLASS.items():
            for number in range(count):
                yield f"{split}/{name}/{name}-{number:02}.png", draw(Random(f"{_SEED} {name} {split} {number}"))


def _whole(folder: Path, pictures: Iterator[tuple[str, Image.Image]]) -> Path:
    """Write pictures aside and give them their folder in one step, unless it is there already."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".samples-"))
    try:
        for place, image in pictures:
            path = aside / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(plain_png(image))
        aside.replace(folder)
    except OSError:
        if not folder.is_dir():  # Else another process was faster, and its pictures are the same.
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder
