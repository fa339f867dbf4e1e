"""Carries out one run of the store: reads what was asked for, trains, writes down what happens."""

import errno
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from importlib.metadata import version

import torch

from tlcore.arithmetic import Arithmetic
from tlcore.catalog.weights import SCRATCH
from tlcore.config import RunConfig
from tlcore.engine.assemble import Assembly, assemble
from tlcore.engine.checkpoint import BestKeeper
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.numerics import Numerics
from tlcore.engine.pictures import Pictures
from tlcore.engine.runtime import choose_runtime
from tlcore.engine.saving import Saver
from tlcore.engine.trainer import DivergedError, Trainer
from tlcore.engine.tuning import tuned
from tlcore.engine.wishes import Wishes, answered_wishes
from tlcore.errors import ThawError
from tlcore.events import Evaluated, Event, Failed, Finished, Interrupted, Paused, Started, Stepped, Stopped
from tlcore.history import History
from tlcore.store import Store
from tlcore.store.datasets import Dataset

_FLUSH = 0.25
"""Seconds for which steps are gathered before they are written."""


def carry_out(store: Store, run: str, watch: Callable[[Event], None] = lambda _event: None) -> None:
    """Work on a run to its end, showing each event to `watch`; whatever goes wrong becomes the last event."""
    try:
        _write(store, run, _watched(_events(store, run), watch))
    except DivergedError as error:
        store.runs.end(run, Failed(sentence=error.message, advice=error.hint))
    except OSError as error:
        logging.exception("run %s", run)
        store.runs.end(run, _out_of_order(error))
    except Exception as error:
        if not isinstance(error, ThawError):
            logging.exception("run %s", run)
        sentence, advice = _told(error)
        # What was saved can still go on once the cause is gone; what never came so far has nothing to go on from.
        kind = Interrupted if History.of(store.runs.events(run)).saved else Failed
        store.runs.end(run, kind(sentence=sentence, advice=advice))


def _told(error: Exception) -> tuple[str, str]:
    match error:
        case ThawError():
            return error.message, error.hint
        case torch.OutOfMemoryError() | MemoryError():
            return (
                "The memory was not enough for this plan.",
                "Choose fewer pictures per step or a smaller picture size, and start again.",
            )
    return (
        "Thaw made a mistake while it trained.",
        "The log in the home folder tells more. The best weights so far are kept.",
    )


def _out_of_order(error: OSError) -> Interrupted:
    if error.errno == errno.ENOSPC:
        return Interrupted(sentence="The disk is full.", advice="Free some space, then let the run go on.")
    return Interrupted(
        sentence=f"A file could not be read or written: {error.strerror or 'no reason given'}.",
        advice="Mend that, then let the run go on.",
    )


def _events(store: Store, run: str) -> Iterator[Event]:
    asked = store.runs.named(run)
    config = asked.config
    dataset = store.datasets.by_digest(config.data, asked.workspace)
    runtime = choose_runtime(config.compute.device)
    assembly = assemble(
        store,
        config.backbone,
        config.weights,
        dataset.manifest.classes,
        config.loader.image_size,
        config.seed,
        runtime,
    )
    earlier = store.runs.events(run)
    history = History.of(earlier)
    saver = Saver(store, history.saved)
    repeated = answered_wishes(earlier)
    loader = config.loader
    augmenter = Augmenter(loader.augment, loader.image_size, config.seed) if loader.augment != "none" else None
    with (
        closing(_pictures(dataset, "train", assembly, augmenter, loader.views)) as train,
        closing(_pictures(dataset, "val", assembly)) as val,
    ):
        numerics = _numerics(store, assembly, config, dataset, history)
        keeper = BestKeeper(store, run, config, assembly, numerics, history)
        trainer = Trainer(
            assembly,
            config,
            train,
            val,
            Wishes(store, run, repeated),
            saver.point,
            repeated,
            numerics,
            store.beginnings,
        )
        yield _started(config, dataset, assembly, numerics, train, saver)
        try:
            for event in trainer.run():
                if isinstance(event, Paused):
                    yield saver.save(trainer.save_point())
                yield event
                # Whoever reads these events has written one down by the time that the next is asked for.
                if isinstance(event, Evaluated):
                    if kept := keeper.consider(event):
                        yield kept
                        keeper.drop_before()
                    if event.epoch < config.epochs:
                        yield saver.save(trainer.save_point())
                        saver.drop_before()
                elif isinstance(event, Paused):
                    saver.drop_before()
                elif isinstance(event, Finished | Stopped):
                    saver.drop()
        except DivergedError:
            saver.drop()  # From here the run would go the same way again.
            raise


def _pictures(
    dataset: Dataset, split: str, assembly: Assembly, augmenter: Augmenter | None = None, views: int = 0
) -> Pictures:
    examples = dataset.manifest.of(split)
    return Pictures(examples, dataset.file, assembly.encoder, assembly.runtime.device, augmenter, views)


def _numerics(store: Store, assembly: Assembly, config: RunConfig, dataset: Dataset, history: History) -> Numerics:
    """Return how an earlier try computed, so that this one goes on to the bit; for the first, what is best."""
    if history.started is not None:
        return Numerics.of(history.started.arithmetic)
    train, val = (len(dataset.manifest.of(split)) for split in ("train", "val"))
    return tuned(store, assembly, config, train, val)


def _started(
    config: RunConfig, dataset: Dataset, assembly: Assembly, numerics: Numerics, train: Pictures, saver: Saver
) -> Started:
    point, published = saver.point, assembly.card.published(config.weights)
    own = "random numbers" if config.weights == SCRATCH else "own file"
    return Started(
        device=assembly.runtime.label,
        backbone=assembly.card.title,
        weights=published.title if published else own,
        classes=assembly.classes,
        train_counts=dataset.manifest.counts("train"),
        val_counts=dataset.manifest.counts("val"),
        parameters=sum(parameter.numel() for parameter in assembly.module.parameters()),
        epochs=config.epochs,
        steps_per_epoch=train.steps(config.loader.batch_size),
        versions={name: version(name) for name in ("torch", "torchvision", "timm")},
        arithmetic=Arithmetic(numbers=numerics.numbers, channels_last=numerics.channels_last),
        step=point.standing.step if point else 0,
        seconds=point.standing.seconds if point else 0.0,
        anew=saver.damaged,
    )


def _write(store: Store, run: str, events: Iterable[Event]) -> None:
    """Write steps in small batches, everything else at once, and the first step at once too."""
    gathered: list[Event] = []
    written = 0.0
    try:
        for event in events:
            gathered.append(event)
            if not isinstance(event, Stepped) or time.monotonic() - written > _FLUSH:
                store.runs.append(run, gathered)
                gathered.clear()
                written = time.monotonic()
    except Exception:
        # The last steps before a fault are the ones to look at.
        store.runs.append(run, gathered)
        raise


def _watched(events: Iterator[Event], watch: Callable[[Event], None]) -> Iterator[Event]:
    for event in events:
        watch(event)
        yield event
