"""What the frozen beginning of a network makes of the pictures of one split: computed once for each, then kept."""

from collections.abc import Callable, Sequence
from math import prod

import torch
from torch import Tensor

from tlcore.data.limits import BEGINNINGS_IN_MEMORY
from tlcore.store.beginnings import Beginnings

Compute = Callable[[list[int]], Tensor]
"""Makes the rows of the pictures at these places."""


class Rows:
    """Rows by the place of their picture: in a file of the store, or waiting in memory to be written there."""

    def __init__(
        self, names: Sequence[str], shape: tuple[int, ...], numbers: torch.dtype, key: str, files: Beginnings | None
    ) -> None:
        """Take up what an earlier run kept under `key`; without `files` rows are kept in memory only."""
        self._names = names
        self._shape = shape
        self._numbers = numbers
        self._key = key
        self._files = files
        self._written = torch.empty(0, *shape, dtype=numbers)
        self._at = torch.full((len(names),), -1)
        """Where the row of each place is among the written ones; -1 where it is not."""
        self._waiting: dict[int, Tensor] = {}
        self._room = BEGINNINGS_IN_MEMORY // (numbers.itemsize * prod(shape))
        self._read()

    def unknown(self, places: Sequence[int]) -> list[int]:
        """Return those of these places whose rows are still to be computed."""
        at = self._at[list(places)].tolist()
        return [place for place, where in zip(places, at, strict=True) if where < 0 and place not in self._waiting]

    def take(self, places: Sequence[int], compute: Compute) -> Tensor:
        """Return the rows (N, …) of these places, computing those that are not known yet."""
        at = self._at[list(places)]
        if bool((at >= 0).all()):
            return self._written[at]
        new = self.unknown(places)
        held = {place: self._waiting[place] for place in places if place in self._waiting}
        held.update(zip(new, compute(new).cpu() if new else (), strict=True))
        rows = [held[place] if place in held else self._written[where] for place, where in zip(places, at, strict=True)]
        for place in new:
            self._wait(place, held[place])
        return torch.stack(rows)

    def _wait(self, place: int, row: Tensor) -> None:
        if len(self._waiting) >= self._room:
            self.settle()
        if len(self._waiting) < self._room:
            self._waiting[place] = row.clone()  # alone: a part of the batch would hold all of it

    def settle(self) -> None:
        """Write what waits to the store, if it has room for it; else it goes on waiting."""
        if self._files is None or not self._waiting:
            return
        waiting = torch.stack(list(self._waiting.values()))
        names = [self._names[place] for place in self._waiting]
        if self._files.append(self._key, names, waiting.reshape(-1).view(torch.uint8).numpy().data):
            self._waiting.clear()
            self._read()

    def look_again(self) -> None:
        """Take up what other processes have written meanwhile."""
        if bool((self._at < 0).any()):
            self._read()

    def _read(self) -> None:
        contents = self._files.contents(self._key) if self._files else None
        if contents is None or self._files is None:
            return
        found = {name: place for place, name in enumerate(contents.names)}
        self._at = torch.tensor([found.get(name, -1) for name in self._names])
        # Mapped, not read: the system brings what is asked for, and takes it away where memory is short.
        values = torch.from_file(
            str(self._files.rows(self._key)), size=len(contents.names) * prod(self._shape), dtype=self._numbers
        )
        self._written = values.view(-1, *self._shape)
