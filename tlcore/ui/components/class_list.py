"""Classes one below the other, each with its counts, a bar and some of its pictures; a click opens one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """One class of a set."""

    id: str
    name: str
    train: int
    val: int
    images: tuple[str, ...]  # data URIs


_mount = register("class_list", "shared")


def class_list(*, key: str, rows: Sequence[ClassRow], most: int, on_open: Callable[[str], None]) -> None:
    """Draw the classes; the bar of one with `most` pictures is full, and `on_open` gets an id."""

    def answer() -> None:
        identity = sent(key, "opened")
        if identity in {row.id for row in rows}:
            on_open(identity)

    _mount(key=key, data={"rows": to_plain(tuple(rows)), "most": most}, on_opened_change=answer)
