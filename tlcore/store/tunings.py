"""What was measured of networks on this machine, so that later runs begin at once."""

from tlcore.arithmetic import Paces
from tlcore.errors import ChoiceError
from tlcore.records import from_json, to_json
from tlcore.store.database import Database


class Tunings:
    """Paces by a key that tells machine, libraries, network, weights and picture size."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, key: str) -> Paces | None:
        """Return what was measured; None if nothing was, or if another Thaw wrote it in its own way."""
        row = self._database.row("SELECT body FROM tunings WHERE key = ?", key)
        try:
            return from_json(Paces, row["body"]) if row else None
        except ChoiceError:
            return None

    def keep(self, key: str, paces: Paces) -> None:
        """Keep what was measured, in place of what was before."""
        self._database.write(
            "INSERT INTO tunings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
            key,
            to_json(paces),
        )
