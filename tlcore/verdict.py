"""Sentences about a run, computed from the run itself."""

from collections.abc import Mapping, Sequence
from math import ceil

from tlcore.config import written_rate
from tlcore.events import Evaluated, Squeezed
from tlcore.history import History
from tlcore.movement import Movement

_MOST_NAMED = 2
_LEAST_TOLD = 0.0001
_EXPLODED, _LASTING = 3.0, 20
"""Times the loss at the start, and steps in a row beyond it, that tell of rates which are too high."""
_START = 5
"""First steps, whose mean loss is the start."""


def thawing_verdict(history: History) -> str | None:
    """Say what thawing brought: the best epoch before blocks thawed, beside the best one after."""
    thaws = history.thaws()
    if not thaws:
        return None
    boundary = thaws[0][0].epoch
    before = [epoch for epoch in history.epochs if epoch.epoch <= boundary]
    after = [epoch for epoch in history.epochs if epoch.epoch > boundary]
    if not before or not after:
        return None
    frozen, thawed = max(before, key=_right), max(after, key=_right)
    begin = f"{_before(history, thaws[0][0].step)}: {_score(frozen)} after {_epochs(boundary)}."
    gained = thawed.right - frozen.right
    outcome = f"{begin} After later blocks thawed: {_score(thawed)}"
    if gained > 0:
        return f"{outcome}, {gained} picture{'s' if gained > 1 else ''} more."
    return f"{outcome}; thawing has not paid so far."


def movement_verdict(movements: Sequence[Movement]) -> str | None:
    """Say whether the frozen blocks stood still, and which of the others moved most; None before anybody looked."""
    if not movements:
        return None
    wrong = [movement for movement in movements if movement.wrong or movement.leaking]
    if wrong:
        return " ".join(_wrong(movement) for movement in wrong[:_MOST_NAMED])
    frozen = [movement for movement in movements if movement.frozen and movement.still]
    froze = [movement for movement in movements if movement.frozen and not movement.still]
    learning = [movement for movement in movements if not movement.frozen and not movement.still]
    sentences = []
    if frozen:
        blocks = f"{len(frozen)} frozen blocks are" if len(frozen) > 1 else "frozen block is"
        sentences.append(f"The {blocks} bit-identical to the start.")
    if learning:
        furthest = max(learning, key=lambda movement: movement.weights)
        sentences.append(f"`{furthest.block}` moved {'most: ' if len(learning) > 1 else ''}{moved(furthest.weights)}.")
    if froze:
        names = ", ".join(f"`{movement.block}`" for movement in froze[:_MOST_NAMED])
        more = f" and {len(froze) - _MOST_NAMED} more" if len(froze) > _MOST_NAMED else ""
        stand = "stand" if len(froze) > 1 else "stands"
        sentences.append(f"{names}{more} moved before and {stand} still to the bit since it was frozen.")
    return " ".join(sentences) or None


def explosion_verdict(history: History) -> str | None:
    """Say that the loss has grown and stays so, though it is still a number; None where it does not."""
    steps = history.steps
    if len(steps) < _START + _LASTING or not history.rates:
        return None
    start = sum(step.loss for step in steps[:_START]) / _START
    if min(step.loss for step in steps[-_LASTING:]) <= _EXPLODED * start:
        return None
    return (
        f"The loss has been above {_EXPLODED:g} times its start ({start:.2g}) for {_LASTING} steps, though it is still "
        f"a number: the rates are too high. {calmer(history.rates)}"
    )


def calmer(rates: Mapping[str, float]) -> str:
    """Say which rate is the highest, and what to try in its place."""
    block = max(rates, key=lambda name: rates[name])
    return f"The highest is {block} at {written_rate(rates[block])}; try a tenth of all, there {_tenth(rates[block])}."


def _tenth(rate: float) -> str:
    return written_rate(float(f"{rate / 10:.2g}"))


def squeeze_verdict(squeezed: Squeezed) -> str:
    """Say what a lack of memory made smaller."""
    match squeezed.work:
        case "learning":
            uneven = "at most " if squeezed.batch % squeezed.parts else ""
            largest = f"{uneven}{ceil(squeezed.batch / squeezed.parts)}"
            told = f"each step now takes its {squeezed.batch} pictures in {squeezed.parts} parts of {largest}"
        case "checking":
            told = f"validation pictures are now answered {squeezed.at_once} at a time"
        case "beginning":
            told = f"the frozen blocks now get {squeezed.at_once} pictures at a time"
    return f"Memory was short: {told}."


def moved(share: float) -> str:
    """Return a relative change as per cent, with digits enough to see that it is not 0."""
    if share == 0.0:
        return "exactly 0"
    if share < _LEAST_TOLD:
        return "under 0.01 %"
    return f"{100 * share:.2f} %" if share < 0.01 else f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def _wrong(movement: Movement) -> str:
    if movement.leaking and movement.statistics is not None:
        return (
            f"`{movement.block}` is frozen, but its statistics moved {moved(movement.statistics)}: the classic "
            "mistake. BatchNorm goes on averaging over your pictures although no weight learns, so the block no longer "
            "answers as it did, and later blocks learn against a moving target."
        )
    return f"`{movement.block}` is frozen, but its weights moved {moved(movement.weights)}: this is a fault of Thaw."


def _before(history: History, step: int) -> str:
    learning = [block for block, rate in history.phases[0].rates.items() if rate > 0]
    changed = any(change.after < step and not change.refused for change in history.changes)
    return "With the head alone" if learning == ["head"] and not changed else "Before that thaw"


def _right(epoch: Evaluated) -> int:
    return epoch.right


def _score(epoch: Evaluated) -> str:
    return f"{100 * epoch.accuracy:.1f} % ({epoch.right} of {epoch.count})"


def _epochs(number: int) -> str:
    return f"{number} epoch{'s' if number > 1 else ''}"
