"""Files addressed by their content: written aside, then put in place whole, never changed."""

import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path

from filelock import FileLock, Timeout

from tlcore.errors import ThawError
from tlcore.paths import safe_path

_AT_ONCE = 8
"""Files that are flushed to the disk at one time, which waits for each."""


class Blobs:
    """A folder of files named by their sha256."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.making = root / "aside"
        self.making.mkdir(parents=True, exist_ok=True)

    def where(self, sha256: str) -> str:
        """Return the place of a file below the root."""
        return f"{sha256[:2]}/{sha256}"

    def path(self, sha256: str) -> Path:
        """Return the path of a file; raise ThawError if it is not there."""
        path = safe_path(self.root, self.where(sha256))
        if not path.is_file():
            raise ThawError("A file of this run or set is missing from the home folder.", "Restore it, or run again.")
        return path

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """Lend a path for a file in the making; whatever is left there afterwards is removed."""
        path = self.making / secrets.token_hex(16)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def aside_folder(self) -> Iterator[Path]:
        """Lend a folder for files in the making; whatever is left there afterwards is removed."""
        path = self.making / secrets.token_hex(16)
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def keep(self, path: Path) -> str:
        """Move a finished file in, and return its sha256."""
        with path.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
        _flush(path)
        self._place(path, sha256)
        return sha256

    def keep_all(self, known: Mapping[Path, str]) -> None:
        """Move many finished files in whose sha256 are known."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(_flush, known))
        for path, sha256 in known.items():
            self._place(path, sha256)

    @contextmanager
    def settling(self, patience: float) -> Iterator[None]:
        """Hold what lies here as it is, from seeing that a file is there to writing down who names it.

        Raises ThawError if somebody else holds it for longer than `patience`, in seconds.
        """
        lock = FileLock(self.root / "lock", timeout=patience)
        try:
            lock.acquire()
        except Timeout:
            raise ThawError("Many pictures are just coming in.", "Try again in a moment.") from None
        try:
            yield
        finally:
            lock.release()

    def size(self, sha256: str) -> int:
        """Return the bytes of a file, 0 if it is not there."""
        try:
            return safe_path(self.root, self.where(sha256)).stat().st_size
        except FileNotFoundError:
            return 0

    def all_bytes(self) -> int:
        """Return the bytes of all files."""
        return sum(self.size(sha256) for sha256, _ in self.all())

    def all(self) -> list[tuple[str, float]]:
        """Return the sha256 of every file, and its age in seconds."""
        files = [path for path in self.root.glob("*/*") if path.parent != self.making]
        return [(path.name, time.time() - path.stat().st_mtime) for path in files]

    def drop(self, sha256: str) -> None:
        """Remove a file that nothing names any more."""
        # Windows does not remove a file that somebody reads; then it stays.
        with suppress(PermissionError):
            safe_path(self.root, self.where(sha256)).unlink(missing_ok=True)

    def _place(self, path: Path, sha256: str) -> None:
        target = safe_path(self.root, self.where(sha256))
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            path.unlink()
        else:
            path.replace(target)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
