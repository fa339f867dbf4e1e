"""Pictures made on the spot."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from tlcore.data.collect import collect, look_here
from tlcore.data.facts import Fact, Task, look
from tlcore.data.manifest import LeftOut, Manifest
from tlcore.data.marks import Mark
from tlcore.data.settle import settle
from tlcore.data.survey import Survey, Table
from tlcore.data.walk import walk


def photograph(number: int, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    """Return a file with a smooth picture in many colours, another one for every number."""
    draw = Random(number)
    seed = Image.frombytes("RGB", (4, 3), draw.randbytes(36))
    file = BytesIO()
    seed.resize(size, Image.Resampling.BICUBIC).save(file, kind)
    return file.getvalue()


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Return a picture as the bytes of a file."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def settled(
    root: Path,
    *,
    name: str = "set",
    seed: int = 1,
    thumbnails: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    paths: Sequence[tuple[str, str]] | None = None,
    left_out: Sequence[LeftOut] = (),
    marks: Sequence[Mark] = (),
) -> Manifest:
    """Look at a folder, or at the files of `paths` below it, and return the set that comes of it."""
    unfit = list(left_out)
    tasks = [Task(shown, 0, where, root / where) for shown, where in (walk(root, unfit) if paths is None else paths)]

    def look_all(tasks: Sequence[Task], folder: Path) -> Iterator[Fact | LeftOut]:
        return look_here(tasks, folder) if thumbnails else (look(task, None) for task in tasks)

    survey = collect(tasks, thumbnails=thumbnails or root, look_all=look_all, progress=progress, unfit=unfit)
    return settle(name, survey, marks, seed)


@pytest.fixture(name="settled")
def _settled() -> Callable[..., Manifest]:
    return settled


@pytest.fixture(name="photograph")
def _photograph() -> Callable[..., bytes]:
    return photograph


@pytest.fixture(name="encoded")
def _encoded() -> Callable[..., bytes]:
    return encoded


@pytest.fixture
def write_set(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder with so many pictures below each of the paths given."""

    def write(counts: dict[str, int], folder: str = "set") -> Path:
        number = 0
        for place, count in counts.items():
            (tmp_path / folder / place).mkdir(parents=True, exist_ok=True)
            for _ in range(count):
                (tmp_path / folder / place / f"{number}.jpg").write_bytes(photograph(number))
                number += 1
        return tmp_path / folder

    return write


@pytest.fixture
def survey_of() -> Callable[..., Survey]:
    """Make the survey of photographs with these paths, unlike one another, with tables and unfit files beside them."""

    def fact(number: int, path: str) -> Fact:
        return Fact(
            path=path,
            source=0,
            where=f"{number}.jpg",
            id=f"{number:064x}",
            kind="JPEG",
            width=300,
            height=200,
            likeness=f"{number * 2**64 // 7919:032x}",
            is_flat=False,
            is_grey=False,
            is_blank=False,
            notes=(),
        )

    def survey_of(paths: Sequence[str], tables: Sequence[Table] = (), unfit: Sequence[LeftOut] = ()) -> Survey:
        facts = tuple(fact(number, path) for number, path in enumerate(paths))
        return Survey(facts=facts, alike=tuple(range(len(facts))), tables=tuple(tables), unfit=tuple(unfit))

    return survey_of


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder for what comes out of an archive, with nothing else in it."""
    (tmp_path / "room").mkdir()
    return tmp_path / "room"
