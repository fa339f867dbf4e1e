"""Brings the pictures of one split to the network: all the way, or only the rest of it for what is frozen before."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tlcore.engine.cut import Cut
from tlcore.engine.numerics import Numerics
from tlcore.engine.pictures import Pictures
from tlcore.engine.portions import Portions
from tlcore.engine.rows import Rows
from tlcore.store.beginnings import Beginnings

_ALIKE = 16
"""Pictures from which on, seen here, a row does not depend on how many others were computed with it, to the bit."""


class Feed:
    """One split, and how far into the network its pictures are known."""

    def __init__(
        self, module: nn.Module, pictures: Pictures, numerics: Numerics, portions: Portions, files: Beginnings | None
    ) -> None:
        """Feed `module`; `files` keeps what frozen beginnings make of the pictures, without it memory does.

        Beginnings are computed in `portions`.
        """
        self._module = module
        self._portions = portions
        self.pictures = pictures
        self._numerics = numerics
        self._files = files
        self._cut: Cut | None = None
        self._rows: Rows | None = None

    def begin_at(self, cut: Cut | None, key: str = "") -> None:
        """Let pictures begin at a cut from now on, or at the stem; `key` tells its beginning from all others."""
        self.close()
        self._cut, self._rows = cut, None
        if cut is not None and (names := self.pictures.names):
            self._rows = Rows(names, cut.shape, cut.numbers, key, self._files)

    def answer(self, places: Sequence[int], epoch: int = 0) -> Tensor:
        """Return the network's answers (N, classes) to the pictures at these places, as this epoch draws them."""
        if self._cut is None:
            answers: Tensor = self._module(self._inputs(self.pictures.drawn(places, epoch)))
            return answers
        return self._cut.after(self._beginnings(self._cut, self.pictures.drawn(places, epoch)))

    def expect(self, places: Sequence[int], epoch: int = 0) -> None:
        """Begin to read those of these pictures that `answer` will have to see."""
        drawn = self.pictures.drawn(places, epoch)
        if self._rows is not None:
            drawn = self._rows.unknown(drawn)
        self.pictures.expect(self.pictures.places(drawn))

    def settle(self) -> None:
        """Write to the store what was computed since the last time."""
        if self._rows is not None:
            self._rows.settle()

    def close(self) -> None:
        """Write what was computed, and close the file that it is read from."""
        if self._rows is not None:
            self._rows.close()

    def look_again(self) -> None:
        """Take up from the store what other processes computed."""
        if self._rows is not None:
            self._rows.look_again()

    def _beginnings(self, cut: Cut, drawn: list[int]) -> Tensor:
        if self._rows is None:
            return self._computed(cut, drawn)

        def compute(unknown: list[int]) -> Tensor:
            alike = min(_ALIKE, self._portions.at_once or _ALIKE)
            filled = (unknown * alike)[: max(len(unknown), alike)]
            return self._computed(cut, filled)[: len(unknown)]

        return self._rows.take(drawn, compute).to(self.pictures.device, non_blocking=True)

    def _computed(self, cut: Cut, drawn: Sequence[int]) -> Tensor:
        return self._portions.fit(drawn, lambda parts: torch.cat([cut.before(self._inputs(part)) for part in parts]))

    def _inputs(self, drawn: list[int]) -> Tensor:
        return self._numerics.laid_out(self.pictures.inputs(drawn))
