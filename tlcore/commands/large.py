"""How long the lab needs for what its pages ask of a set with a hundred thousand pictures, none of which is there."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from tlcore.data.manifest import Manifest
from tlcore.data.marks import CallClasses, LeaveOut, Relabel
from tlcore.data.pretended import pretend_thumbnails, pretended_survey
from tlcore.figures.sizes import counts, sizes
from tlcore.store import Store
from tlcore.store.albums import Album

Result = TypeVar("Result")


def large_album(store: Store, workspace: str, pictures: int, classes: int) -> Album:
    """Keep such a set in a store, with a thumbnail for each of its pictures."""
    survey = pretended_survey(pictures, classes)
    pretend_thumbnails(store.thumbnails, survey.facts)
    return store.albums.make(workspace, f"{pictures:,} pictures", survey, [store.home], seed=0)


def time_album(pictures: int, classes: int, told: Callable[[str, float, float], None]) -> list[dict[str, Any]]:
    """Make a large set in a home of its own and take the time of each thing that pages ask for, telling each.

    The time is told in seconds, and in seconds of a core's work, which other work on the machine does not stretch.
    """
    rows: list[dict[str, Any]] = []

    def timed(name: str, work: Callable[[], Result]) -> Result:
        began, worked = time.perf_counter(), time.process_time()
        result = work()
        seconds, work_seconds = time.perf_counter() - began, time.process_time() - worked
        rows.append({"what": name, "seconds": seconds, "work": work_seconds})
        told(name, seconds, work_seconds)
        return result

    with TemporaryDirectory(prefix="thaw-bench-") as home:
        workspace = secrets.token_hex(16)
        with_store = Store(Path(home))
        album = timed("make the set", lambda: large_album(with_store, workspace, pictures, classes))
        with_store.close()
        store = Store(Path(home))
        try:
            manifest = timed("open it in a fresh app", lambda: store.albums.dataset(album).manifest)
            timed("open it again", lambda: store.albums.dataset(album))
            timed("count and find its classes", lambda: _found(manifest))
            timed("read the survey", lambda: store.albums.survey(album))
            facts = store.albums.survey(album).facts
            timed("draw its sizes", lambda: sizes([(fact.width, fact.height) for fact in facts], 224))
            train, val = manifest.counts("train"), manifest.counts("val")
            timed("draw its counts", lambda: counts(manifest.classes, train, val))
            first, second = manifest.classes[:2]
            marks = (
                ("first mark: leave a picture out", LeaveOut(pictures=(0,), why="by_hand")),
                ("leave 60 pictures out", LeaveOut(pictures=tuple(range(100, 160)), why="by_hand")),
                ("move 60 pictures", Relabel(pictures=tuple(range(200, 260)), name=first)),
                ("merge two classes", CallClasses(classes=(first, second), name=second)),
            )
            for name, mark in marks:
                album = timed(name, lambda album=album, mark=mark: store.albums.mark(album, mark))  # type: ignore[misc]
            timed("take a mark back", lambda: store.albums.unmark(album, 0))
        finally:
            store.close()
    return rows


def _found(manifest: Manifest) -> list[int]:
    counted = [len(manifest.of_class(label)) for label in range(len(manifest.classes))]
    return sorted(range(len(counted)), key=counted.__getitem__)
