"""Sentences about a run, computed from the run itself."""

from tlcore.events import Evaluated
from tlcore.history import History


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
    begin = f"{_before(history)}: {_score(frozen)} after {_epochs(boundary)}."
    gained = thawed.right - frozen.right
    outcome = f"{begin} After later blocks thawed: {_score(thawed)}"
    if gained > 0:
        return f"{outcome}, {gained} picture{'s' if gained > 1 else ''} more."
    return f"{outcome}; thawing has not paid so far."


def _before(history: History) -> str:
    learning = [block for block, rate in history.phases[0].rates.items() if rate > 0]
    return "With the head alone" if learning == ["head"] else "Before that thaw"


def _right(epoch: Evaluated) -> int:
    return epoch.right


def _score(epoch: Evaluated) -> str:
    return f"{100 * epoch.accuracy:.1f} % ({epoch.right} of {epoch.count})"


def _epochs(number: int) -> str:
    return f"{number} epoch{'s' if number > 1 else ''}"
