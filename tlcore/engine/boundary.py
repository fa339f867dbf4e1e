"""Where the frozen beginning of a network ends, found anew whenever blocks freeze or thaw."""

import logging
from collections.abc import Sequence

import torch

from tlcore.arithmetic import libraries
from tlcore.engine.assemble import Assembly
from tlcore.engine.cut import Cut, UncutError
from tlcore.engine.numerics import Numerics
from tlcore.engine.splits import Splits
from tlcore.plan import Group

_EXAMPLES = 2


class Boundary:
    """Keeps splits beginning where the plan begins to learn: what is frozen before gives the same answers for ever."""

    def __init__(self, assembly: Assembly, numerics: Numerics, splits: Splits) -> None:
        self._assembly = assembly
        self._numerics = numerics
        self._splits = splits
        self._frozen = 0
        self.cut: Cut | None = None
        """Where it is now; None where all of the network learns, or it cannot be cut there."""
        self.key = ""
        """What tells the rows of this beginning from all others; empty without a cut."""

    def move(self, groups: Sequence[Group], moving_statistics: bool) -> None:
        """Begin before the first block that learns; at the stem where even frozen blocks do not stay as they are."""
        learning = [place for place, group in enumerate(groups) if group.rate > 0.0]
        frozen = 0 if moving_statistics or not learning else learning[0]
        if frozen == self._frozen:
            return
        self._frozen = frozen
        self.cut = self._find([groups[place].block for place in learning]) if frozen else None
        self.key = self.cut.key(self._told()) if self.cut else ""
        self._splits.begin_at(self.cut, self.key)

    def _find(self, learning: Sequence[str]) -> Cut | None:
        assembly = self._assembly
        side = assembly.encoder.preprocessing.crop
        example = torch.randn(_EXAMPLES, 3, side, side, generator=torch.Generator().manual_seed(0))
        laid_out = self._numerics.laid_out(example.to(assembly.runtime.device))
        try:
            with self._numerics.on(assembly.runtime.device):
                return Cut(assembly.module, assembly.card.blocks, learning, laid_out)
        except UncutError as fault:
            # Slower, not wrong: the whole network is computed, as everywhere else.
            logging.warning("%s is not cut before %s: %s", assembly.card.name, learning[0], fault)
            return None

    def _told(self) -> str:
        """Return what rows depend on besides the pictures and the weights."""
        assembly = self._assembly
        return "\n".join(
            str(each)
            for each in (
                assembly.card.builder,
                assembly.encoder.preprocessing,
                self._numerics,
                assembly.runtime.processor,
                *libraries(),
            )
        )
