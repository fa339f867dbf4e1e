"""Files addressed by their content: written aside, then put in place whole, never changed."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path

from filelock import FileLock, Timeout

from tlcore.errors import DamagedError, ThawError
from tlcore.paths import safe_path
from tlcore.store.claims import Claimant

_FLUSHING = 8
"""Files that are flushed at a time: while a disk notes one, it can note the others with it."""


class Blobs:
    """A folder of files named by their sha256."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.making = root / "aside"
        self.making.mkdir(parents=True, exist_ok=True)
        self._settling = FileLock(root / "lock")

    def where(self, sha256: str) -> str:
        """Return the place of a file below the root."""
        return f"{sha256[:2]}/{sha256}"

    def path(self, sha256: str) -> Path:
        """Return the path of a file; raise ThawError if it is not there."""
        path = self._target(sha256)
        if not path.is_file():
            raise ThawError("A file of this run or set is missing from the home folder.", "Restore it, or run again.")
        return path

    def whole(self, sha256: str) -> Path:
        """Return the path of a file, read to its last byte; raise ThawError if it is not there or is another one."""
        path = self.path(sha256)
        with path.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != sha256:
                raise DamagedError(
                    "A file of this run or set is damaged: it is not as it was written any more.",
                    "Restore it from a backup, or make it anew.",
                )
        return path

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """Lend a path for a file in the making; whatever is left there afterwards is removed."""
        with self.aside_folder() as folder:  # safetensors writes to a file of its own beside it first
            yield folder / "file"

    @contextmanager
    def aside_folder(self) -> Iterator[Path]:
        """Lend a folder for files in the making; whatever is left there afterwards is removed."""
        maker = Claimant.here()
        path = self.making / f"{maker.pid}_{maker.started}_{secrets.token_hex(8)}"
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def clear_aside(self) -> None:
        """Remove what was in the making when its process died."""
        for path in self.making.iterdir():
            if (maker := _maker(path)) is not None and not maker.alive:
                remove(path)

    def keep(self, path: Path) -> str:
        """Move a finished file in, and return its sha256."""
        with path.open("rb+") as file:  # Windows flushes only what is open for writing
            sha256 = file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        self._put(sha256, path)
        return sha256

    def flush_all(self, files: Mapping[str, Path], progress: Callable[[int, int], None]) -> frozenset[str]:
        """Flush those of many finished files, by their sha256, that are not here yet, and return which these are.

        A disk may take a minute for it, so that it is done before `settling` is held.
        """
        new = {sha256: path for sha256, path in files.items() if not self._target(sha256).exists()}
        with ThreadPoolExecutor(_FLUSHING) as pool:
            for done, _ in enumerate(pool.map(_flush, new.values()), start=1):
                progress(done, len(new))
        return frozenset(new)

    def keep_all(self, files: Mapping[str, Path], flushed: Set[str]) -> None:
        """Move many finished files in, by their sha256; those that `flush_all` did not return were here then."""
        for sha256, path in files.items():
            if sha256 not in flushed and not self._target(sha256).exists():
                _flush(path)  # Somebody has removed the one that was here.
            self._put(sha256, path)

    def _target(self, sha256: str) -> Path:
        return safe_path(self.root, self.where(sha256))

    def _put(self, sha256: str, path: Path) -> None:
        target = self._target(sha256)
        target.parent.mkdir(exist_ok=True)
        try:
            os.utime(target)  # Its age counts from the last time that somebody brought it.
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            path.replace(target)
            os.utime(target)

    @contextmanager
    def settling(self, patience: float) -> Iterator[None]:
        """Hold what lies here as it is, from seeing that a file is there to writing down who names it.

        The thread that holds it may ask for it again. Raises ThawError if somebody else holds it for longer than
        `patience`, in seconds.
        """
        try:
            self._settling.acquire(timeout=patience)
        except Timeout:
            raise ThawError("Many pictures are just coming in.", "Try again in a moment.") from None
        try:
            yield
        finally:
            self._settling.release()

    def size(self, sha256: str) -> int:
        """Return the bytes of a file, 0 if it is not there."""
        try:
            return self._target(sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def all_bytes(self) -> int:
        """Return the bytes of all files."""
        return sum(facts.st_size for _, facts in self._files())

    def all(self) -> list[tuple[str, float]]:
        """Return the sha256 of every file, and its age in seconds."""
        now = time.time()
        return [(sha256, now - facts.st_mtime) for sha256, facts in self._files()]

    def _files(self) -> Iterator[tuple[str, os.stat_result]]:
        for path in self.root.glob("*/*"):
            if path.parent != self.making:
                # Another process may just have removed it.
                with suppress(FileNotFoundError):
                    yield path.name, path.stat()

    def drop(self, sha256: str) -> None:
        """Remove a file that nothing names any more."""
        # Windows does not remove a file that somebody reads; then it stays.
        with suppress(PermissionError):
            self._target(sha256).unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file or a folder that is nobody's any more; what is gone already, or what somebody reads, is left."""
    with suppress(FileNotFoundError, PermissionError):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _maker(path: Path) -> Claimant | None:
    """Return the process that makes what lies aside; None where an earlier Thaw has named it."""
    try:
        pid, started, _ = path.name.split("_")
        return Claimant(int(pid), float(started))
    except ValueError:
        return None


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
