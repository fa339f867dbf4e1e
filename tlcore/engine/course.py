"""What a plan says at each moment of a run: phase, base rates, schedule, and the changes that are due."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from tlcore.catalog.cards import BackboneCard
from tlcore.config import Phase, RunConfig
from tlcore.engine.standing import Standing
from tlcore.errors import ChoiceError
from tlcore.events import Changed
from tlcore.schedules import factor
from tlcore.timeline import idle_phase


@dataclass(frozen=True, slots=True)
class Due:
    """A change that is made after so many steps; `control` is its id if a person asked for it in an earlier try."""

    after: int
    block: str
    rate: float
    control: int | None = None


class Course:
    """Answers for one plan; holds nothing that moves."""

    def __init__(self, config: RunConfig, steps_per_epoch: int, repeated: Sequence[Changed] = ()) -> None:
        self._phases = config.schedule
        self._per_epoch = steps_per_epoch
        self._ends = list(accumulate(phase.epochs for phase in config.schedule))
        planned = [Due(change.after, change.block, change.rate) for change in config.changes]
        again = [Due(change.after, change.block, change.requested, change.control) for change in repeated]
        self._changes = [*planned, *again]

    def phase(self, epoch: int) -> tuple[int, Phase]:
        """Return the phase that is on when `epoch` epochs are finished, and its number, counted from 0."""
        number = bisect_right(self._ends, epoch)
        return number, self._phases[number]

    def begins(self, standing: Standing) -> bool:
        """Say whether a phase begins with the next step."""
        return standing.batch == 0 and standing.epoch in (0, *self._ends)

    def rates(self, phase: Phase, overrides: Mapping[str, float]) -> dict[str, float]:
        """Return the base rates of a phase, under what a person changed."""
        return {**phase.rates, **overrides}

    def factor(self, phase: Phase, standing: Standing) -> float:
        """Return what the base rates are multiplied by in the next step."""
        number, _ = self.phase(standing.epoch)
        first = (self._ends[number] - phase.epochs) * self._per_epoch
        return factor(phase, standing.step - first, self._per_epoch)

    def due(self, step: int) -> list[Due]:
        """Return the changes to be made when `step` steps are made."""
        return [change for change in self._changes if change.after == step]

    def refusal(self, card: BackboneCard, standing: Standing, block: str, rate: float) -> str:
        """Say why a block cannot have this base rate from now on; empty if it can."""
        try:
            card.check_block(block)
        except ChoiceError as error:
            return str(error)
        number, _ = self.phase(standing.epoch)
        idle = idle_phase(self._phases, {**standing.overrides, block: rate}, number)
        if idle is not None:
            return f"With {block} frozen nothing would learn in phase {idle + 1}. Thaw another block first."
        return ""
