"""Whether each block did what was asked of it: frozen ones stood still to the bit, learning ones moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from tlcore.events import Moved
from tlcore.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How far one block is from where it began."""

    block: str
    frozen: bool
    """Now."""
    weights: float
    """Relative change; exactly 0.0 only if every parameter is bit-identical."""
    statistics: float | None
    """The same for buffers; None for a block without any."""
    gradient: float | None
    wrong: bool
    """Its weights moved while it was frozen."""
    leaking: bool
    """Its statistics moved while it was frozen: the classic mistake."""

    @property
    def still(self) -> bool:
        """Say whether the block is bit-identical to the start."""
        return self.weights == 0.0 and not self.statistics


def movements(history: History, blocks: Sequence[str]) -> list[Movement]:
    """Return what the newest look at the network says of `blocks`, stem first; nothing of those not looked at."""
    if not history.moves:
        return []
    newest, rates = history.moves[-1], history.rates
    return [
        _movement(history, newest, block, rates.get(block, 0.0) == 0.0) for block in blocks if block in newest.weights
    ]


def _movement(history: History, newest: Moved, block: str, frozen: bool) -> Movement:
    looks = _looks_since_freezing(history, block) if frozen else []
    started = [0.0] if frozen and not history.learned(block) else []
    weights = started + [look.weights[block] for look in looks if block in look.weights]
    statistics = started + [look.statistics[block] for look in looks if block in look.statistics]
    return Movement(
        block=block,
        frozen=frozen,
        weights=newest.weights[block],
        statistics=newest.statistics.get(block),
        gradient=newest.gradients.get(block),
        wrong=len(set(weights)) > 1,
        leaking=len(set(statistics)) > 1,
    )


def _looks_since_freezing(history: History, block: str) -> list[Moved]:
    """Return the looks at the network since the block froze for the last time."""
    froze = 0
    before = 0.0
    turns = [(phase.step, phase.rates.get(block, 0.0)) for phase in history.phases]
    turns += [(made.after, made.requested) for made in history.changes if made.block == block and not made.refused]
    for step, rate in sorted(turns, key=lambda turn: turn[0]):
        if before > 0 and rate == 0:
            froze = step
        before = rate
    return [look for look in history.moves if look.step >= froze]
