"""Does one errand in a process of its own: reads pictures, makes samples, downloads what was asked for."""

import logging
import time
from pathlib import Path
from typing import Protocol

from tlcore.catalog.backbones import published
from tlcore.catalog.download import download_weights
from tlcore.data.collect import look_here
from tlcore.errands import FetchSet, FetchWeights, MakeSample, ReadUpload, ReadWeights, SurveyNetwork
from tlcore.errors import ThawError
from tlcore.jobs.eyes import Eyes
from tlcore.jobs.memory import limit_memory
from tlcore.jobs.processes import give_way
from tlcore.store import Store
from tlcore.store.errands import Progress
from tlcore.store.reading import Progress as Report
from tlcore.store.reading import Reader

_READING_MEGABYTES = 3000
_REPORT_EVERY = 0.2
"""Seconds between reports, so that a fast reader does not spend its time on telling."""


class Engine(Protocol):
    """What needs torch, so that only who calls us can hand it over."""

    def bring_weights(self, store: Store, path: Path, name: str, backbone: str, workspace: str) -> str:
        """Keep the weights file in `path`, which the person calls `name`, and return its sha256."""

    def survey_network(self, name: str) -> str:
        """Write the card of the timm network `name` and return what the card is called."""


def run_errand(store: Store, identifier: str, engine: Engine) -> None:
    """Do an errand; whatever goes wrong becomes its fault, in one sentence."""
    give_way()
    try:
        store.errands.finish(identifier, _do(store, store.errands.get(identifier), engine))
    except ThawError as error:
        store.errands.fail(identifier, str(error))
    except MemoryError:
        store.errands.fail(identifier, "One of the files needs more memory than it may take. Send smaller pictures.")
    except Exception:
        logging.exception("errand %s", identifier)
        store.errands.fail(identifier, "Thaw made a mistake while it read; the log in the home folder tells more.")


def _do(store: Store, asked: Progress, engine: Engine) -> str:
    report = _reporter(store, asked.id)
    if not isinstance(asked.errand, ReadWeights | SurveyNetwork):  # torch reserves more addresses than it uses
        limit_memory(_READING_MEGABYTES)
    match asked.errand:
        case ReadUpload(upload=upload, name=name, seed=seed):
            return Reader(store, asked.workspace, seed, report, Eyes(store)).upload(upload, name).id
        case MakeSample(sample=sample, seed=seed):
            return Reader(store, asked.workspace, seed, report, look_here).sample(sample).id
        case FetchSet(public_set=name, seed=seed):
            return Reader(store, asked.workspace, seed, report, Eyes(store)).public(name).id
        case FetchWeights(backbone=name, weights=weights):
            return download_weights(published(name, weights), report).name
        case SurveyNetwork(network=name):
            return engine.survey_network(name)
        case ReadWeights(upload=upload, backbone=name):
            ((shown, path),) = store.intake.files(upload)
            try:
                return engine.bring_weights(store, path, shown, name, asked.workspace)
            finally:
                store.intake.clear(upload)


def _reporter(store: Store, identifier: str) -> Report:
    reported = 0.0

    def report(done: int, total: int) -> None:
        nonlocal reported
        now = time.monotonic()
        if done == total or now - reported > _REPORT_EVERY:
            store.errands.report(identifier, done, total)
            reported = now

    return report
