"""One SQLite file, opened so that many processes may read and write it; a full disk is told by OSError."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from filelock import FileLock

from tlcore.errors import DamagedError, ThawError
from tlcore.store.schema import MIGRATIONS, SCHEMA, VERSION

BUSY_TIMEOUT = 5.0
"""Seconds that a writer waits for another one."""
_DAMAGES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""What SQLite says of a damaged file; of our own queries, which are always the same, it has no other complaint."""


@contextmanager
def as_written() -> Iterator[None]:
    """Tell in words that what is read inside, from a row, is not what was written; raises DamagedError."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise _damaged() from fault


class Database:
    """A connection that threads share, one at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        # Turning a new file into one with a write-ahead log does not wait for others who do the same.
        with FileLock(f"{path}.lock"):
            self._connection = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            try:
                with _sound():
                    self._prepare()
            except BaseException:
                self.close()
                raise

    def _prepare(self) -> None:
        self._connection.row_factory = sqlite3.Row
        # Write-ahead logging lets pages read while a worker writes.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._expect_ok("PRAGMA quick_check(1)")
        self._create()

    def check(self) -> None:
        """Compare tables and indexes too, which takes thrice as long as what is looked at when the file is opened.

        Raises DamagedError.
        """
        with self._lock, _sound():
            self._expect_ok("PRAGMA integrity_check(1)")

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._lock, _sound():
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        return next(iter(self.rows(query, *values)), None)

    def write(self, query: str, *values: object) -> int:
        """Run one statement and return the number of rows it touched."""
        with self._lock, _sound():
            return self._connection.execute(query, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the database for several statements that count together or not at all."""
        with self._lock, _sound():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # On some faults, such as a full disk, SQLite has rolled back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _expect_ok(self, question: str) -> None:
        if self._connection.execute(question).fetchone()[0] != "ok":
            raise _damaged()

    def _create(self) -> None:
        with self.transaction() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise ThawError(
                    "The home folder was written by a newer Thaw.",
                    "Update this one, or name another folder with THAW_HOME.",
                )
            scripts = [SCHEMA] if version == 0 else [MIGRATIONS[old] for old in range(version, VERSION)]
            for statement in ";".join(scripts).split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _sound() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        # Python itself, which has no code, complains of texts that are none.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF in _DAMAGES:
            raise _damaged() from error
        if code & 0xFF == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise


def _damaged() -> DamagedError:
    return DamagedError(
        "The database of the home folder is damaged.",
        "Put a backup of thaw.sqlite3 in its place, or move it away to begin anew; pictures and weights lie beside it.",
    )
