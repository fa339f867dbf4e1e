"""Runs: what was asked for, who works on it, and everything that happened."""

import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sqlite3 import Connection, Row

from tlcore.config import RunConfig
from tlcore.controls import KINDS as CONTROLS
from tlcore.controls import Control, Pause, SetRate, Stop, StopAfterEpoch
from tlcore.errors import ProcessError
from tlcore.events import KINDS, Event, Failed, Finished, Interrupted, Paused, Resumed, Saved, Stopped
from tlcore.records import from_json, to_json
from tlcore.store.claims import Claimant
from tlcore.store.database import Database, as_written

_ENDED = tuple(kind.__name__ for kind in (Finished, Stopped, Failed))
_RESTING = tuple(kind.__name__ for kind in (Paused, Interrupted))
_OPEN = (
    f"NOT EXISTS (SELECT 1 FROM events AS ended WHERE run = runs.id AND kind IN {(*_ENDED, *_RESTING)}"
    f" AND (kind IN {_ENDED} OR NOT EXISTS"
    " (SELECT 1 FROM events WHERE run = runs.id AND kind = 'Resumed' AND sequence > ended.sequence)))"
)
"""Waiting for a worker, or worked on; runs that rest are not. The list of all kinds comes first for the index."""
_HAS_ENDED = f"EXISTS (SELECT 1 FROM events WHERE run = runs.id AND kind IN {_ENDED})"
_RESTS = f"SELECT 1 FROM runs WHERE id = ? AND NOT {_OPEN} AND NOT {_HAS_ENDED}"
_SELECT = (
    "SELECT *, (SELECT kind FROM controls WHERE run = runs.id AND kind != 'SetRate' ORDER BY id DESC LIMIT 1) AS wish"
    " FROM runs"
)


