"""Pictures of all classes on one wall with their names, to be looked at on the whole screen and taken along."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tlcore.figures.mosaic import Wall
from tlcore.records import to_plain
from tlcore.ui.components.bridge import register

_mount = register("mosaic", "shared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """One class with some of its pictures."""

    name: str
    images: tuple[str, ...]  # data URIs


def mosaic(*, key: str, heaps: Sequence[Heap], wall: Wall, words: str, file: str, on_again: Callable[[], None]) -> None:
    """Draw the classes as `wall` is cut up, below some `words`; `on_again` is called where other pictures are wanted.

    The browser makes the picture to take along, so any script can be written; `file` is its name without an ending.
    """
    _mount(
        key=key,
        data={"heaps": to_plain(tuple(heaps)), "wall": to_plain(wall), "words": words, "file": file},
        on_again_change=on_again,
    )
