"""The loop: a plan carried out on a network, told as a stream of events."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite

import torch
from torch.nn.functional import cross_entropy

from tlcore.config import Phase, RunConfig
from tlcore.engine.assemble import Assembly
from tlcore.engine.freezing import apply_groups, parameters_of, train_mode
from tlcore.engine.optimizer import build_optimizer, set_rates
from tlcore.engine.pictures import Pictures
from tlcore.errors import ThawError
from tlcore.events import Evaluated, Event, Finished, PhaseStarted, Stepped, Stopped
from tlcore.plan import Group, learning, plan_groups


class StopAskedError(Exception):
    """A person asked the run to stop."""


@dataclass(slots=True)
class Tally:
    """Sums over the batches of one pass."""

    loss: float = 0.0
    right: int = 0
    count: int = 0

    def add(self, loss: float, right: int, count: int) -> None:
        """Add one batch's mean loss and right answers."""
        self.loss += loss * count
        self.right += right
        self.count += count


class Trainer:
    """Carries out a RunConfig; reading its events is what makes it go on."""

    def __init__(
        self,
        assembly: Assembly,
        config: RunConfig,
        train: Pictures,
        val: Pictures,
        stop_asked: Callable[[], bool],
    ) -> None:
        self._assembly = assembly
        self._module = assembly.module.to(memory_format=torch.channels_last)
        self._config = config
        self._train = train
        self._val = val
        self._stop_asked = stop_asked
        self._shuffler = torch.Generator().manual_seed(config.seed)
        self._groups = self._plan(config.schedule[0])
        self._optimizer = build_optimizer(self._module, self._assembly.card.blocks, self._groups)
        self._began = time.monotonic()
        self._step = 0
        self._epoch = 0
        self._memory = 0

    def run(self) -> Iterator[Event]:
        """Yield what happens, to the end of the plan or until a person stops it.

        Raises ThawError when the loss is no longer a number.
        """
        try:
            for number, phase in enumerate(self._config.schedule):
                yield self._enter(number, phase)
                for _ in range(phase.epochs):
                    yield from self._one_epoch()
        except StopAskedError:
            yield Stopped(seconds=self._seconds())
        else:
            yield Finished(seconds=self._seconds())

    def _enter(self, number: int, phase: Phase) -> PhaseStarted:
        self._groups = self._plan(phase)
        apply_groups(self._module, self._assembly.card.blocks, self._groups)
        rates = {group.block: group.rate for group in self._groups}
        set_rates(self._optimizer, rates)
        return PhaseStarted(phase=number, epoch=self._epoch, rates=rates, learning=learning(self._groups))

    def _one_epoch(self) -> Iterator[Event]:
        train, val = Tally(), Tally()
        order = torch.randperm(len(self._train), generator=self._shuffler)
        yield from self._pass(self._train, train, order)
        for _ in self._pass(self._val, val):
            pass
        self._epoch += 1
        yield Evaluated(
            epoch=self._epoch,
            step=self._step,
            loss=val.loss / val.count,
            right=val.right,
            count=val.count,
            train_loss=train.loss / train.count,
            train_right=train.right,
            train_count=train.count,
            seconds=self._seconds(),
            memory=self._memory,
        )

    def _pass(self, pictures: Pictures, tally: Tally, order: torch.Tensor | None = None) -> Iterator[Stepped]:
        """Go over the pictures once: with an order to learn, without one only to answer."""
        learns = order is not None
        if learns:
            train_mode(self._module, self._assembly.card.blocks, self._groups)
        else:
            self._module.eval()
        for batch in pictures.batches(self._config.loader.batch_size, order):
            if self._stop_asked():
                raise StopAskedError
            with torch.set_grad_enabled(learns):
                logits = self._module(**batch.inputs)
                loss = cross_entropy(logits, batch.targets)
            # Now everything is held that the way back needs.
            self._look_at_memory()
            right = int((logits.argmax(1) == batch.targets).sum())
            mean = float(loss.detach())
            if not isfinite(mean):
                raise self._diverged()
            tally.add(mean, right, len(batch.targets))
            if learns:
                self._learn(loss)
                yield Stepped(
                    step=self._step,
                    loss=mean,
                    right=right,
                    count=len(batch.targets),
                    seconds=self._seconds(),
                )

    def _learn(self, loss: torch.Tensor) -> None:
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._step += 1
        self._look_at_memory()

    def _look_at_memory(self) -> None:
        self._memory = max(self._memory, self._assembly.runtime.memory())

    def _diverged(self) -> ThawError:
        return ThawError(
            f"The loss is no longer a number, after step {self._step}.{self._largest_gradient()}",
            "The rates are too high: start again with a tenth of them.",
        )

    def _largest_gradient(self) -> str:
        """Name the block whose gradient was largest in the last step, the likely culprit."""
        sizes = {
            block.name: sum(
                float(parameter.grad.norm())
                for parameter in parameters_of(self._module, block)
                if parameter.grad is not None
            )
            for block in self._assembly.card.blocks
        }
        block = max(sizes, key=lambda name: sizes[name])
        return f" The largest gradient before that was in {block}." if sizes[block] > 0 else ""

    def _plan(self, phase: Phase) -> tuple[Group, ...]:
        card, classes = self._assembly.card, len(self._assembly.classes)
        return plan_groups(card, classes, phase.rates, self._config.optimizer.weight_decay)

    def _seconds(self) -> float:
        return time.monotonic() - self._began
