"""Carries out one run of the store: reads what was asked for, trains, writes down what happens."""

import errno
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version

from tlcore.catalog.weights import SCRATCH
from tlcore.config import RunConfig
from tlcore.engine.checkpoint import BestKeeper
from tlcore.engine.divergence import DivergedError
from tlcore.engine.peers import ALONE, Peers, PeersError
from tlcore.engine.portions import is_shortage
from tlcore.engine.recorder import Recorder
from tlcore.engine.saving import Saver
from tlcore.engine.task import Equipment, Task, equipped
from tlcore.engine.trainer import Trainer
from tlcore.engine.wishes import Wishes, answered_wishes
from tlcore.errors import ThawError
from tlcore.events import (
    Checkpointed,
    Evaluated,
    Event,
    Failed,
    Finished,
    Interrupted,
    Paused,
    Saved,
    Started,
    Stepped,
    Stopped,
)
from tlcore.history import History
from tlcore.records import to_json
from tlcore.store import Store

Meet = Callable[[], AbstractContextManager[Peers]]

_FLUSH = 0.25
"""Seconds for which steps are gathered before they are written."""


def carry_out(
    store: Store,
    run: str,
    watch: Callable[[Event], None] = lambda _event: None,
    meet: Meet = lambda: nullcontext(ALONE),
) -> None:
    """Work on a run to its end, showing each event to `watch`; whatever goes wrong becomes the last event.

    `meet` lends the processes that it is worked on with, of which this one is the first.
    """
    try:
        _write(store, run, _watched(_events(store, run, meet), watch))
    except DivergedError as error:
        store.runs.end(run, Failed(sentence=error.message, advice=error.hint))
    except PeersError as error:
        store.runs.end(run, Interrupted(sentence=error.message, advice=error.hint))
    except OSError as error:
        logging.exception("run %s", run)
        sentence, advice = told(error)
        store.runs.end(run, Interrupted(sentence=sentence, advice=advice))
    except Exception as error:
        if not isinstance(error, ThawError):
            logging.exception("run %s", run)
        sentence, advice = told(error)
        # What was saved can still go on once the cause is gone; what never came so far has nothing to go on from.
        kind = Interrupted if History.of(store.runs.events(run)).saved else Failed
        store.runs.end(run, kind(sentence=sentence, advice=advice))


def told(error: Exception) -> tuple[str, str]:
    """Return what a person should read of an error: what happened, and what to try next."""
    if isinstance(error, ThawError):
        return error.message, error.hint
    if is_shortage(error):
        return (
            "The memory was not enough for this plan.",
            "Choose fewer pictures per step or a smaller picture size, and start again.",
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full.", "Free some space, then let the run go on."
    if isinstance(error, OSError):
        return (
            f"A file could not be read or written: {error.strerror or 'no reason given'}.",
            "Mend that, then let the run go on.",
        )
    return (
        "Thaw made a mistake while it trained.",
        "The log in the home folder tells more. The best weights so far are kept.",
    )


def _events(store: Store, run: str, meet: Meet) -> Iterator[Event]:
    asked = store.runs.named(run)
    config = asked.config
    earlier = store.runs.events(run)
    history = History.of(earlier)
    saver = Saver(store, [entry.event for entry in earlier if isinstance(entry.event, Saved)])
    if saver.taken_again is not None:
        yield saver.taken_again
        saver.drop_before()
    repeated = answered_wishes(earlier)
    task = Task(
        config=config,
        workspace=asked.workspace,
        repeated=tuple(repeated),
        arithmetic=history.started.arithmetic if history.started else None,
    )
    with meet() as peers:
        if not peers.alone:
            peers.agree(to_json(task))
        wishes = Wishes(store, run, repeated)
        try:
            with equipped(store, task, peers, wishes, saver.point, history.squeezed) as equipment:
                yield _started(config, equipment, peers, saver)
                keeper = BestKeeper(store, run, config, equipment.assembly, equipment.numerics, history)
                keeper.drop_earlier([entry.event for entry in earlier if isinstance(entry.event, Checkpointed)])
                recorder = Recorder(config, equipment.dataset, equipment.assembly, equipment.numerics, history)
                yield from _kept(equipment.trainer, config.epochs, keeper, saver, recorder)
        except PeersError:
            raise  # Whoever failed has left word.
        except Exception as error:
            peers.tell(*told(error))
            raise


def _kept(trainer: Trainer, epochs: int, keeper: BestKeeper, saver: Saver, recorder: Recorder) -> Iterator[Event]:
    """Yield what the trainer tells, and between that what is kept of it."""
    try:
        yield from recorder.before()
        for event in trainer.run():
            if isinstance(event, Paused):
                yield saver.save(trainer.save_point())
            yield event
            # Whoever reads these events has written one down by the time that the next is asked for.
            if isinstance(event, Evaluated):
                if kept := keeper.consider(event):
                    yield kept
                    keeper.drop_before()
                yield from recorder.after(event)
                if event.epoch < epochs:
                    yield saver.save(trainer.save_point())
                    saver.drop_before()
            elif isinstance(event, Paused):
                saver.drop_before()
            elif isinstance(event, Finished | Stopped):
                saver.drop()
    except DivergedError:
        saver.drop()  # From here the run would go the same way again.
        raise


def _started(config: RunConfig, equipment: Equipment, peers: Peers, saver: Saver) -> Started:
    assembly, manifest = equipment.assembly, equipment.dataset.manifest
    numerics = equipment.numerics
    point, published = saver.point, assembly.card.published(config.weights)
    own = "random numbers" if config.weights == SCRATCH else "own file"
    return Started(
        device=assembly.runtime.label + ("" if peers.alone else f", {peers.count} processes"),
        backbone=assembly.card.title,
        weights=published.title if published else own,
        classes=assembly.classes,
        train_counts=manifest.counts("train"),
        val_counts=manifest.counts("val"),
        parameters=sum(parameter.numel() for parameter in assembly.module.parameters()),
        epochs=config.epochs,
        steps_per_epoch=equipment.train.steps(config.loader.batch_size),
        versions={name: version(name) for name in ("torch", "torchvision", "timm")},
        arithmetic=numerics.arithmetic,
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
