"""Folders of this machine that its operator opened up: browsed by name, read where they lie, and never left."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tlcore.data.tree import is_system
from tlcore.data.walk import is_link
from tlcore.errors import PictureError

FOLDERS_VARIABLE = "THAW_FOLDERS"
"""Names the folders below which people may read, separated as in PATH; without it there are none."""

_MOST_COUNTED = 20_000
"""Entries that are counted for one listing; a page waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A folder within another one."""

    name: str
    files: int
    """Below it, at any depth."""
    is_counted: bool
    """Whether these are all of them, or as many as were counted."""


def open_folders() -> dict[str, Path]:
    """Return the folders that were opened up, by the names that pages show for them."""
    found: dict[str, Path] = {}
    for named in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep):
        path = Path(named).expanduser()
        if named and path.is_dir():
            path = path.resolve()
            name, number = path.name or "disk", 2
            while name in found:
                name, number = f"{path.name or 'disk'} {number}", number + 1
            found[name] = path
    return found


def folder_at(name: str, place: str) -> Path:
    """Return the folder at a place below one that was opened up; `place` has "/" between names, and may be empty.

    Raises PictureError for everything else, however it is spelt: a link on the way, a step up, an absolute path.
    """
    path = open_folders().get(name)
    if path is None:
        raise _not_open()
    for part in place.split("/") if place else ():
        if part in ("", ".", "..") or "\0" in part or os.sep in part or (os.altsep and os.altsep in part):
            raise _not_open()
        path = path / part
        if is_link(path) or not path.is_dir():
            raise _not_open()
    if not path.resolve().is_relative_to(open_folders()[name]):
        raise _not_open()
    return path


def inside(name: str, place: str) -> tuple[list[Inside], int]:
    """Return the folders at a place, with how many files each holds, and the number of files beside them."""
    folders, files, left = [], 0, _MOST_COUNTED
    for entry in sorted(_entries(folder_at(name, place)), key=lambda entry: _as_counted(entry.name)):
        if is_system(entry.name) or is_link(entry) or not _is_text(entry.name):
            continue
        if not entry.is_dir(follow_symlinks=False):
            files += 1
            continue
        counted, seen = _count(Path(entry.path), left)
        folders.append(Inside(name=entry.name, files=counted, is_counted=seen < left))
        left -= seen
    return folders, files


def _count(folder: Path, most: int) -> tuple[int, int]:
    """Return how many files lie below a folder, and at how many entries it looked: `most`, if there are more."""
    waiting, files, seen = [folder], 0, 0
    while waiting:
        for entry in _entries(waiting.pop()):
            if seen == most:
                return files, seen
            seen += 1
            if is_system(entry.name) or is_link(entry):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            else:
                files += 1
    return files, seen


def _entries(path: Path) -> Iterator["os.DirEntry[str]"]:
    """Yield what lies in a folder; one that cannot be opened is as an empty one."""
    try:
        with os.scandir(path) as entries:
            yield from entries
    except OSError:
        return


def _as_counted(name: str) -> list[tuple[int, str]]:
    """Return what to sort a name by, so that 2 comes before 10."""
    pieces = re.split(r"(\d+)", name.casefold())
    return [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in pieces]


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_open() -> PictureError:
    return PictureError(
        "NO_FOLDER", "This folder is not among those that can be read here.", "Choose one from the list."
    )
