"""The loop: a plan carried out on a network, told as a stream of events."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import isfinite

import torch
from torch.nn.functional import cross_entropy

from tlcore.config import Phase, RunConfig
from tlcore.controls import Pause, SetRate, Stop, StopAfterEpoch
from tlcore.engine.assemble import Assembly
from tlcore.engine.boundary import Boundary
from tlcore.engine.course import Course
from tlcore.engine.drift import DriftMeter, gradient_size
from tlcore.engine.feed import Feed
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.numerics import PLAIN, Numerics
from tlcore.engine.optimizer import build_optimizer, set_rates
from tlcore.engine.peers import ALONE, Peers
from tlcore.engine.pictures import Pictures
from tlcore.engine.standing import SavePoint, Standing, Tally, restore, take
from tlcore.errors import ThawError
from tlcore.events import Changed, Evaluated, Event, Finished, Moved, Paused, PhaseStarted, Stepped, Stopped
from tlcore.plan import Group, learning, plan_groups
from tlcore.store.beginnings import Beginnings
from tlcore.store.runs import AskedFor

_BETWEEN_MOVES = 2.0
"""Seconds between readings of the drift meter within an epoch; each looks at every weight once."""


class DivergedError(ThawError):
    """A number that steers the run is none any more; no later step could mend it."""


class _EndedError(Exception):
    """A person asked for an end or a rest, told by the event."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class Trainer:
    """Carries out a RunConfig; reading its events is what makes it go on."""

    def __init__(
        self,
        assembly: Assembly,
        config: RunConfig,
        train: Pictures,
        val: Pictures,
        wishes: Callable[[], Sequence[AskedFor]],
        point: SavePoint | None = None,
        repeated: Sequence[Changed] = (),
        numerics: Numerics = PLAIN,
        files: Beginnings | None = None,
        peers: Peers = ALONE,
    ) -> None:
        """Begin at the start, or at `point`; `repeated` are changes that an earlier try made and this one makes too.

        Rows of frozen beginnings are kept in `files`, or without them in memory. The steps are made together with
        `peers`, who all have to be given the same.
        """
        self._assembly = assembly
        self._module = numerics.lay_out(assembly.module)
        self._numerics = numerics
        self._config = config
        self._train, self._val = (Feed(self._module, pictures, numerics, files) for pictures in (train, val))
        self._boundary = Boundary(assembly, numerics, (self._train, self._val))
        self._wishes = wishes
        self._peers = peers
        self._inbox: deque[AskedFor] = deque()
        self._shuffler = torch.Generator().manual_seed(config.seed)
        self._drift = DriftMeter(self._module, assembly.card.blocks)
        self._standing = Standing()
        self._course = Course(config, train.steps(config.loader.batch_size), repeated)
        self._groups = self._plan({})
        self._optimizer = build_optimizer(self._module, assembly.card.blocks, self._groups)
        if point is not None:
            self._standing = replace(point.standing)
            self._shuffler.set_state(restore(point, self._module, self._optimizer))
        self._shuffle = self._shuffler.get_state()
        self._began = time.monotonic() - self._standing.seconds
        self._moved = time.monotonic()
        self._memory = 0

    def run(self) -> Iterator[Event]:
        """Yield what happens, to the end of the plan or until a person wants otherwise.

        Raises DivergedError when the loss or a gradient is no longer a number.
        """
        try:
            while self._standing.epoch < self._config.epochs:
                yield from self._begin_phase()
                yield from self._one_epoch()
        except _EndedError as ended:
            self._settle()
            yield ended.event
        else:
            yield Finished(seconds=self._seconds())

    def save_point(self) -> SavePoint:
        """Return all that is needed to go on from here, to the bit; to be called between two events."""
        standing = replace(self._standing, seconds=self._seconds(), tally=replace(self._standing.tally))
        standing.overrides = dict(standing.overrides)
        return take(standing, self._module, self._assembly.card.blocks, self._optimizer, self._shuffle)

    def _begin_phase(self) -> Iterator[PhaseStarted]:
        number, phase = self._course.phase(self._standing.epoch)
        rates = self._course.rates(phase, self._standing.overrides)
        self._enter(phase, rates)
        if self._course.begins(self._standing):
            yield PhaseStarted(
                phase=number,
                epoch=self._standing.epoch,
                rates={group.block: group.rate for group in self._groups},
                learning=learning(self._groups),
                step=self._standing.step,
            )

    def _enter(self, phase: Phase, rates: dict[str, float]) -> None:
        """Let blocks learn at these base rates, from the next step on."""
        self._groups = self._plan(rates)
        apply_groups(self._module, self._assembly.card.blocks, self._groups)
        self._boundary.move(self._groups, phase.moving_statistics)
        now = {group.block for group in self._groups if group.rate > 0}
        learned = now.union(self._standing.learned)
        self._standing.learned = tuple(block for block in self._assembly.card.block_names if block in learned)

    def _one_epoch(self) -> Iterator[Event]:
        standing, val = self._standing, Tally()
        self._shuffle = self._shuffler.get_state()
        order = torch.randperm(len(self._train.pictures), generator=self._shuffler)
        yield from self._learn(order)
        self._answer(val)
        self._settle()
        train, standing.tally = standing.tally, Tally()
        standing.epoch, standing.batch = standing.epoch + 1, 0
        self._shuffle = self._shuffler.get_state()
        yield self._measure()
        yield Evaluated(
            epoch=standing.epoch,
            step=standing.step,
            loss=val.loss / val.count,
            right=val.right,
            count=val.count,
            train_loss=train.loss / train.count,
            train_right=train.right,
            train_count=train.count,
            seconds=self._seconds(),
            memory=self._memory,
        )
        self._inbox.extend(self._wishes())
        wanted = any(isinstance(asked.control, StopAfterEpoch) for asked in self._inbox)
        if wanted and standing.epoch < self._config.epochs:
            raise _EndedError(Stopped(seconds=self._seconds()))

    def _learn(self, order: torch.Tensor) -> Iterator[Event]:
        """Go over the training pictures once, from the batch where an earlier try rested."""
        standing, size = self._standing, self._config.loader.batch_size
        _, phase = self._course.phase(standing.epoch)
        self._train_mode(phase)
        parts = self._train.pictures.parts(size, order)[standing.batch :]
        for part, coming in pairwise([*parts, []]):
            yield from self._attend(phase)
            share = self._course.factor(phase, standing)
            set_rates(self._optimizer, {group.block: group.rate * share for group in self._groups})
            loss, mean, right = self._forward(self._train, part, coming, standing.epoch)
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._peers.sum_gradients(self._module.parameters())
            self._optimizer.step()
            self._look_at_memory()
            standing.step, standing.batch = standing.step + 1, standing.batch + 1
            standing.tally.add(mean, right, len(part))
            yield Stepped(step=standing.step, loss=mean, right=right, count=len(part), seconds=self._seconds())
            # What clocks say differs between processes; nobody but the first is listened to.
            if not self._peers.rank and time.monotonic() - self._moved > _BETWEEN_MOVES:
                yield self._measure()

    def _answer(self, tally: Tally) -> None:
        """Go over the validation pictures once."""
        self._module.eval()
        parts = self._val.pictures.parts(self._config.loader.batch_size)
        for part, coming in pairwise([*parts, []]):
            self._inbox.extend(self._wishes())
            if any(isinstance(asked.control, Stop) for asked in self._inbox):
                raise _EndedError(Stopped(seconds=self._seconds()))
            with torch.no_grad():
                _, mean, right = self._forward(self._val, part, coming)
            tally.add(mean, right, len(part))

    def _forward(
        self, feed: Feed, part: Sequence[int], coming: Sequence[int], epoch: int = 0
    ) -> tuple[torch.Tensor, float, int]:
        """Return this process's part of the mean loss, the mean loss itself, and how many answers are right."""
        share = self._peers.share(part)
        targets = feed.pictures.targets(share.places)
        feed.expect(share.places, epoch)
        feed.expect(self._peers.share(coming).places, epoch)
        with self._numerics.on(targets.device), self._peers.as_one(share):
            logits = feed.answer(share.places, epoch)
        loss = cross_entropy(logits.float(), targets) * share.weight
        right = (logits.argmax(1) == targets).sum() * share.counts
        mean, rights = self._peers.total(float(loss.detach()), float(right))
        self._look_at_memory()
        if not isfinite(mean):
            raise self._diverged("loss")
        return loss, mean, int(rights)

    def _attend(self, phase: Phase) -> Iterator[Changed]:
        """Rest or end if people ask for it, the last word counting; else make the changes that are due, then theirs.

        A run that rests leaves the changes of this moment to when it goes on: so they are made once, in one order.
        """
        self._inbox.extend(self._wishes())
        for asked in reversed(self._inbox):
            match asked.control:
                case Pause():
                    raise _EndedError(Paused(seconds=self._seconds()))
                case Stop():
                    raise _EndedError(Stopped(seconds=self._seconds()))
        for planned in self._course.due(self._standing.step):
            yield self._change(phase, planned.block, planned.rate, planned.control)
        for asked in list(self._inbox):
            if isinstance(asked.control, SetRate):
                self._inbox.remove(asked)
                yield self._change(phase, asked.control.block, asked.control.rate, asked.id)

    def _change(self, phase: Phase, block: str, rate: float, control: int | None) -> Changed:
        standing = self._standing
        before = self._course.rates(phase, standing.overrides).get(block, 0.0)
        refused = self._course.refusal(self._assembly.card, standing, block, rate)
        if not refused:
            standing.overrides[block] = rate
            self._enter(phase, self._course.rates(phase, standing.overrides))
            self._train_mode(phase)
        return Changed(
            after=standing.step,
            block=block,
            requested=rate,
            before=before,
            applied=(before if refused else rate) * self._course.factor(phase, standing),
            learning=learning(self._groups),
            seconds=self._seconds(),
            refused=refused,
            control=control,
        )

    def _settle(self) -> None:
        """Keep what was computed of frozen beginnings, each process what it did, and take up what the others kept."""
        feeds = (self._train, self._val)
        for feed in feeds:
            feed.settle()
        if not self._peers.alone:
            self._peers.meet()
            for feed in feeds:
                feed.look_again()

    def _plan(self, rates: dict[str, float]) -> tuple[Group, ...]:
        card, classes = self._assembly.card, len(self._assembly.classes)
        return plan_groups(card, classes, rates, self._config.optimizer.weight_decay)

    def _train_mode(self, phase: Phase) -> None:
        train_mode(self._module, self._assembly.card.blocks, self._groups, phase.moving_statistics)

    def _measure(self) -> Moved:
        self._moved = time.monotonic()
        moved = self._drift.measure(self._standing.step, self._seconds())
        if not all(map(isfinite, moved.gradients.values())):
            raise self._diverged("gradient")
        if not all(map(isfinite, moved.weights.values())):
            raise self._diverged("network")
        return moved

    def _look_at_memory(self) -> None:
        self._memory = max(self._memory, self._assembly.runtime.memory())

    def _diverged(self, what: str) -> DivergedError:
        sizes = {block.name: gradient_size(self._module, block) for block in self._assembly.card.blocks}
        largest = max(sizes, key=lambda name: sizes[name])
        culprit = f" The largest gradient before that was in {largest}." if sizes[largest] > 0 else ""
        return DivergedError(
            f"The {what} is no longer a number, after step {self._standing.step}.{culprit}",
            "The rates are too high: start again with a tenth of them.",
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._began
