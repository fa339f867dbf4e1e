"""Looks at the numbers of a run, and ends it where one is none any more."""

import time
from collections.abc import Iterable, Sequence
from math import isfinite

from torch import nn

from tlcore.catalog.cards import Block
from tlcore.engine.drift import DriftMeter, gradient_size
from tlcore.errors import ThawError
from tlcore.events import Moved
from tlcore.plan import Group
from tlcore.verdict import calmer

_BETWEEN = 2.0
"""Seconds between readings of the drift meter within an epoch; each looks at every weight once."""


class DivergedError(ThawError):
    """A number that steers the run is none any more; no later step could mend it."""


class Watch:
    """The drift meter, and whoever raises the alarm: no number is told that is none."""

    def __init__(self, module: nn.Module, blocks: Sequence[Block]) -> None:
        """Look at the network as it begins."""
        self._module = module
        self._blocks = blocks
        self._drift = DriftMeter(module, blocks)
        self._looked = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether the last reading is some time ago."""
        return time.monotonic() - self._looked > _BETWEEN

    def measure(self, step: int, seconds: float, groups: Sequence[Group]) -> Moved:
        """Return how far blocks are from where they began; raise DivergedError where that is no number."""
        self._looked = time.monotonic()
        moved = self._drift.measure(step, seconds)
        self._check("gradient", moved.gradients.values(), step, groups)
        self._check("network", (*moved.weights.values(), *moved.statistics.values()), step, groups)
        return moved

    def check(self, loss: float, step: int, groups: Sequence[Group]) -> None:
        """Raise DivergedError where the loss after `step` steps is no number."""
        self._check("loss", (loss,), step, groups)

    def _check(self, what: str, values: Iterable[float], step: int, groups: Sequence[Group]) -> None:
        if all(map(isfinite, values)):
            return
        sizes = {block.name: gradient_size(self._module, block) for block in self._blocks}
        largest = max(sizes, key=lambda name: sizes[name])
        culprit = f" The largest gradient before that was in {largest}." if sizes[largest] > 0 else ""
        raise DivergedError(
            f"The {what} is no longer a number, after step {step}.{culprit}",
            f"The rates are too high. {calmer({group.block: group.rate for group in groups})}",
        )
