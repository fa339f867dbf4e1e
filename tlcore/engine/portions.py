"""How many pictures go through a network at once: all that are wanted, and fewer once memory was short."""

import gc
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import TypeVar

import torch

from tlcore.engine.runtime import Runtime
from tlcore.errors import ThawError
from tlcore.events import WORKS, Squeezed, Work

_SHORTAGE = re.compile(
    "DefaultCPUAllocator|out of memory|ALLOC_FAILED|bad_alloc|could not create a primitive$|can't start new thread"
)
"""What RuntimeErrors say that mean a lack of memory: torch's on the CPU, MPS's, those of CUDA's libraries, C++'s,
oneDNN's, and Python's where there is no room for the stack of a thread; most were seen in processes with a limit."""

Done = TypeVar("Done")


class ShortOfMemoryError(ThawError):
    """Not even the fewest pictures fit."""

    def __init__(self, pictures: int) -> None:
        """Tell of so many pictures at once."""
        super().__init__(
            f"The memory was not enough, even for {pictures} picture{'s' if pictures > 1 else ''} at a time.",
            "Choose a smaller picture size, a smaller network or fewer blocks that learn, and start again.",
        )


def is_shortage(error: Exception) -> bool:
    """Say whether an error means that memory was not enough; torch has a kind of its own for it on GPUs only."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and _SHORTAGE.search(str(error)) is not None


class Portions:
    """Cuts pictures into as few parts as memory allows; what it learned holds to the end of the run."""

    def __init__(self, runtime: Runtime, at_once: int | None = None, together: bool = False) -> None:
        """Begin with at most `at_once` pictures, None for any number.

        Where several processes work `together`, none of them can do again what the others have done.
        """
        self._runtime = runtime
        self._together = together
        self.at_once = at_once
        """Most pictures of a part; None while memory was never short."""

    def fit(
        self,
        places: Sequence[int],
        work: Callable[[list[list[int]]], Done],
        undo: Callable[[], None] = lambda: None,
        fewest: int = 1,
    ) -> Done:
        """Do `work` on all places, cut into parts; where memory is short `undo` it and do it again with halved parts.

        A part has at least `fewest` pictures. Raises ShortOfMemoryError if those do not fit either.
        """
        while True:
            parts = evenly(places, self.at_once or len(places), fewest)
            try:
                return work(parts)
            except (MemoryError, RuntimeError) as error:
                if self._together or not is_shortage(error):
                    raise
            # Only out here: the error holds the frames it came through, and they what did not fit (pytorch#18853).
            undo()
            gc.collect()
            self._runtime.give_back()
            largest = max(map(len, parts))
            if len(parts) >= len(places) // fewest:
                raise ShortOfMemoryError(largest)
            self.at_once = ceil(largest / 2)


class Squeezes:
    """The portions of every kind of work, and what is still to be told of them."""

    def __init__(self, runtime: Runtime, before: Mapping[Work, Squeezed], together: bool = False) -> None:
        """Begin with what was squeezed before; several processes that work `together` do not squeeze."""
        self._told = {} if together else {work: squeezed.at_once for work, squeezed in before.items()}
        self._portions = {work: Portions(runtime, self._told.get(work), together) for work in WORKS}

    def of(self, work: Work) -> Portions:
        """Return the portions of one kind of work."""
        return self._portions[work]

    def news(self, step: int, batch: int) -> Iterator[Squeezed]:
        """Yield what was squeezed since it was told last, `step` steps being made, of `batch` pictures each."""
        for work, portions in self._portions.items():
            if portions.at_once is not None and portions.at_once != self._told.get(work):
                self._told[work] = portions.at_once
                yield Squeezed(step=step, work=work, batch=batch, at_once=portions.at_once)


def evenly(places: Sequence[int], most: int, fewest: int = 1) -> list[list[int]]:
    """Return the places in as few parts as have at most `most` each, of sizes that differ by at most one.

    No part has less than `fewest`, even if one has more than `most` for it.
    """
    number = max(1, min(ceil(len(places) / most), len(places) // fewest))
    ends = [len(places) * part // number for part in range(number + 1)]
    return [list(places[begin:end]) for begin, end in pairwise(ends)]
