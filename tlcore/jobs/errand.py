"""Does one errand in a process of its own: reads pictures, makes samples, downloads what was asked for."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from tlcore.catalog.backbones import backbone
from tlcore.catalog.download import download_weights
from tlcore.errands import FetchSet, FetchWeights, MakeSample, ReadUpload, ReadWeights
from tlcore.errors import ThawError
from tlcore.jobs.processes import give_way, limit_memory
from tlcore.store import Store
from tlcore.store.errands import Progress
from tlcore.store.reading import Progress as Report
from tlcore.store.reading import Reader

_READING_MEGABYTES = 3000
_REPORT_EVERY = 0.2
"""Seconds between reports, so that a fast reader does not spend its time on telling."""


BringWeights = Callable[[Store, Path, str, str, str], str]
"""Takes a file, its name, a backbone and a workspace; it needs torch, so only who calls us can hand it over."""


def run_errand(store: Store, identifier: str, bring_weights: BringWeights) -> None:
    """Do an errand; whatever goes wrong becomes its fault, in one sentence."""
    give_way()
    try:
        store.errands.finish(identifier, _do(store, store.errands.get(identifier), bring_weights))
    except ThawError as error:
        store.errands.fail(identifier, str(error))
    except MemoryError:
        store.errands.fail(identifier, "One of the files needs more memory than it may take. Send smaller pictures.")
    except Exception:
        logging.exception("errand %s", identifier)
        store.errands.fail(identifier, "Thaw made a mistake while it read; the log in the home folder tells more.")


def _do(store: Store, asked: Progress, bring_weights: BringWeights) -> str:
    report = _reporter(store, asked.id)
    if not isinstance(asked.errand, ReadWeights):  # torch reserves more addresses than it uses
        limit_memory(_READING_MEGABYTES)
    match asked.errand:
        case ReadUpload(upload=upload, name=name, seed=seed):
            return Reader(store, asked.workspace, seed, report).upload(upload, name).manifest.digest
        case MakeSample(sample=sample, seed=seed):
            return Reader(store, asked.workspace, seed, report).sample(sample).manifest.digest
        case FetchSet(public_set=name, seed=seed):
            return Reader(store, asked.workspace, seed, report).public(name).manifest.digest
        case FetchWeights(backbone=name):
            return download_weights(backbone(name).weights[0], report).name
        case ReadWeights(upload=upload, backbone=name):
            ((shown, path),) = store.intake.files(upload)
            try:
                return bring_weights(store, path, shown, name, asked.workspace)
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
