"""Events folded into something to draw: where a run stands, its curves, its best epoch."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import Literal

from tlcore.controls import Pause
from tlcore.events import (
    Changed,
    Checkpointed,
    Evaluated,
    Event,
    Failed,
    Finished,
    Interrupted,
    Moved,
    Paused,
    PhaseStarted,
    Pictured,
    Resting,
    Resumed,
    Saved,
    Squeezed,
    Started,
    Stepped,
    Stopped,
    Terminal,
    Work,
)
from tlcore.store.runs import Entry, Run

State = Literal[
    "waiting", "starting", "running", "pausing", "stopping", "paused", "interrupted", "finished", "stopped", "failed"
]
ENDED: tuple[State, ...] = ("finished", "stopped", "failed")
RESTING: tuple[State, ...] = ("paused", "interrupted")
STILL: tuple[State, ...] = (*ENDED, *RESTING)
"""Nothing happens by itself in these."""

_SPEED_WINDOW = 5.0
"""Seconds over which the speed is taken."""


@dataclass(slots=True)
class History:
    """Everything that is known of one run so far; `add` folds in what came since."""

    last: int = 0
    """Sequence of the newest event that is folded in."""
    started: Started | None = None
    phases: list[PhaseStarted] = field(default_factory=list)
    steps: list[Stepped] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    squeezed: dict[Work, Squeezed] = field(default_factory=dict)
    """What is done in parts since memory was short; a run that goes on begins with these."""
    epochs: list[Evaluated] = field(default_factory=list)
    pictured: list[Pictured] = field(default_factory=list)
    checkpoint: Checkpointed | None = None
    best: Evaluated | None = None
    """The epoch whose weights are kept; it stays so while a run that went back does it again."""
    saved: Saved | None = None
    rest: Resting | None = None
    rests: list[tuple[int, Resting]] = field(default_factory=list)
    """Every rest so far, each with the steps made before it."""
    end: Terminal | None = None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "History":
        """Return what these events, from the first on, tell of a run."""
        history = cls()
        history.add(entries)
        return history

    def add(self, entries: Iterable[Entry]) -> None:
        """Fold in the events after `last`."""
        for entry in entries:
            self._fold(entry.event)
            self.last = entry.sequence

    def _fold(self, event: Event) -> None:
        match event:
            case Stepped():
                self.steps.append(event)
            case Moved():
                self.moves.append(event)
            case Squeezed():
                self.squeezed[event.work] = event
            case Evaluated():
                self.epochs.append(event)
            case Pictured():
                self.pictured.append(event)
            case PhaseStarted():
                self.phases.append(event)
            case Changed():
                self.changes.append(event)
            case Checkpointed():
                self.checkpoint = event
                self.best = next((epoch for epoch in self.epochs if epoch.epoch == event.epoch), self.best)
            case Saved():
                self.saved = event
            case Started():
                self.started = event
                self._go_back(event.step)
            case Paused() | Interrupted():
                self.rest = event
                self.rests.append((self.steps[-1].step if self.steps else 0, event))
            case Resumed():
                self.rest = None
            case Finished() | Stopped() | Failed():
                self.end = event

    def _go_back(self, step: int) -> None:
        """Forget what an earlier try did after `step`: it is done again from there, in the same way."""
        self.steps = [event for event in self.steps if event.step <= step]
        self.moves = [event for event in self.moves if event.step <= step]
        self.epochs = [event for event in self.epochs if event.step <= step]
        self.pictured = [event for event in self.pictured if event.step <= step]
        self.phases = [event for event in self.phases if event.step < step]
        self.changes = [event for event in self.changes if event.after < step]
        self.rests = [(min(at, step), event) for at, event in self.rests]

    def state(self, run: Run) -> State:
        """Return the run's state from the evidence: its events, and whether its process lives."""
        match self.end or self.rest:
            case Finished():
                return "finished"
            case Stopped():
                return "stopped"
            case Failed():
                return "failed"
            case Paused():
                return "paused"
            case Interrupted():
                return "interrupted"
        if run.claimant is None:
            return "waiting"
        if not run.claimant.alive:
            return "interrupted"
        if run.wish is not None:
            return "pausing" if run.wish is Pause else "stopping"
        return "running" if self.started else "starting"

    @property
    def rates(self) -> dict[str, float]:
        """Every block's base rate now: what the phase says, under what a person changed since it began."""
        return self._rates_under(self.phase) if self.phase else {}

    def _rates_under(self, phase: PhaseStarted, until: float = inf) -> dict[str, float]:
        """Return the base rates of a phase after the changes in it, up to the one after step `until`."""
        found = dict(phase.rates)
        for change in self.changes:
            if phase.step <= change.after <= until and not change.refused:
                found[change.block] = change.requested
        return found

    @property
    def phase(self) -> PhaseStarted | None:
        """The phase that is on."""
        return self.phases[-1] if self.phases else None

    def thaws(self) -> list[tuple[PhaseStarted, tuple[str, ...]]]:
        """Return the phases that began with blocks learning that did not before, and these blocks, stem first."""
        found = []
        for before, phase in pairwise(self.phases):
            rates = self._rates_under(before, until=phase.step - 1)
            thawed = tuple(block for block, rate in phase.rates.items() if rate > 0 and not rates.get(block))
            if thawed:
                found.append((phase, thawed))
        return found

    def learned(self, block: str, until: float = inf) -> bool:
        """Say whether a block learns, or has learned at any time before the step `until` was made."""
        return any(phase.rates.get(block) for phase in self.phases if phase.step < until) or any(
            change.block == block and change.requested > 0 and not change.refused and change.after < until
            for change in self.changes
        )

    @property
    def speed(self) -> float | None:
        """Training pictures per second, validation included: of the last seconds, or of the whole run when it ended."""
        if len(self.steps) < 2:
            return None
        newest = self.steps[-1]
        if self.end is not None:
            return sum(step.count for step in self.steps) / newest.seconds
        since = bisect_right(self.steps, newest.seconds - _SPEED_WINDOW, key=attrgetter("seconds"))
        first = min(since, len(self.steps) - 2)
        seconds = newest.seconds - self.steps[first].seconds
        return sum(step.count for step in self.steps[first + 1 :]) / seconds if seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Time to the end of the plan at the pace so far; None before there is one."""
        if self.started is None or not self.steps:
            return None
        done = self.steps[-1].step
        total = self.started.epochs * self.started.steps_per_epoch
        return self.steps[-1].seconds / done * (total - done)

    @property
    def baseline(self) -> tuple[str, float] | None:
        """The most frequent validation class, and the share of pictures that always naming it gets right."""
        if self.started is None or not sum(self.started.val_counts):
            return None
        most = max(self.started.val_counts)
        return self.started.classes[self.started.val_counts.index(most)], most / sum(self.started.val_counts)
