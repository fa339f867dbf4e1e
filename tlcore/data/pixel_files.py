"""The recipes of sets that are published as bare pixels: each picture is written as a PNG of its own."""

import gzip
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from tlcore.data.png import plain_png
from tlcore.errors import PictureError

_CIFAR_SIDE = 32
_CIFAR_FILES = {
    "train": tuple(f"cifar-10-batches-bin/data_batch_{number}.bin" for number in range(1, 6)),
    "test": ("cifar-10-batches-bin/test_batch.bin",),
}
_CIFAR_NAMES = "cifar-10-batches-bin/batches.meta.txt"
_FASHION_FILES = {"train": "train", "test": "t10k"}
_FASHION_CLASSES = (
    "T-shirt-top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
_PICTURES_HEAD = struct.Struct(">4L")
"""Of an idx file: its kind, then how many pictures, rows and columns."""
_LABELS_HEAD = struct.Struct(">2L")
_PICTURES_KIND, _LABELS_KIND = 2051, 2049
_LONGEST_SIDE = 256


def cifar(files: Mapping[str, Path], making: Path) -> Iterator[tuple[str, Path]]:
    """Yield the pictures of CIFAR-10's binary files: a byte for the class, then red, green and blue, 32 × 32 each."""
    classes = files[_CIFAR_NAMES].read_text(encoding="ascii").split()
    plane = _CIFAR_SIDE * _CIFAR_SIDE
    number = 0
    for side, names in _CIFAR_FILES.items():
        for name in names:
            with files[name].open("rb") as file:
                while len(row := file.read(1 + 3 * plane)) == 1 + 3 * plane:
                    planes = [
                        Image.frombytes("L", (_CIFAR_SIDE, _CIFAR_SIDE), row[start : start + plane])
                        for start in range(1, len(row), plane)
                    ]
                    yield _written(making, number, side, classes[row[0]], Image.merge("RGB", planes))
                    number += 1


def fashion(files: Mapping[str, Path], making: Path) -> Iterator[tuple[str, Path]]:
    """Yield the pictures of Fashion-MNIST's idx files: for each side one of pixels and one of classes."""
    number = 0
    for side, name in _FASHION_FILES.items():
        with (
            gzip.open(files[f"{name}-images-idx3-ubyte.gz"]) as pixels,
            gzip.open(files[f"{name}-labels-idx1-ubyte.gz"]) as labels,
        ):
            kind, count, height, width = _PICTURES_HEAD.unpack(_exactly(pixels, _PICTURES_HEAD.size))
            if kind != _PICTURES_KIND or max(height, width) > _LONGEST_SIDE:
                raise _another_file()
            if _LABELS_HEAD.unpack(_exactly(labels, _LABELS_HEAD.size)) != (_LABELS_KIND, count):
                raise _another_file()
            for _ in range(count):
                image = Image.frombytes("L", (width, height), _exactly(pixels, width * height))
                yield _written(making, number, side, _FASHION_CLASSES[_exactly(labels, 1)[0]], image)
                number += 1


def _written(making: Path, number: int, side: str, label: str, image: Image.Image) -> tuple[str, Path]:
    path = making / f"{number:06d}.png"
    path.write_bytes(plain_png(image))
    return f"{side}/{label}/{path.name}", path


def _exactly(file: BinaryIO | gzip.GzipFile, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise _another_file()
    return data


def _another_file() -> PictureError:
    return PictureError("NOT_THE_SET", "The file is not what its name says.", "Download it again.")
