"""The home folder: the store's database and the folders beside it."""

import secrets
import time
from contextlib import suppress
from pathlib import Path

from tlcore.errors import DamagedError, ThawError
from tlcore.store.albums import Albums
from tlcore.store.asked import Asked
from tlcore.store.beginnings import Beginnings
from tlcore.store.blobs import Blobs, remove
from tlcore.store.database import Database
from tlcore.store.datasets import Datasets
from tlcore.store.drafts import Drafts
from tlcore.store.errands import Errands
from tlcore.store.imported import Imported
from tlcore.store.intake import Intake
from tlcore.store.known_sets import KnownSets
from tlcore.store.own import OwnPictures
from tlcore.store.processes import Processes
from tlcore.store.runs import Runs
from tlcore.store.space import Space
from tlcore.store.tunings import Tunings

_LEFT_BEHIND = 24 * 3600.0
"""Seconds after which what nobody names is nobody's any more."""
_UNNAMED = 60.0
"""Seconds; a save point gets its name in far fewer, unless its worker has died between the two."""


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
        database = home / "thaw.sqlite3"
        if (home / "blobs").exists() and database.exists() and not database.stat().st_size:
            raise DamagedError(
                "The database of the home folder is empty, though pictures lie beside it.",
                "Put a backup of thaw.sqlite3 in its place, or move it away to begin anew.",
            )
        self._database = Database(database)
        self.asked = Asked(self._database)
        self.beginnings = Beginnings(home / "beginnings")
        self.blobs = Blobs(home / "blobs")
        self.points = Blobs(home / "points")
        self.own = OwnPictures(home / "own")
        self.datasets = Datasets(self._database, self.own)
        self.albums = Albums(self._database, self.blobs, self.datasets)
        self.drafts = Drafts(self._database)
        self.errands = Errands(self._database)
        self.imported = Imported(self._database)
        self.intake = Intake(home / "intake")
        self.processes = Processes(self._database)
        self.runs = Runs(self._database)
        self.tunings = Tunings(self._database)
        self.known_sets = KnownSets(self.downloads, self.blobs)
        self.space = Space(self._database, self.blobs, self.albums, self.intake, self.thumbnails)

    @property
    def thumbnails(self) -> Path:
        """Folder of small pictures, by the id of the example."""
        return self.home / "thumbnails"

    @property
    def samples(self) -> Path:
        """Folder of the sets that come with the installation."""
        return self.home / "samples"

    @property
    def downloads(self) -> Path:
        """Folder of downloads on their way, which go on where they broke off."""
        return self.home / "downloads"

    @property
    def logs(self) -> Path:
        """Folder of what processes print."""
        folder = self.home / "logs"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def settings(self) -> Path:
        """File that says what the operator of the newest app allowed."""
        return self.home / "settings.json"

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

    def sweep(self) -> None:
        """Remove what is nobody's any more.

        That are files in the making, unfinished uploads, save points of ended runs, and what no album, set, run or
        import names.
        """
        self.space.sweep(self.known_sets.surveys() | self.own.all(), _LEFT_BEHIND)
        self.tidy()
        for folder in (self.blobs.making, self.points.making, self.intake.root):
            for left in folder.glob("*"):
                with suppress(FileNotFoundError):  # It may just be finished.
                    if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                        remove(left)

    def tidy(self) -> None:
        """Remove what processes that died were just writing, and save points from which no run goes on."""
        for room in (self.blobs, self.points):
            room.clear_aside()
        self.beginnings.clear()
        if kept := self.points.all():
            needed, named = self.runs.points(needed=True), self.runs.points(needed=False)
            for sha256, age in kept:
                if sha256 not in needed and (sha256 in named or age > _UNNAMED):
                    self.points.drop(sha256)

    def check(self) -> None:
        """Look for damage that opening does not find; raise DamagedError."""
        self._database.check()

    def close(self) -> None:
        """Close the database."""
        self._database.close()
