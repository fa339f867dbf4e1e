"""A run that is broken off in the middle, and what tells whether it came out as one that was not."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from tlcore.catalog.backbones import backbone
from tlcore.events import Event, Stepped
from tlcore.history import History
from tlcore.store import Store

BLOCKS = [block.name for block in backbone("mobilenet_v2").blocks]

Tale = tuple[object, ...]
"""All that a run told, without times."""


class CutOffError(BaseException):
    """Ends a process in the middle, as kill -9 does: nothing is tidied up."""


def cut_off_at(step: int) -> Callable[[str, Event], None]:
    """Return what ends the process after this step."""

    def watch(_run: str, event: Event) -> None:
        if isinstance(event, Stepped) and event.step == step:
            raise CutOffError

    return watch


def history(store: Store, run: str) -> History:
    """Return what the events of a run come to."""
    return History.of(store.runs.events(run))


def tale(store: Store, run: str) -> Tale:
    """Return all that a run told, without times."""
    found = history(store, run)
    return (
        [(step.step, step.loss, step.right) for step in found.steps],
        [(epoch.epoch, epoch.step, epoch.loss, epoch.right) for epoch in found.epochs],
        [(epoch.train_loss, epoch.train_right, epoch.train_count) for epoch in found.epochs],
        [(phase.phase, phase.step, dict(phase.rates)) for phase in found.phases],
        [(change.after, change.block, change.requested, change.applied, change.refused) for change in found.changes],
        found.best.epoch,
    )


def equal(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> bool:
    """Say whether these are the same tensors, to the bit."""
    return set(first) == set(second) and all(torch.equal(first[name], second[name]) for name in first)
