"""The home folder: the store's database and the folders beside it."""

import secrets
from pathlib import Path

from tlcore.errors import ThawError
from tlcore.store.asked import Asked
from tlcore.store.blobs import Blobs
from tlcore.store.database import Database
from tlcore.store.datasets import Datasets
from tlcore.store.drafts import Drafts
from tlcore.store.errands import Errands
from tlcore.store.imported import Imported
from tlcore.store.intake import Intake
from tlcore.store.processes import Processes
from tlcore.store.runs import Runs


class Store:
    """Everything that is kept, one room per kind."""

    def __init__(self, home: Path) -> None:
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ThawError(
                f"The home folder {home.name} cannot be made: {error.strerror}.", "Name another one with THAW_HOME."
            ) from None
        self.home = home
        self._database = Database(home / "thaw.sqlite3")
        self.asked = Asked(self._database)
        self.blobs = Blobs(home / "blobs")
        self.datasets = Datasets(self._database)
        self.drafts = Drafts(self._database)
        self.errands = Errands(self._database)
        self.imported = Imported(self._database)
        self.intake = Intake(home / "intake")
        self.processes = Processes(self._database)
        self.runs = Runs(self._database)

    @property
    def thumbnails(self) -> Path:
        """Folder of small pictures, by the id of the example."""
        return self.home / "thumbnails"

    @property
    def samples(self) -> Path:
        """Folder of the sets that come with the installation or from a public place."""
        return self.home / "samples"

    @property
    def logs(self) -> Path:
        """Folder of what processes print."""
        folder = self.home / "logs"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def supervisor_lock(self) -> Path:
        """File that the one supervisor holds."""
        return self.home / "supervisor.lock"

    def command_line_workspace(self) -> str:
        """Return the command line's own workspace id, made when first asked for."""
        path = self.home / "workspace"
        if not path.exists():
            path.write_text(secrets.token_hex(16), encoding="ascii")
        return path.read_text(encoding="ascii").strip()

    def close(self) -> None:
        """Close the database."""
        self._database.close()
