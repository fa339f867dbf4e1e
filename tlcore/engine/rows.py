"""What the frozen beginning of a network makes of the pictures of one split: computed once for each, then kept."""

from collections.abc import Callable, Sequence
from math import prod
from typing import BinaryIO

import torch
from torch import Tensor

from tlcore.data.limits import BEGINNINGS_IN_MEMORY
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
        self._file: BinaryIO | None = None
        self._at: dict[int, int] = {}
        """Where in the file the row of a place is."""
        self._waiting: dict[int, Tensor] = {}
        self._room = BEGINNINGS_IN_MEMORY // self._row_bytes
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
                self._read_into(row, self._at[place])
            else:
                row.copy_(computed[place] if place in computed else self._waiting[place])
        for place, row in computed.items():
            self._wait(place, row)
        return rows

    def settle(self) -> None:
        """Write what waits to the store, if it has room for it; else it goes on waiting."""
        if self._files is None or not self._waiting:
            return
        waiting = torch.stack(list(self._waiting.values()))
        names = [self._names[place] for place in self._waiting]
        if self._files.append(self._key, names, _bytes(waiting)):
            self._waiting.clear()
            self._open()

    def look_again(self) -> None:
        """Take up what other processes have written meanwhile."""
        if len(self._at) < len(self._names):
            self._open()

    def close(self) -> None:
        """Write what waits, and close the file."""
        self.settle()
        if self._file:
            self._file.close()

    def _wait(self, place: int, row: Tensor) -> None:
        if len(self._waiting) >= self._room:
            self.settle()
        if len(self._waiting) < self._room:
            self._waiting[place] = row.clone()  # alone: a part of the batch would hold all of it

    def _open(self) -> None:
        if self._file:
            self._file.close()
        self._file, names = self._files.open(self._key) if self._files else (None, ())
        found = {name: place for place, name in enumerate(names)}
        self._at = {place: found[name] for place, name in enumerate(self._names) if name in found}

    def _read_into(self, row: Tensor, place: int) -> None:
        assert self._file
        self._file.seek(place * self._row_bytes)
        self._file.readinto(_bytes(row))  # type: ignore[attr-defined]


def _bytes(values: Tensor) -> memoryview:
    """Return the memory of a tensor without gaps."""
    return values.view(-1).view(torch.uint8).numpy().data
