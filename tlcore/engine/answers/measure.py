"""Answers `Measure`: the trainer itself takes a few steps on a few pictures of the set, and the clock is looked at."""

import gc
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from math import prod
from statistics import median
from typing import TypeVar

from torch import Tensor

from tlcore.catalog.weights import SCRATCH
from tlcore.config import Loader, Phase, RunConfig
from tlcore.engine.assemble import Assembly, assemble
from tlcore.engine.checkpoint import write_weights
from tlcore.engine.cut import Cut
from tlcore.engine.freezing import parameters_of
from tlcore.engine.hooks import KeptForTheWayBack
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.numerics import Numerics
from tlcore.engine.pictures import Pictures
from tlcore.engine.runtime import Runtime, finished
from tlcore.engine.trainer import Trainer
from tlcore.engine.tuning import numerics_for
from tlcore.events import Evaluated, Event, Stepped
from tlcore.questions import Measure, Measured
from tlcore.store import Store
from tlcore.store.blobs import Blobs

_FEWEST, _MOST = 3, 9
"""Timed steps for each set of learning blocks; one more before them warms up, and what it keeps is counted."""
_SAVED = 3
"""Times that the little run is written down, for its clock and for what that takes of memory."""
_PATIENCE = 4.0
"""Seconds of steps after which the fewest will do."""
_RATE = 1e-6
_COPIES = 2
"""Of the weights: the ones that learn, and the ones that they began as, for the drift."""
_MOMENTS = 2
"""Numbers that AdamW keeps for each weight that has learned."""

