"""What the frozen beginning of a network makes of the pictures of one split: computed once for each, then kept."""

from collections.abc import Callable, Sequence
from errno import EIO
from math import prod
from typing import BinaryIO

import torch
from torch import Tensor

from tlcore.data.limits import BEGINNINGS_IN_MEMORY
from tlcore.engine.shelf import Shelf
from tlcore.store.beginnings import Beginnings

Compute = Callable[[list[int]], Tensor]
"""Makes the rows of the pictures at these places."""


class Rows:
    """Rows by the place of their picture: in a file of the store, or waiting in memory to be written there.

    The file is read, not mapped: what the system keeps of it does not count as this process's memory.
    """

    def __init__(
        self, names: Sequence[str], shape: tuple[int, ...], numbers: torch.dtype, key: str, files: Beginnings | None
    ) -> None:
        """Take up what an earlier run kept under `key`; without `files` rows are kept in memory only."""
        self._names = names
        self._shape = shape
        self._numbers = numbers
        self._key = key
        self._files = files
        self._row_bytes = numbers.itemsize * prod(shape)
        self._open_files: list[BinaryIO] = []
        self._at: dict[int, tuple[BinaryIO, int]] = {}
        """Where the row of a place is: in which file, and how many rows from its beginning."""
        self._waiting: dict[int, Tensor] = {}
        self._shelf = Shelf()
        self._room = BEGINNINGS_IN_MEMORY // self._row_bytes
        self._is_refused = files is None
        """Whether there is no more room but in memory."""
        self._open()

    def unknown(self, places: Sequence[int]) -> list[int]:
        """Return those of these places whose rows are still to be computed."""
        return [place for place in places if place not in self._at and place not in self._waiting]

    def take(self, places: Sequence[int], compute: Compute) -> Tensor:
        """Return the rows (N, …) of these places, computing those that are not known yet."""
        rows = torch.empty(len(places), *self._shape, dtype=self._numbers)
        new = self.unknown(places)
        computed = dict(zip(new, compute(new).cpu() if new else (), strict=True))
        for row, place in zip(rows, places, strict=True):
            if place in self._at:
                self._read_into(row, *self._at[place])
            else:
                row.copy_(computed[place] if place in computed else self._waiting[place])
        for place, row in computed.items():
            self._wait(place, row)
        return rows

    def settle(self) -> None:
        """Write what waits to the store, if it has room for it; else it goes on waiting."""
        if self._files is None or self._is_refused or not self._waiting:
            return
        names = [self._names[place] for place in self._waiting]
        kept = self._files.append(self._key, names, [_bytes(row) for row in self._waiting.values()])
        if kept is None:
            self._is_refused = True
            return
        file, first = kept
        self._open_files.append(file)
        self._at.update((place, (file, first + number)) for number, place in enumerate(self._waiting))
        self._waiting.clear()

    def look_again(self) -> None:
        """Take up what other processes have written meanwhile."""
        if len(self._at) < len(self._names) and not self._is_refused:
            self._close_files()
            self._open()

    def close(self) -> None:
        """Write what waits, and close the files."""
        self.settle()
        self._close_files()

    def _wait(self, place: int, row: Tensor) -> None:
        if len(self._waiting) >= self._room:
            self.settle()
        if len(self._waiting) < self._room:
            # A copy: a part of the batch would hold all of it.
            self._waiting[place] = self._shelf.copy(row)

    def _open(self) -> None:
        file, names = self._files.open(self._key) if self._files else (None, ())
        if file is not None:
            self._open_files.append(file)
            found = {name: number for number, name in enumerate(names)}
            self._at = {place: (file, found[name]) for place, name in enumerate(self._names) if name in found}

    def _close_files(self) -> None:
        self._at.clear()
        while self._open_files:
            self._open_files.pop().close()

    def _read_into(self, row: Tensor, file: BinaryIO, place: int) -> None:
        file.seek(place * self._row_bytes)
        if file.readinto(_bytes(row)) != self._row_bytes:  # type: ignore[attr-defined]
            raise OSError(EIO, "a row of a frozen beginning ends early")


def _bytes(values: Tensor) -> memoryview:
    """Return the memory of a tensor without gaps."""
    return values.reshape(-1).view(torch.uint8).numpy().data
