"""Errands on their way: how far they are, what came of them."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row

from tlcore.errands import KINDS, Errand
from tlcore.errors import ThawError
from tlcore.records import from_json, to_json
from tlcore.store.claims import Claimant
from tlcore.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of one errand."""

    id: str
    workspace: str
    errand: Errand
    done: int
    total: int
    """In the errand's own unit: pictures or bytes; 0 while unknown."""
    result: str | None
    """What came of it: the id of an album, or the name of a file."""
    fault: str | None
    """One sentence for a person."""
    claimant: Claimant | None
    cancelled: float | None
    """When the person asked for its end, in seconds since 1970."""

    @property
    def open(self) -> bool:
        """Say whether it is still on its way."""
        return self.result is None and self.fault is None


class Errands:
    """The errands of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, errand: Errand, workspace: str) -> Progress:
        """File an errand; one that is just like an open one of the workspace is that one, so two clicks are one."""
        like = (workspace, type(errand).__name__, to_json(errand))
        with self._database.transaction() as connection:
            query = (
                "SELECT id FROM errands WHERE workspace = ? AND kind = ? AND body = ?"
                " AND result IS NULL AND fault IS NULL"
            )
            row = connection.execute(query, like).fetchone()
            identifier = row["id"] if row else secrets.token_hex(16)
            if row is None:
                connection.execute(
                    "INSERT INTO errands (id, created, workspace, kind, body) VALUES (?, ?, ?, ?, ?)",
                    (identifier, time.time(), *like),
                )
        return self.get(identifier)

    def get(self, identifier: str) -> Progress:
        """Return the state of an errand."""
        row = self._database.row("SELECT * FROM errands WHERE id = ?", identifier)
        if row is None:
            raise ThawError("This errand is not known.", "Start it again.")
        return _progress(row)

    def newest(self, workspace: str, kinds: Sequence[type[Errand]]) -> Progress | None:
        """Return the workspace's newest errand of these kinds whose outcome nobody has taken yet."""
        marks = ", ".join("?" * len(kinds))
        row = self._database.row(
            f"SELECT * FROM errands WHERE workspace = ? AND kind IN ({marks}) AND taken = 0"
            " ORDER BY created DESC LIMIT 1",
            workspace,
            *(kind.__name__ for kind in kinds),
        )
        return _progress(row) if row else None

    def reads(self, workspace: str, upload: str) -> bool:
        """Say whether the workspace has an errand, done or not, for which these files were sent."""
        query = "SELECT id FROM errands WHERE workspace = ? AND json_extract(body, '$.upload') = ?"
        return self._database.row(query, workspace, upload) is not None

    def open(self) -> list[Progress]:
        """Return the errands that are not done, oldest first."""
        query = "SELECT * FROM errands WHERE result IS NULL AND fault IS NULL ORDER BY created"
        return [_progress(row) for row in self._database.rows(query)]

    def claim(self, identifier: str, claimant: Claimant) -> None:
        """Note who does it."""
        query = "UPDATE errands SET pid = ?, pid_started = ? WHERE id = ?"
        self._database.write(query, claimant.pid, claimant.started, identifier)

    def cancel(self, identifier: str) -> None:
        """Ask for an errand's end; it comes as a fault, unless the errand was as good as done."""
        query = "UPDATE errands SET cancelled = ? WHERE id = ? AND cancelled IS NULL"
        self._database.write(query, time.time(), identifier)

    def report(self, identifier: str, done: int, total: int) -> None:
        """Note how far it is."""
        self._database.write("UPDATE errands SET done = ?, total = ? WHERE id = ?", done, total, identifier)

    def finish(self, identifier: str, result: str) -> None:
        """Note what came of it."""
        self._database.write("UPDATE errands SET result = ? WHERE id = ?", result, identifier)

    def take(self, identifier: str) -> None:
        """Note that somebody has seen what came of it, so that it is not told or applied again."""
        self._database.write("UPDATE errands SET taken = 1 WHERE id = ?", identifier)

    def fail(self, identifier: str, fault: str) -> None:
        """Note why nothing came of it."""
        query = "UPDATE errands SET fault = ? WHERE id = ? AND result IS NULL AND fault IS NULL"
        self._database.write(query, fault, identifier)


def _progress(row: Row) -> Progress:
    return Progress(
        id=row["id"],
        workspace=row["workspace"],
        errand=from_json(KINDS[row["kind"]], row["body"]),
        done=row["done"],
        total=row["total"],
        result=row["result"],
        fault=row["fault"],
        claimant=Claimant(row["pid"], row["pid_started"]) if row["pid"] is not None else None,
        cancelled=row["cancelled"],
    )
