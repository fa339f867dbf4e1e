"""Sentences about a run, computed from the run itself."""

from tlcore.events import Evaluated
from tlcore.history import History


def thawing_verdict(history: History) -> str | None:
    """Say what thawing brought, comparing the best epoch before the first thaw with the best one after it."""
    if len(history.phases) < 2:
        return None
    boundary = history.phases[1].epoch
    before = [epoch for epoch in history.epochs if epoch.epoch <= boundary]
    after = [epoch for epoch in history.epochs if epoch.epoch > boundary]
    if not before or not after:
        return None
    head, thawed = max(before, key=_right), max(after, key=_right)
    gained = thawed.right - head.right
    frozen_half = f"With the head alone: {_score(head)} after {_epochs(boundary)}."
    if gained > 0:
        return f"{frozen_half} After later blocks thawed: {_score(thawed)}, {gained} pictures more."
    return f"{frozen_half} After later blocks thawed: {_score(thawed)}; thawing has not paid so far."


def _right(epoch: Evaluated) -> int:
    return epoch.right


def _score(epoch: Evaluated) -> str:
    return f"{100 * epoch.accuracy:.1f} % ({epoch.right} of {epoch.count})"


def _epochs(number: int) -> str:
    return f"{number} epoch{'s' if number > 1 else ''}"
