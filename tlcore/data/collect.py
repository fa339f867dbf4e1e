"""From files to a Survey: every picture read once, hashed, measured, and shown small; nothing is changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tlcore.data import limits
from tlcore.data.facts import Fact, Task, look
from tlcore.data.likeness import groups
from tlcore.data.manifest import LeftOut
from tlcore.data.survey import Survey, Table
from tlcore.data.table import is_table, read_tables
from tlcore.data.tree import is_system_path
from tlcore.errors import PictureError

Progress = Callable[[int, int], None]
"""Is told how many of how many are done; what it raises ends the work."""

LookAll = Callable[[Sequence[Task], Path], Iterator[Fact | LeftOut]]
"""Looks at many files, keeps their order, and writes thumbnails into the folder."""


def collect(
    tasks: Iterable[Task], *, thumbnails: Path, look_all: LookAll, progress: Progress, unfit: Sequence[LeftOut] = ()
) -> Survey:
    """Look at every file that no system made, and return what they told; tables are read once the pictures are known.

    `unfit` are files that fell out before, while they were unpacked or walked. Raises PictureError where there are
    too many files, or none is a picture.
    """
    wanted: list[Task] = []
    tables: list[Task] = []
    ignored = 0
    for task in tasks:
        if is_system_path(task.path):
            ignored += 1
        else:
            (tables if is_table(task.path) else wanted).append(task)
    if len(wanted) > limits.allowance().pictures:
        raise PictureError(
            "TOO_MANY_PICTURES",
            f"There are {len(wanted):,} files; {limits.allowance().pictures:,} is the most for a set.",
            "Take a part of them.",
        )
    facts: list[Fact] = []
    left_out = list(unfit)
    progress(0, len(wanted))
    for done, one in enumerate(look_all(wanted, thumbnails), start=1):
        if isinstance(one, Fact):
            facts.append(one)
        else:
            left_out.append(one)
        progress(done, len(wanted))
    read = read_tables([(task.file, task.path) for task in tables], [fact.path for fact in facts])
    left_out.extend(one for one in read if isinstance(one, LeftOut))
    if not facts:
        reason = f" {left_out[0].name}: {left_out[0].sentence}" if left_out else ""
        raise PictureError(
            "NO_PICTURES",
            f"There is no picture in it that can be used; {len(left_out)} files are left out.{reason}",
            "JPEG, PNG or WebP will do.",
        )
    alike = groups([fact.likeness for fact in facts])
    return Survey(
        facts=tuple(facts),
        alike=alike,
        unfit=tuple(left_out),
        tables=tuple(one for one in read if isinstance(one, Table)),
        ignored=ignored,
    )


def look_here(tasks: Sequence[Task], thumbnails: Path) -> Iterator[Fact | LeftOut]:
    """Look at files one after the other in this process, without its limits: for files of our own making."""
    return map(partial(look, thumbnails=thumbnails), tasks)
