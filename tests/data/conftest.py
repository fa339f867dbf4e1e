"""Pictures made on the spot."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image


def photograph(number: int, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    """Return a file with a smooth picture in many colours, another one for every number."""
    draw = Random(number)
    seed = Image.frombytes("RGB", (4, 3), draw.randbytes(36))
    file = BytesIO()
    seed.resize(size, Image.Resampling.BICUBIC).save(file, kind)
    return file.getvalue()


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Return a picture as the bytes of a file."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(name="photograph")
def _photograph() -> Callable[..., bytes]:
    return photograph


@pytest.fixture(name="encoded")
def _encoded() -> Callable[..., bytes]:
    return encoded


@pytest.fixture
def write_set(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder with so many pictures below each of the paths given."""

    def write(counts: dict[str, int], folder: str = "set") -> Path:
        number = 0
        for place, count in counts.items():
            (tmp_path / folder / place).mkdir(parents=True, exist_ok=True)
            for _ in range(count):
                (tmp_path / folder / place / f"{number}.jpg").write_bytes(photograph(number))
                number += 1
        return tmp_path / folder

    return write
