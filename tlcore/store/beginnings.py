"""What frozen beginnings of networks made of pictures, kept in files so that no run has to compute it again."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from tlcore.data.limits import BEGINNINGS_BYTES, free_bytes
from tlcore.errors import ThawError
from tlcore.paths import safe_path
from tlcore.records import from_json, to_json
from tlcore.store.recent import Recent

_ASIDE = ".part"
_PIECE = 1 << 20
"""Bytes that are read at a time where a file is checked."""
_DAMAGES = (OSError, ValueError, LookupError, TypeError, ThawError)
"""What comes of reading a list that is missing or damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Rows that were written in one go."""

    names: tuple[str, ...]
    """Of the pictures, in the order of their rows."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the file of one beginning holds."""

    key: str
    row_bytes: int
    chunks: tuple[Chunk, ...]

    @property
    def names(self) -> list[str]:
        """The names of the pictures, in the order of their rows."""
        return [name for chunk in self.chunks for name in chunk.names]


def row_name(picture: str, drawing: str = "", view: int = 0) -> str:
    """Return the name of the row of a picture, named by its id, in one of the views of a kind of drawing."""
    return f"{picture}{drawing}-{view}"


class Beginnings:
    """A folder of files of rows, each with a list of what it holds; all of it can be computed again.

    A file only ever grows, and its list is put in place after it, whole: what a list names is there. Within a budget,
    those that were used longest ago go first.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(root / "lock")
        self._recent = Recent[frozenset[str]](len)

    def rows(self, key: str) -> Path:
        """Return where the rows of a beginning lie, or would lie."""
        return safe_path(self._root, f"{key}.rows")

    def open(self, key: str) -> tuple[BinaryIO | None, Sequence[str]]:
        """Return the open file of a beginning and the names of its rows, checked to the last byte.

        None and no names where nothing is kept; what is damaged is removed. What is open stays as it is, even if
        others remove the file.
        """
        with self._lock:
            held = self._listed(key)
            file = self._opened(key) if held else None
        if held is None or file is None:
            return None, ()
        # Outside of the lock: gigabytes take seconds. What is listed is not written any more.
        if not _holds(file, held):
            file.close()
            with self._lock:
                self._drop(key)
            return None, ()
        with suppress(OSError):
            os.utime(self.rows(key))
        return file, held.names

    def append(self, key: str, names: Sequence[str], rows: Sequence[memoryview]) -> tuple[BinaryIO, int] | None:
        """Keep more rows of a beginning, one for each name; return the open file, and the place of the first of them.

        None where there is no room for them, or the disk will not have them.
        """
        try:
            with self._lock:
                return self._append(key, names, rows)
        except OSError:
            return None

    def _append(self, key: str, names: Sequence[str], rows: Sequence[memoryview]) -> tuple[BinaryIO, int] | None:
        row_bytes, path = rows[0].nbytes, self.rows(key)
        before = self._listed(key) or Held(key=key, row_bytes=row_bytes, chunks=())
        first = len(before.names)
        if before.row_bytes != row_bytes or not self._make_room(key, first * row_bytes, len(rows) * row_bytes):
            return None
        if not first:
            path.unlink(missing_ok=True)  # what is not listed; where somebody still reads it, it is not written over
        digest = sha256()
        with path.open("r+b" if first else "xb") as file:
            file.seek(first * row_bytes)  # over what a process that died here left unlisted
            for row in rows:
                file.write(row)
                digest.update(row)
        chunk = Chunk(names=tuple(names), sha256=digest.hexdigest())
        self._list(Held(key=key, row_bytes=row_bytes, chunks=(*before.chunks, chunk)))
        return path.open("rb", buffering=0), first

    def known(self, key: str, pictures: Sequence[str]) -> int:
        """Return of how many pictures, named by their ids, rows are listed as they come, without augmentation."""
        try:
            names = self._names_as_listed(key)
        except _DAMAGES:
            return 0
        return sum(row_name(picture) in names for picture in pictures) if names else 0

    def all_bytes(self) -> int:
        """Return the bytes of all files."""
        return sum(size for _, size, _ in self._files())

    def empty(self) -> None:
        """Remove everything that nobody reads just now."""
        with self._lock:
            for key, _, _ in list(self._files()):
                self._drop(key)

    def clear(self) -> None:
        """Remove what processes that died here left without a list; nothing, while somebody is at work."""
        with suppress(Timeout), self._lock.acquire(timeout=0):
            for aside in self._root.glob(f"*{_ASIDE}"):
                aside.unlink()
            for key, _, _ in list(self._files()):
                if not self._list_file(key).exists():
                    self._drop(key)

    def _names_as_listed(self, key: str) -> frozenset[str]:
        """Return the names of a beginning's rows, read anew when the list has changed; raises what `_read` does."""
        facts = self._list_file(key).stat()
        moment = (key, facts.st_mtime_ns, facts.st_size)
        names = self._recent.get(moment)
        return self._recent.keep(moment, frozenset(self._read(key).names)) if names is None else names

    def _listed(self, key: str) -> Held | None:
        try:
            contents = self._read(key)
            if contents.key == key:
                return contents
        except FileNotFoundError:
            return None
        except _DAMAGES:
            pass
        self._drop(key)
        return None

    def _read(self, key: str) -> Held:
        return from_json(Held, self._list_file(key).read_text(encoding="ascii"))

    def _list(self, contents: Held) -> None:
        target = self._list_file(contents.key)
        aside = target.with_suffix(_ASIDE)
        aside.write_text(to_json(contents), encoding="ascii")
        aside.replace(target)

    def _list_file(self, key: str) -> Path:
        return safe_path(self._root, f"{key}.json")

    def _opened(self, key: str) -> BinaryIO | None:
        try:
            return self.rows(key).open("rb", buffering=0)
        except OSError:
            self._drop(key)
            return None

    def _make_room(self, key: str, own: int, more: int) -> bool:
        """Remove other beginnings until `more` bytes fit beside the `own` that are there; say whether they do.

        Where they cannot fit whatever goes, nothing does.
        """
        files = sorted(self._files(), key=lambda file: file[2])
        others = [other for other, _, _ in files if other != key]
        free = free_bytes(self._root) + sum(size for other, size, _ in files if other != key)
        if own + more > BEGINNINGS_BYTES or more > free:
            return False
        while others and (self.all_bytes() + more > BEGINNINGS_BYTES or more > free_bytes(self._root)):
            self._drop(others.pop(0))
        return self.all_bytes() + more <= BEGINNINGS_BYTES and more <= free_bytes(self._root)

    def _drop(self, key: str) -> None:
        # Windows does not remove a file that somebody reads; then it stays as it is, list and all.
        with suppress(OSError):
            self.rows(key).unlink(missing_ok=True)
            self._list_file(key).unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[str, int, float]]:
        """Yield key, bytes and time of last use of every file."""
        for path in self._root.glob("*.rows"):
            with suppress(FileNotFoundError):
                facts = path.stat()
                yield path.stem, facts.st_size, facts.st_mtime


def _holds(file: BinaryIO, held: Held) -> bool:
    """Say whether the open file holds what is listed."""
    with suppress(OSError):
        return all(_digest(file, len(chunk.names) * held.row_bytes) == chunk.sha256 for chunk in held.chunks)
    return False


def _digest(file: BinaryIO, size: int) -> str:
    """Return the sha256 of the next `size` bytes."""
    digest = sha256()
    while size and (piece := file.read(min(size, _PIECE))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()
