"""Our processes and what they say of themselves, such as `ready`."""

from typing import Literal

from tlcore.store.claims import Claimant
from tlcore.store.database import Database

Role = Literal["app", "supervisor", "worker", "desk"]


class Processes:
    """The processes that share a home folder; the dead ones are swept out when somebody looks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, role: Role, note: str = "") -> None:
        """Say that this process is there, and what it is doing."""
        here = Claimant.here()
        query = (
            "INSERT INTO processes VALUES (?, ?, ?, ?)"
            " ON CONFLICT (pid, pid_started) DO UPDATE SET note = excluded.note"
        )
        self._database.write(query, here.pid, here.started, role, note)

    def living(self, role: Role) -> list[tuple[Claimant, str]]:
        """Return the living processes of a role, each with its note."""
        found = []
        for row in self._database.rows("SELECT * FROM processes WHERE role = ?", role):
            claimant = Claimant(row["pid"], row["pid_started"])
            if claimant.alive:
                found.append((claimant, str(row["note"])))
            else:
                query = "DELETE FROM processes WHERE pid = ? AND pid_started = ?"
                self._database.write(query, claimant.pid, claimant.started)
        return found