INTERRUPTED = Interrupted(
    sentence="The process that trained was ended, or ran out of memory.",
    advice="If it happens again, smaller batches need less memory.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One row of the queue; the row is the request."""

    id: str
    workspace: str
    created: float
    config: RunConfig
    claimant: Claimant | None
    wish: type[Control] | None = None
    """What a person wants of it next: a pause or an end; None if it shall go on."""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A control with its id, which rises, and its time (seconds since 1970)."""

    id: int
    time: float
    control: Control


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place and its time (seconds since 1970)."""

    sequence: int
    time: float
    event: Event


class Runs:
    """The runs of all workspaces; readers name the workspaces that they may see."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, config: RunConfig, workspace: str, nonce: str, claimant: Claimant | None = None) -> Run:
        """File a run and return it; the same nonce again returns the first one, so a double click is one run.

        A run that is filed with a claimant is worked on by that process and is not for the supervisor.
        """
        values = (secrets.token_hex(16), workspace, nonce, time.time(), to_json(config))
        holder = (claimant.pid, claimant.started) if claimant else (None, None)
        self._database.write(
            "INSERT INTO runs (id, workspace, nonce, created, config, pid, pid_started) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (workspace, nonce) DO NOTHING",
            *values,
            *holder,
        )
        row = self._database.row(f"{_SELECT} WHERE workspace = ? AND nonce = ?", workspace, nonce)
        assert row is not None
        return _run(row)

    def get(self, run: str, workspaces: Sequence[str]) -> Run | None:
        """Return a run of these workspaces; an unknown run and a foreign one are both None."""
        marks = ", ".join("?" * len(workspaces))
        query = f"{_SELECT} WHERE id = ? AND workspace IN ({marks})"
        row = self._database.row(query, run, *workspaces)
        return _run(row) if row else None

    def recent(self, workspaces: Sequence[str], most: int) -> list[Run]:
        """Return the newest runs of these workspaces, newest first."""
        marks = ", ".join("?" * len(workspaces))
        query = f"{_SELECT} WHERE workspace IN ({marks}) ORDER BY created DESC LIMIT ?"
        return [_run(row) for row in self._database.rows(query, *workspaces, most)]

    def newest(self, most: int) -> list[Run]:
        """Return the newest runs of every workspace, for the command line, whose user owns the home folder."""
        return [_run(row) for row in self._database.rows(f"{_SELECT} ORDER BY created DESC LIMIT ?", most)]

    def named(self, run: str) -> Run:
        """Return a run by its id, for our own processes, which hold ids that the store gave them."""
        row = self._database.row(f"{_SELECT} WHERE id = ?", run)
        assert row is not None
        return _run(row)

    def open(self) -> list[Run]:
        """Return the runs that have not ended, oldest first."""
        query = f"{_SELECT} WHERE {_OPEN} ORDER BY created"
        return [_run(row) for row in self._database.rows(query)]

    def ahead_of(self, run: Run) -> int:
        """Return how many open runs stand before this one."""
        query = f"SELECT count(*) AS number FROM runs WHERE {_OPEN} AND created < ?"
        row = self._database.row(query, run.created)
        return int(row["number"]) if row else 0

    def claim_next(self, claimant: Claimant) -> str | None:
        """Give the oldest waiting run to a process and return its id, unless another run is being worked on."""
        row = self._database.row(
            "UPDATE runs SET pid = ?, pid_started = ? WHERE id ="
            f" (SELECT id FROM runs WHERE pid IS NULL AND {_OPEN} ORDER BY created LIMIT 1)"
            f" AND NOT EXISTS (SELECT 1 FROM runs WHERE pid IS NOT NULL AND {_OPEN}) RETURNING id",
            claimant.pid,
            claimant.started,
        )
        return str(row["id"]) if row else None

    def append(self, run: str, events: Iterable[Event]) -> None:
        """Add events after those that are there, all or none; raise ProcessError if the run has ended already."""
        with self._database.transaction() as connection:
            if not connection.execute(f"SELECT 1 FROM runs WHERE id = ? AND {_OPEN}", (run,)).fetchone():
                raise ProcessError("This run has ended already.", "Start another one.")
            _append(connection, run, events)

    def events(self, run: str, after: int = 0) -> list[Entry]:
        """Return the events after the one with sequence `after`."""
        query = "SELECT * FROM events WHERE run = ? AND sequence > ? ORDER BY sequence"
        with as_written():
            return [
                Entry(row["sequence"], row["time"], from_json(KINDS[row["kind"]], row["body"]))
                for row in self._database.rows(query, run, after)
            ]

    def ask(self, run: str, control: Control) -> int | None:
        """Ask something of a run: one at work does it after its step, one that waits or rests stops at once.

        Return the id of the control, which a Changed will name, or None if there was nobody to ask.
        """
        with self._database.transaction() as connection:
            row = connection.execute(f"SELECT pid FROM runs WHERE id = ? AND {_OPEN}", (run,)).fetchone()
            if row is None:
                if isinstance(control, Stop) and connection.execute(_RESTS, (run,)).fetchone():
                    _append(connection, run, [Stopped(seconds=0.0)])
                return None
            values = (run, time.time(), type(control).__name__, to_json(control))
            asked = connection.execute("INSERT INTO controls (run, time, kind, body) VALUES (?, ?, ?, ?)", values)
            if row["pid"] is None and isinstance(control, Stop | StopAfterEpoch):
                _append(connection, run, [Stopped(seconds=0.0)])
            if row["pid"] is None and isinstance(control, Pause):
                _append(connection, run, [Paused(seconds=0.0)])
            return asked.lastrowid

    def controls(self, run: str, after: int = 0) -> list[AskedFor]:
        """Return what was asked of a run after the control with id `after`, oldest first."""
        query = "SELECT * FROM controls WHERE run = ? AND id > ? ORDER BY id"
        return [
            AskedFor(row["id"], row["time"], from_json(CONTROLS[row["kind"]], row["body"]))
            for row in self._database.rows(query, run, after)
        ]

    def resume(self, run: str, claimant: Claimant | None = None) -> bool:
        """Let a paused or interrupted run go on, and say whether it was one; what was asked before is void but rates.

        It goes back into the queue, or to the process that `claimant` names.
        """
        holder = (claimant.pid, claimant.started) if claimant else (None, None)
        with self._database.transaction() as connection:
            if connection.execute(_RESTS, (run,)).fetchone() is None:
                return False
            connection.execute("UPDATE runs SET pid = ?, pid_started = ? WHERE id = ?", (*holder, run))
            connection.execute("DELETE FROM controls WHERE run = ? AND kind != ?", (run, SetRate.__name__))
            _append(connection, run, [Resumed()])
            return True

    def points(self, *, needed: bool) -> set[str]:
        """Return the sha256 of the save points from which a run may go on, or of the others that were named."""
        newest = "sequence = (SELECT max(sequence) FROM events WHERE run = runs.id AND kind = 'Saved')"
        which = f"{'' if needed else 'NOT '}(NOT {_HAS_ENDED} AND {newest})"
        query = f"SELECT body FROM events AS saved JOIN runs ON run = runs.id WHERE saved.kind = 'Saved' AND {which}"
        return {from_json(Saved, row["body"]).sha256 for row in self._database.rows(query)}

    def bury(self) -> None:
        """Write down of every run whose process is gone that it is interrupted."""
        for run in self.open():
            if run.claimant is not None and not run.claimant.alive:
                self.end(run.id, INTERRUPTED)

    def end(self, run: str, event: Failed | Interrupted) -> None:
        """Append the end of a run whose worker cannot do so itself, unless it has ended already."""
        with self._database.transaction() as connection:
            if connection.execute(f"SELECT 1 FROM runs WHERE id = ? AND {_OPEN}", (run,)).fetchone():
                _append(connection, run, [event])

    def beginning_with(self, letters: str) -> list[Run]:
        """Return runs of every workspace whose ids begin with `letters`; two at most, which is one too many."""
        query = f"{_SELECT} WHERE substr(id, 1, length(?)) = ? LIMIT 2"
        return [_run(row) for row in self._database.rows(query, letters, letters)]


def _append(connection: Connection, run: str, events: Iterable[Event]) -> None:
    (last,) = connection.execute("SELECT max(sequence) FROM events WHERE run = ?", (run,)).fetchone()
    rows = [
        (run, (last or 0) + place, time.time(), type(event).__name__, to_json(event))
        for place, event in enumerate(events, start=1)
    ]
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)


@lru_cache(maxsize=256)
def _config(text: str) -> RunConfig:
    """Return what was asked for; every page that looks at a run reads its row again and again."""
    return from_json(RunConfig, text)


def _run(row: Row) -> Run:
    with as_written():
        return Run(
            id=row["id"],
            workspace=row["workspace"],
            created=row["created"],
            config=_config(row["config"]),
            claimant=Claimant(row["pid"], row["pid_started"]) if row["pid"] is not None else None,
            wish=CONTROLS[row["wish"]] if row["wish"] else None,
        )
