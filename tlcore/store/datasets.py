"""Sets of pictures: manifests, and where their files lie."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from tlcore.data.manifest import Manifest
from tlcore.errors import ThawError
from tlcore.records import from_json, to_json
from tlcore.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A manifest and the folder that its examples lie below."""

    id: str
    root: Path
    manifest: Manifest

    def path(self, picture: str) -> Path:
        """Return the file of the example with this id; raise ThawError if there is none."""
        for example in self.manifest.examples:
            if example.id == picture:
                return self.root / example.where
        raise ThawError("This picture is not in the set.", "Choose another one.")


class Datasets:
    """The sets of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, workspace: str, manifest: Manifest, root: Path) -> Dataset:
        """Keep a set; the same pictures with the same labels again replace the earlier row."""
        self._database.write(
            "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, digest) DO UPDATE"
            " SET created = excluded.created, root = excluded.root, manifest = excluded.manifest",
            secrets.token_hex(16),
            workspace,
            manifest.digest,
            time.time(),
            str(root),
            to_json(manifest),
        )
        found = self.get(manifest.digest, workspace)
        assert found is not None
        return found

    def of(self, workspace: str) -> list[Dataset]:
        """Return a workspace's sets, newest first."""
        query = "SELECT * FROM datasets WHERE workspace = ? ORDER BY created DESC"
        return [_dataset(row) for row in self._database.rows(query, workspace)]

    def get(self, digest: str, workspace: str) -> Dataset | None:
        """Return the workspace's set with this content, or None."""
        row = self._database.row("SELECT * FROM datasets WHERE digest = ? AND workspace = ?", digest, workspace)
        return _dataset(row) if row else None

    def by_digest(self, digest: str, workspace: str) -> Dataset:
        """Return a set with this content, the workspace's own first, for our own processes.

        Raises ThawError if it is gone.
        """
        query = "SELECT * FROM datasets WHERE digest = ? ORDER BY workspace = ? DESC, created DESC"
        for row in self._database.rows(query, digest, workspace):
            found = _dataset(row)
            if found.root.is_dir():
                return found
        raise ThawError("The pictures of this run are not here any more.", "Read the folder in again.")


def _dataset(row: Row) -> Dataset:
    return Dataset(id=row["id"], root=Path(row["root"]), manifest=from_json(Manifest, row["manifest"]))
