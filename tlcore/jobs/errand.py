"""Does one errand in a process of its own: reads pictures, makes samples, downloads what was asked for."""

import logging
import time
from functools import partial
from pathlib import Path
from typing import Protocol

from tlcore.catalog.backbones import published
from tlcore.catalog.download import download_weights
from tlcore.data.collect import look_here
from tlcore.data.server_folders import folder_at
from tlcore.errands import (
    CANCELLED,
    FetchSet,
    FetchWeights,
    MakeSample,
    ReadFolder,
    ReadUpload,
    ReadWeights,
    SurveyNetwork,
)
from tlcore.errors import ThawError
from tlcore.jobs.eyes import Eyes
from tlcore.jobs.memory import limit_memory
from tlcore.jobs.processes import give_way
from tlcore.store import Store
from tlcore.store.errands import Progress
from tlcore.store.reading import Reader
from tlcore.text import clean

_READING_MEGABYTES = 3000
_REPORT_EVERY = 0.2
"""Seconds between reports, so that a fast reader does not spend its time on telling."""
_CANCELLED_FETCH = "You cancelled it. Another download goes on from where this one stopped."


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
    telling = _Telling(store, asked)
    if not isinstance(asked.errand, ReadWeights | SurveyNetwork):  # torch reserves more addresses than it uses
        limit_memory(_READING_MEGABYTES)
    reader = partial(Reader, store, asked.workspace, progress=telling.progress, seal=telling.seal)
    eyes = Eyes(store, telling.obey)
    match asked.errand:
        case ReadUpload(upload=upload, name=name, seed=seed, album=album, into=into, by_folder=by_folder):
            adding = reader(seed=seed, look_all=eyes, more_of=album, into=into, by_folder=by_folder)
            return adding.upload(upload, name).id
        case MakeSample(sample=sample, seed=seed):
            return reader(seed=seed, look_all=look_here).sample(sample).id
        case ReadFolder(folder=folder, place=place, seed=seed):
            # What a page asked for is checked here again.
            path = folder_at(folder, place)
            return reader(seed=seed, look_all=eyes).folder(path, clean(path.name)).id
        case FetchSet(public_set=name, seed=seed, classes=classes):
            return reader(seed=seed, look_all=eyes).public(name, classes).id
        case FetchWeights(backbone=name, weights=weights):
            return download_weights(published(name, weights), telling.progress).name
        case SurveyNetwork(network=name):
            return engine.survey_network(name)
        case ReadWeights(upload=upload, backbone=name):
            ((shown, path),) = store.intake.files(upload)
            try:
                return engine.bring_weights(store, path, shown, name, asked.workspace)
            finally:
                store.intake.clear(upload)


class _Telling:
    """Tells the store how far an errand is, and hears there that it was cancelled."""

    def __init__(self, store: Store, asked: Progress) -> None:
        self._store = store
        self._asked = asked
        self._told = 0.0

    def progress(self, done: int, total: int) -> None:
        """Tell how much is done of how much, if it is time; raise ThawError once the errand was cancelled."""
        now = time.monotonic()
        if done == total or now - self._told > _REPORT_EVERY:
            self._store.errands.report(self._asked.id, done, total)
            self._told = now
            self.obey()

    def obey(self) -> None:
        """Raise ThawError once the errand was cancelled."""
        if self._store.errands.get(self._asked.id).cancelled is not None:
            raise self._cancelled()

    def seal(self) -> None:
        """Let nobody cancel the errand from now on; raise ThawError if somebody has."""
        if not self._store.errands.seal(self._asked.id):
            raise self._cancelled()

    def _cancelled(self) -> ThawError:
        fetches = isinstance(self._asked.errand, FetchSet | FetchWeights)
        return ThawError(_CANCELLED_FETCH if fetches else CANCELLED)
