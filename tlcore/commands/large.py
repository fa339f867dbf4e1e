"""A set of a hundred thousand pictures that were never taken, and how long the lab needs for what a page asks of it."""

import os
import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from PIL import Image

from tlcore.data.facts import Fact
from tlcore.data.limits import THUMBNAIL_SIDE
from tlcore.data.manifest import Manifest
from tlcore.data.marks import CallClasses, LeaveOut, Relabel
from tlcore.data.survey import Survey
from tlcore.data.thumbnails import thumbnail_path
from tlcore.figures.sizes import counts, sizes
from tlcore.records import uncollected
from tlcore.store import Store
from tlcore.store.albums import Album

_DRAWINGS = 64
"""Different thumbnails; the pictures share them."""

Result = TypeVar("Result")


@uncollected()
def large_survey(pictures: int, classes: int, seed: int = 0) -> Survey:
    """Return what reading so many photographs of different sizes would have told; no file is there."""
    chance = Random(seed)
    facts = []
    for number in range(pictures):
        path = f"class {number % classes:04d}/{number:06d}.jpg"
        facts.append(
            Fact(
                path=path,
                source=0,
                where=path,
                id=sha256(path.encode()).hexdigest(),
                kind="JPEG",
                width=chance.randint(100, 4000),
                height=chance.randint(100, 3000),
                likeness=f"{chance.getrandbits(128):032x}",
                is_flat=False,
                is_grey=False,
                is_blank=False,
                notes=(),
            )
        )
    return Survey(facts=tuple(facts), alike=tuple(range(pictures)))


def large_album(store: Store, workspace: str, pictures: int, classes: int) -> Album:
    """Keep such a set in a store, with a thumbnail for each of its pictures."""
    survey = large_survey(pictures, classes)
    drawings = [_drawing(store.home / f"drawing-{number}.jpg", number) for number in range(_DRAWINGS)]
    for number, fact in enumerate(survey.facts):
        path = thumbnail_path(store.thumbnails, fact.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(drawings[number % _DRAWINGS], path)
    return store.albums.make(workspace, f"{pictures:,} pictures", survey, [store.home], seed=0)


def time_album(pictures: int, classes: int, told: Callable[[str, float], None]) -> list[dict[str, Any]]:
    """Make a large set in a home of its own and take the seconds of each thing that pages ask for, telling each."""
    rows: list[dict[str, Any]] = []

    def timed(name: str, work: Callable[[], Result]) -> Result:
        began = time.perf_counter()
        result = work()
        rows.append({"what": name, "seconds": time.perf_counter() - began})
        told(name, rows[-1]["seconds"])
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


def _drawing(path: Path, number: int) -> Path:
    chance = Random(number)
    noise = Image.frombytes("RGB", (12, 12), chance.randbytes(3 * 12 * 12))
    buffer = BytesIO()
    noise.resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=85)
    path.write_bytes(buffer.getvalue())
    return path
