"""A run as a plan again: what a person changed while it went on becomes a part of what is planned."""

from dataclasses import replace

from tlcore.config import Change, RunConfig
from tlcore.history import History


def as_carried_out(config: RunConfig, history: History) -> RunConfig:
    """Return the plan with which the run would go the same way again, without anybody's hand.

    Changes that were refused changed nothing, so they are left out; those of one step stay in their order.
    """
    by_hand = [
        Change(after=change.after, block=change.block, rate=change.requested)
        for change in history.changes
        if change.control is not None and not change.refused
    ]
    return replace(config, changes=tuple(sorted([*config.changes, *by_hand], key=lambda change: change.after)))
