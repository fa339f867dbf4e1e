"""Our training steps beside those of a bare loop over tensors that lie ready, in turn in one process."""

import time
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW

from tlcore.catalog.weights import SCRATCH
from tlcore.config import Loader, Phase, RunConfig
from tlcore.engine.assemble import assemble
from tlcore.engine.numerics import Numerics
from tlcore.engine.optimizer import is_fused
from tlcore.engine.pictures import Batch, Pictures
from tlcore.engine.runtime import choose_runtime, finished
from tlcore.engine.trainer import Trainer
from tlcore.engine.tuning import tuned
from tlcore.errors import ChoiceError
from tlcore.events import Evaluated, Event, Stepped
from tlcore.store import Store

_RATE = 1e-4
_FEWEST = 2
"""Steps of an epoch; the clock runs between them."""
_ANSWERED = 2
"""Validation pictures; to answer them is no part of what is measured."""


def steps(
    store: Store, *, data: str, workspace: str, backbone: str, batch_size: int, image_size: int, repeat: int
) -> Iterator[dict[str, Any]]:
    """Yield pictures per second of both loops, round by round, fine-tuning every block from random weights.

    Both take the same batches with the same numerics; each warms up for one epoch that does not count.
    """
    runtime = choose_runtime("auto")
    dataset = store.datasets.by_digest(data, workspace)
    train, val = dataset.manifest.of("train"), dataset.manifest.of("val")[:_ANSWERED]
    assembly = assemble(store, backbone, SCRATCH, dataset.manifest.classes, image_size, 0, runtime)
    config = RunConfig(
        name="",
        data=data,
        backbone=backbone,
        weights=SCRATCH,
        strategy="own",
        schedule=(Phase(epochs=1 + repeat, rates=dict.fromkeys(assembly.card.block_names, _RATE)),),
        loader=Loader(batch_size=batch_size, image_size=image_size),
    )
    with (
        closing(Pictures(train, dataset.file, assembly.encoder, runtime.device)) as learned,
        closing(Pictures(val, dataset.file, assembly.encoder, runtime.device)) as answered,
    ):
        if learned.steps(batch_size) < _FEWEST:
            raise ChoiceError("These pictures make one step an epoch.", "Take more of them, or a smaller batch size.")
        numerics = tuned(store, assembly, config, len(train), len(val))
        bare = _Bare(deepcopy(assembly.module), numerics, list(learned.batches(batch_size)))
        events = Trainer(assembly, config, learned, answered, list, numerics=numerics).run()
        _our_pace(events)
        bare.pace()
        for _ in range(repeat):
            yield {"ours": _our_pace(events), "bare": bare.pace(), "device": runtime.label}


def _our_pace(events: Iterator[Event]) -> float:
    """Return pictures per second in the next epoch, from its first step to its last."""
    made = list[Stepped]()
    for event in events:
        if isinstance(event, Evaluated):
            break
        if isinstance(event, Stepped):
            made.append(event)
    return sum(step.count for step in made[1:]) / (made[-1].seconds - made[0].seconds)


class _Bare:
    """The loop that stands in every book."""

    def __init__(self, module: nn.Module, numerics: Numerics, batches: list[Batch]) -> None:
        self._module = numerics.lay_out(module).train()
        self._numerics = numerics
        self._batches = [(numerics.laid_out(batch.inputs["x"]), batch.targets) for batch in batches]
        self._optimizer = AdamW(module.parameters(), lr=_RATE, fused=is_fused(module))

    def pace(self) -> float:
        """Go over the batches once and return pictures per second, over all steps but the first."""
        self._step(*self._batches[0])
        device = self._batches[0][1].device
        finished(device)
        began = time.monotonic()
        for inputs, targets in self._batches[1:]:
            self._step(inputs, targets)
        finished(device)
        return sum(len(targets) for _, targets in self._batches[1:]) / (time.monotonic() - began)

    def _step(self, inputs: Tensor, targets: Tensor) -> None:
        with self._numerics.on(targets.device):
            answers = self._module(inputs)
        loss = cross_entropy(answers.float(), targets)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
