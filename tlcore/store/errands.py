"""Errands on their way: how far they are, what came of them."""

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row

from tlcore.errands import KINDS, Errand, lane_of
from tlcore.errors import ThawError
from tlcore.records import from_json, to_json
from tlcore.store.claims import Claimant
from tlcore.store.database import Database

AT_A_TIME = 2
"""Errands of one lane that go on at once; more of them would only take the cores and the memory from each other."""
_MEMORY = 3600.0
"""Seconds for which it counts that a workspace has had its turns."""


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
    sealed: bool
    """Whether it is too far for that: what is left to do is done whole."""

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

    def next(self) -> list[Progress]:
        """Return the errands that may begin: of each lane as many as still go on at once, and all that are in none.

        Who has had the fewest turns lately comes first, and then who has waited longest.
        """
        opened = self.open()
        going = Counter(lane_of(one.errand) for one in opened if one.claimant is not None)
        waiting = [one for one in opened if one.claimant is None and one.cancelled is None]
        begin = [one for one in waiting if not lane_of(one.errand)]
        waiting = [one for one in waiting if lane_of(one.errand)]
        turns = self._turns() if waiting else Counter()
        while waiting:
            one = min(waiting, key=lambda one: turns[one.workspace])
            waiting.remove(one)
            lane = lane_of(one.errand)
            if going[lane] < AT_A_TIME:
                begin.append(one)
                going[lane] += 1
                turns[one.workspace] += 1
        return begin

    def waits_for_others(self, asked: Progress) -> bool:
        """Say whether an errand has not begun because others of its lane are at it."""
        lane = lane_of(asked.errand)
        if not lane or asked.claimant is not None:
            return False
        return sum(one.claimant is not None for one in self.open() if isinstance(one.errand, lane)) >= AT_A_TIME

    def _turns(self) -> Counter[str]:
        """Return how many errands of each workspace have begun lately."""
        query = (
            "SELECT workspace, COUNT(*) AS turns FROM errands WHERE pid IS NOT NULL AND created > ? GROUP BY workspace"
        )
        return Counter({row["workspace"]: row["turns"] for row in self._database.rows(query, time.time() - _MEMORY)})

    def claim(self, identifier: str, claimant: Claimant) -> None:
        """Note who does it."""
        query = "UPDATE errands SET pid = ?, pid_started = ? WHERE id = ?"
        self._database.write(query, claimant.pid, claimant.started, identifier)

    def cancel(self, identifier: str) -> None:
        """Ask for an errand's end, unless it is sealed; it comes as a fault, unless the errand was as good as done."""
        query = "UPDATE errands SET cancelled = ? WHERE id = ? AND cancelled IS NULL AND sealed = 0"
        self._database.write(query, time.time(), identifier)

    def seal(self, identifier: str) -> bool:
        """Note that it is too far to be cancelled, and return True; False if it was cancelled before."""
        query = "UPDATE errands SET sealed = 1 WHERE id = ? AND cancelled IS NULL"
        return bool(self._database.write(query, identifier))

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
        sealed=bool(row["sealed"]),
    )
