"""The loop: a plan carried out on a network, told as a stream of events."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import torch

from tlcore.config import Phase, RunConfig
from tlcore.controls import Control, Pause, SetRate, Stop, StopAfterEpoch
from tlcore.engine.assemble import Assembly
from tlcore.engine.boundary import Boundary
from tlcore.engine.course import Course
from tlcore.engine.divergence import Watch
from tlcore.engine.feed import Feed
from tlcore.engine.numerics import PLAIN, Numerics
from tlcore.engine.peers import ALONE, Peers
from tlcore.engine.pictures import Pictures
from tlcore.engine.portions import Squeezes
from tlcore.engine.splits import Splits
from tlcore.engine.standing import SavePoint, Standing, Tally, restore, take
from tlcore.engine.stepping import Stepper
from tlcore.events import (
    Changed,
    Evaluated,
    Event,
    Finished,
    Moved,
    Paused,
    PhaseStarted,
    Squeezed,
    Stepped,
    Stopped,
    Work,
)
from tlcore.plan import learning
from tlcore.store.beginnings import Beginnings
from tlcore.store.runs import AskedFor


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
        squeezed: Mapping[Work, Squeezed] = MappingProxyType({}),
        peers: Peers = ALONE,
    ) -> None:
        """Begin at the start, or at `point`; `repeated` are changes that an earlier try made and this one makes too.

        Rows of frozen beginnings are kept in `files`, or without them in memory. `squeezed` is what an earlier try did
        in parts. The steps are made together with `peers`, who all have to be given the same.
        """
        self._assembly = assembly
        self._module = numerics.lay_out(assembly.module)
        self._config = config
        self._squeezes = Squeezes(assembly.runtime, squeezed, together=not peers.alone)
        bring = partial(Feed, self._module, numerics=numerics, portions=self._squeezes.of("beginning"), files=files)
        self._splits = Splits(bring(train), bring(val), config.loader.batch_size, peers)
        self.boundary = Boundary(assembly, numerics, self._splits)
        self._wishes = wishes
        self._peers = peers
        self._inbox: deque[AskedFor] = deque()
        self._shuffler = torch.Generator().manual_seed(config.seed)
        self._watch = Watch(self._module, assembly.card.blocks)
        self._standing = Standing()
        self._course = Course(config, train.steps(config.loader.batch_size), repeated)
        self._stepper = Stepper(assembly, numerics, self._squeezes, peers, config.optimizer.weight_decay)
        if point is not None:
            self._standing = replace(point.standing)
            self._shuffler.set_state(restore(point, self._module, self._stepper.optimizer))
        self._shuffle = self._shuffler.get_state()
        self._began = time.monotonic() - self._standing.seconds

    def run(self) -> Iterator[Event]:
        """Yield what happens, to the end of the plan or until a person wants otherwise.

        Raises DivergedError when the loss or a gradient is no longer a number.
        """
        try:
            while self._standing.epoch < self._config.epochs:
                yield from self._begin_phase()
                yield from self._one_epoch()
        except _EndedError as ended:
            yield ended.event
        else:
            yield Finished(seconds=self._seconds())
        finally:
            self._splits.close()

    def save_point(self) -> SavePoint:
        """Return all that is needed to go on from here, to the bit; to be called between two events."""
        standing = replace(self._standing, seconds=self._seconds(), tally=replace(self._standing.tally))
        standing.overrides = dict(standing.overrides)
        return take(standing, self._module, self._assembly.card.blocks, self._stepper.optimizer, self._shuffle)

    def _begin_phase(self) -> Iterator[PhaseStarted]:
        number, phase = self._course.phase(self._standing.epoch)
        self._enter(phase)
        if self._course.begins(self._standing):
            yield PhaseStarted(
                phase=number,
                epoch=self._standing.epoch,
                rates={group.block: group.rate for group in self._stepper.groups},
                learning=learning(self._stepper.groups),
                step=self._standing.step,
            )

    def _enter(self, phase: Phase) -> None:
        """Let blocks learn at the base rates that hold in this phase, from the next step on."""
        rates = self._course.rates(phase, self._standing.overrides)
        if not self._stepper.enter(rates, phase.moving_statistics):
            return
        self.boundary.move(self._stepper.groups, phase.moving_statistics)
        learned = {*self._standing.learned, *(group.block for group in self._stepper.groups if group.rate > 0)}
        self._standing.learned = tuple(block for block in self._assembly.card.block_names if block in learned)

    def _one_epoch(self) -> Iterator[Event]:
        standing, val = self._standing, Tally()
        self._shuffle = self._shuffler.get_state()
        yield from self._learn()
        self._check(val)
        yield from self._squeezes.news(standing.step, self._config.loader.batch_size)
        self._splits.settle()
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
            memory=self._stepper.memory,
        )
        if self._is_asked_for(StopAfterEpoch) and standing.epoch < self._config.epochs:
            raise _EndedError(Stopped(seconds=self._seconds()))

    def _learn(self) -> Iterator[Event]:
        """Go over the training pictures once, from the batch where an earlier try rested."""
        standing = self._standing
        _, phase = self._course.phase(standing.epoch)
        parts = self._splits.to_learn(self._shuffler)[standing.batch :]
        self._stepper.make_ready()
        for number, part in enumerate(parts):
            yield from self._attend(phase)
            self._splits.expect_to_learn(parts[number:], standing.epoch)
            score = self._stepper.learn(self._splits.train, part, standing.epoch, self._course.factor(phase, standing))
            self._watch.check(score.loss, standing.step, self._stepper.groups)
            standing.step, standing.batch = standing.step + 1, standing.batch + 1
            standing.tally.add(score.loss, score.right, len(part))
            yield from self._squeezes.news(standing.step, self._config.loader.batch_size)
            yield Stepped(
                step=standing.step, loss=score.loss, right=score.right, count=len(part), seconds=self._seconds()
            )
            # What clocks say differs between processes; nobody but the first is listened to.
            if not self._peers.rank and self._watch.due:
                yield self._measure()

    def _check(self, tally: Tally) -> None:
        """Go over the validation pictures once."""
        self._stepper.begin_checking()
        for number, part in enumerate(self._splits.to_check):
            if self._is_asked_for(Stop):
                raise _EndedError(Stopped(seconds=self._seconds()))
            self._splits.expect_to_check(number)
            score = self._stepper.check(self._splits.val, part)
            self._watch.check(score.loss, self._standing.step, self._stepper.groups)
            tally.add(score.loss, score.right, len(part))

    def _is_asked_for(self, kind: type[Control]) -> bool:
        """Hear what people ask for now, and say whether this is among what they asked for until now."""
        self._inbox.extend(self._wishes())
        return any(isinstance(asked.control, kind) for asked in self._inbox)

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
            self._enter(phase)
            self._stepper.make_ready()
        return Changed(
            after=standing.step,
            block=block,
            requested=rate,
            before=before,
            applied=(before if refused else rate) * self._course.factor(phase, standing),
            learning=learning(self._stepper.groups),
            seconds=self._seconds(),
            refused=refused,
            control=control,
        )

    def _measure(self) -> Moved:
        return self._watch.measure(self._standing.step, self._seconds(), self._stepper.groups)

    def _seconds(self) -> float:
        return time.monotonic() - self._began
