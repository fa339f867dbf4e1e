"""The files of a folder as pairs of shown name and place, in one order on every machine, following no link."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tlcore.data import limits
from tlcore.data.manifest import LeftOut
from tlcore.data.tree import is_system
from tlcore.errors import PictureError
from tlcore.text import clean

_HAS_JUNCTIONS = os.name == "nt"
_SURROGATE = 0x2000_0000
"""Bit of a reparse tag: this name stands for another one (IsReparseTagNameSurrogate of the Windows SDK)."""


def walk(root: Path, unfit: list[LeftOut]) -> Iterator[tuple[str, str]]:
    """Yield every file below `root` twice over: its shown name and its place, both with "/" between folders.

    A system folder counts as one file and is not entered. What is no plain file is added to `unfit`.
    """
    if not root.is_dir():
        raise PictureError("NO_FOLDER", "There is no such folder.", "Check the spelling; it is on this machine.")
    waiting, entries = [""], 0
    while waiting:
        folder = waiting.pop()
        inside = _entries(root / folder, folder, unfit)
        if folder and not inside:
            unfit.append(LeftOut(name=clean(folder, 200), code="EMPTY_FOLDER", sentence="The folder is empty."))
        entries += len(inside)
        if entries > limits.allowance().folder_entries:
            raise PictureError(
                "TOO_MANY_FILES",
                f"There are more than {limits.allowance().folder_entries} files in it.",
                "Choose the folder of the pictures alone.",
            )
        below = []
        for entry in inside:
            place = f"{folder}/{entry.name}".lstrip("/")
            if fault := _fault(entry):
                unfit.append(LeftOut(name=clean(place, 200), code=fault[0], sentence=fault[1]))
            elif entry.is_dir(follow_symlinks=False) and not is_system(entry.name):
                below.append(place)
            else:
                yield place, place
        waiting.extend(reversed(below))


def is_link(place: "os.DirEntry[str] | Path") -> bool:
    """Say whether something stands for what lies elsewhere: a link, or on Windows a junction or a mounted folder."""
    if place.is_symlink():
        return True
    # The tag of a file that OneDrive has not fetched yet is a reparse point as well, but no name surrogate.
    with suppress(OSError):
        return _HAS_JUNCTIONS and bool(getattr(place.stat(follow_symlinks=False), "st_reparse_tag", 0) & _SURROGATE)
    return False


def _entries(path: Path, folder: str, unfit: list[LeftOut]) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        unfit.append(LeftOut(name=clean(folder, 200), code="UNREADABLE", sentence="The folder cannot be opened."))
        return []


def _fault(entry: "os.DirEntry[str]") -> tuple[str, str] | None:
    """Say why an entry is neither a plain file nor a folder that can be named."""
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return "BAD_NAME", "Its name is no valid text; rename it."
    if is_link(entry):
        return "LINK", "It is a link; copy the file itself here."
    if not entry.is_dir(follow_symlinks=False) and not entry.is_file(follow_symlinks=False):
        return "NOT_A_FILE", "It is a device or a pipe, no file."
    return None
