"""Seconds that the lab needs for what its pages ask of a set of a hundred thousand pictures, none of which is there."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

from tlcore.commands.yardsticks.bench_home import bench_home
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.data.limits import ALONE, MOST_CLASSES
from tlcore.data.manifest import Manifest
from tlcore.data.marks import CallClasses, LeaveOut, Mark, Relabel
from tlcore.data.pretended import pretend_thumbnails, pretended_survey
from tlcore.figures.sizes import counts, sizes
from tlcore.store import Store
from tlcore.store.albums import Album

_PER_CLASS = 100
_FEWEST = 400
"""Pictures; the marks name some of the first three hundred."""


def _figures(settings: Settings) -> Iterator[Figure]:
    """Make a large set in a home of its own and take the time of each thing that pages ask for."""
    for _ in range(settings.repeat):
        with bench_home() as store:
            yield from _timed_on(store, settings.count, min(settings.count // _PER_CLASS, MOST_CLASSES))


def _timed_on(first_store: Store, pictures: int, classes: int) -> Iterator[Figure]:
    clock, workspace = _Clock(), secrets.token_hex(16)
    album: Album = clock.timed("make the set", lambda: _large_album(first_store, workspace, pictures, classes))
    with closing(Store(first_store.home)) as store:
        manifest: Manifest = clock.timed("open it in a fresh app", lambda: store.albums.dataset(album).manifest)
        clock.timed("open it again", lambda: store.albums.dataset(album))
        clock.timed("count and find its classes", lambda: _found(manifest))
        facts = clock.timed("read the survey", lambda: store.albums.survey(album)).facts
        clock.timed("draw its sizes", lambda: sizes([(fact.width, fact.height) for fact in facts], 224))
        train, val = manifest.counts("train"), manifest.counts("val")
        clock.timed("draw its counts", lambda: counts(manifest.classes, train, val))
        for name, mark in _marks(*manifest.classes[:2]):
            album = clock.timed(name, partial(store.albums.mark, album, mark))
        clock.timed("take a mark back", lambda: store.albums.unmark(album, 0))
    yield from clock.figures


class _Clock:
    """Takes the time of things, in seconds and in those of a core's work, which other work does not stretch."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        """Do something and return what came of it."""
        began, worked = time.perf_counter(), time.process_time()
        result = work()
        seconds, work_seconds = time.perf_counter() - began, time.process_time() - worked
        self.figures += [
            Figure(name, seconds, "s"),
            Figure(f"{name}: a core's work", work_seconds, "s"),
        ]
        return result


def _marks(first: str, second: str) -> list[tuple[str, Mark]]:
    return [
        ("first mark: leave a picture out", LeaveOut(pictures=(0,), why="by_hand")),
        ("leave 60 pictures out", LeaveOut(pictures=tuple(range(100, 160)), why="by_hand")),
        ("move 60 pictures", Relabel(pictures=tuple(range(200, 260)), name=first)),
        ("merge two classes", CallClasses(classes=(first, second), name=second)),
    ]


def _large_album(store: Store, workspace: str, pictures: int, classes: int) -> Album:
    """Keep such a set in a store, with a thumbnail for each of its pictures."""
    survey = pretended_survey(pictures, classes)
    pretend_thumbnails(store.thumbnails, survey.facts)
    return store.albums.make(workspace, f"{pictures:,} pictures", survey, [store.home], seed=0)


def _found(manifest: Manifest) -> list[int]:
    counted = [len(manifest.of_class(label)) for label in range(len(manifest.classes))]
    return sorted(range(len(counted)), key=counted.__getitem__)


ALBUM = Yardstick(
    title="what pages ask of a large set, with a hundred pictures in each class",
    figures=_figures,
    usual={"count": 100_000},
    counts=(_FEWEST, ALONE.pictures),
    asked_only=True,
)
