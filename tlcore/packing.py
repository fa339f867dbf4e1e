"""Thousands of small whole numbers as one short text: 16 bits each, in base64."""

import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable

_KIND = "H"


def pack(numbers: Iterable[int]) -> str:
    """Return whole numbers from 0 to 65,535 as a text."""
    return b64encode(_little_end_first(array(_KIND, numbers)).tobytes()).decode("ascii")


def unpack(text: str) -> list[int]:
    """Return the numbers of which `pack` made a text."""
    return _little_end_first(array(_KIND, b64decode(text))).tolist()


def _little_end_first(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
