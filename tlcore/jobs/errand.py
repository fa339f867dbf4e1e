"""Does one errand in a process of its own: reads pictures, makes samples, downloads what was asked for."""

import logging
import time
from pathlib import Path
from typing import Protocol

from tlcore.catalog.backbones import published
from tlcore.catalog.download import download_weights
from tlcore.data.collect import look_here
from tlcore.data.server_folders import folder_at
from tlcore.errands import FetchSet, FetchWeights, MakeSample, ReadFolder, ReadUpload, ReadWeights, SurveyNetwork
from tlcore.errors import ThawError
from tlcore.jobs.processes import give_way, limit_memory
from tlcore.store import Store
from tlcore.store.errands import Progress
from tlcore.store.reading import Progress as Report
from tlcore.store.reading import Reader
from tlcore.text import clean

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
            return Reader(store, asked.workspace, seed, report, look_here).upload(upload, name).id
        case MakeSample(sample=sample, seed=seed):
            return Reader(store, asked.workspace, seed, report, look_here).sample(sample).id
        case ReadFolder(folder=folder, place=place, seed=seed):
            # What a page asked for is checked here again.
            path = folder_at(folder, place)
            return Reader(store, asked.workspace, seed, report, look_here).folder(path, clean(path.name)).id
        case FetchSet(public_set=name, seed=seed, classes=classes):
            return Reader(store, asked.workspace, seed, report, look_here).public(name, classes).id
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
