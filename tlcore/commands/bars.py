"""Progress bars of the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

_DELAY = 0.3
"""Seconds before a bar is drawn, so that a fault at once is told on a line of its own."""


def bar(title: str, *, quiet: bool, **more: Any) -> "tqdm[Any]":
    """Return a bar that is not drawn at once, and not at all if `quiet`."""
    return tqdm(desc=title, disable=quiet, delay=_DELAY, **more)


@contextmanager
def counted(title: str, *, quiet: bool, **more: Any) -> Iterator[Callable[[int, int], None]]:
    """Lend what draws a bar when it is told how much is done, and of how much in all."""
    with bar(title, quiet=quiet, **more) as drawn:

        def progress(done: int, total: int) -> None:
            drawn.total = total
            drawn.update(done - drawn.n)

        yield progress