Happened = TypeVar("Happened", Stepped, Evaluated)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What steps with one set of learning blocks cost."""

    step: float
    answering: float
    beginning: float
    row: int
    """Bytes."""
    key: str
    saving: float
    """Seconds."""
    activations: int
    memory: int
    """Most bytes that the process took."""


def measure(store: Store, question: Measure, runtime: Runtime) -> Measured:
    """Carry out a little run on one batch of the set for each set of learning blocks, computed as the plan will be.

    What the process takes besides the network is what the steps took in truth, less the parts that can be counted.
    """
    gc.collect()
    runtime.give_back()
    dataset = store.datasets.by_digest(question.data, question.workspace)
    examples = dataset.manifest.of("train")[: question.batch_size]
    began = time.monotonic()
    classes, size = dataset.manifest.classes, question.image_size
    assembly = assemble(store, question.backbone, question.weights, classes, size, 0, runtime)
    start = time.monotonic() - began
    augment = question.augment
    augmenter = Augmenter(augment, question.image_size, seed=0) if augment != "none" else None
    locate, encoder, device = dataset.file, assembly.encoder, runtime.device
    with (
        closing(Pictures(examples, locate, encoder, device, augmenter, 0 if question.anew else 1)) as train,
        closing(Pictures(examples, locate, encoder, device)) as val,
    ):
        began = time.monotonic()
        inputs = val.inputs(range(len(examples)))
        reading = (time.monotonic() - began) / len(examples)
        share = question.learned if question.worth_tuning else None
        numerics = numerics_for(store, assembly, question.weights, question.batch_size, question.precision, share)
        costs = []
        for blocks, moving in zip(question.learning, question.moving, strict=True):
            trainer = Trainer(assembly, _little_run(question, blocks, moving), train, val, list, numerics=numerics)
            costs.append(_cost(trainer, assembly, numerics, inputs, store.points))
    weights = _COPIES * _bytes([*assembly.module.parameters(), *assembly.module.buffers()])
    gradients = [_learning_bytes(assembly, blocks) for blocks in question.learning]
    # What a block's moments take stays when it freezes again.
    learned = [set().union(*question.learning[: number + 1]) for number in range(len(question.learning))]
    picture = 3 * question.image_size**2
    known = weights + picture * len(examples) * runtime.holds_pictures
    return Measured(
        device=runtime.label,
        steps=tuple(cost.step for cost in costs),
        answering=tuple(cost.answering for cost in costs),
        beginnings=tuple(cost.beginning for cost in costs),
        rows=tuple(cost.row for cost in costs),
        keys=tuple(cost.key if question.weights != SCRATCH else "" for cost in costs),
        saving=tuple(cost.saving for cost in costs),
        reading=reading,
        start=start,
        process=max(
            cost.memory - cost.activations - (1 + _MOMENTS) * taken - known
            for cost, taken in zip(costs, gradients, strict=True)
        ),
        weights=weights,
        gradients=tuple(gradients),
        optimizer=tuple(_MOMENTS * _learning_bytes(assembly, blocks) for blocks in learned),
        activations=tuple(cost.activations for cost in costs),
        picture=picture,
        holds_pictures=runtime.holds_pictures,
    )


def _little_run(question: Measure, learning: Sequence[str], moving_statistics: bool) -> RunConfig:
    return RunConfig(
        name="",
        data=question.data,
        backbone=question.backbone,
        weights=question.weights,
        strategy="own",
        schedule=(Phase(epochs=1 + _MOST, rates=dict.fromkeys(learning, _RATE), moving_statistics=moving_statistics),),
        loader=Loader(batch_size=question.batch_size, image_size=question.image_size),
    )


def _cost(trainer: Trainer, assembly: Assembly, numerics: Numerics, inputs: Tensor, points: Blobs) -> _Cost:
    """Read the clock of a little run, whose epochs have one step each, and which is written down as a run would be."""
    events, module = trainer.run(), assembly.module
    kept = KeptForTheWayBack([*module.parameters(), *module.buffers()])
    with kept:
        _next(events, Stepped)
    first = before = _next(events, Evaluated)
    steps, answers, saving = list[float](), list[float](), list[float]()
    while len(steps) < _FEWEST or (len(steps) < _MOST and before.seconds - first.seconds < _PATIENCE):
        saved = _saving(trainer, assembly, points) if len(saving) < _SAVED else 0.0
        saving += [saved] if saved else []
        stepped, evaluated = _next(events, Stepped), _next(events, Evaluated)
        steps.append(stepped.seconds - before.seconds - saved)
        answers.append(evaluated.seconds - stepped.seconds)
        before = evaluated
    cut = trainer.boundary.cut
    with numerics.on(assembly.runtime.device):
        beginning = _beginning(cut, numerics.laid_out(inputs))
    row = prod(cut.shape) * cut.numbers.itemsize if cut else 0
    key = trainer.boundary.key
    return _Cost(median(steps), median(answers), beginning, row, key, median(saving), kept.size, before.memory)


def _saving(trainer: Trainer, assembly: Assembly, points: Blobs) -> float:
    """Return the seconds in which a save point and the network's weights are written; nothing of them stays."""
    began = time.monotonic()
    for write in (partial(write_weights, assembly.module), trainer.save_point().write):
        with points.aside() as path:
            write(path)
            kept = points.keep(path)
        points.drop(kept)
    return time.monotonic() - began


def _beginning(cut: Cut | None, inputs: Tensor) -> float:
    """Return the seconds in which rows of one batch are made."""
    if cut is None:
        return 0.0
    times = []
    for _ in range(_FEWEST):
        began = time.monotonic()
        cut.before(inputs)
        finished(inputs.device)
        times.append(time.monotonic() - began)
    return median(times)


def _next(events: Iterator[Event], kind: type[Happened]) -> Happened:
    return next(event for event in events if isinstance(event, kind))


def _learning_bytes(assembly: Assembly, blocks: Collection[str]) -> int:
    held = (parameters_of(assembly.module, block) for block in assembly.card.blocks if block.name in blocks)
    return _bytes(parameter for parameters in held for parameter in parameters)


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.nbytes for tensor in tensors if tensor.is_floating_point())
