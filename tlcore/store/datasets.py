"""Sets of pictures as they were learned: manifests, and where their files lie."""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from tlcore.data.manifest import Example, Manifest
from tlcore.errors import ThawError
from tlcore.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A manifest and the folders that its examples lie below."""

    id: str
    roots: tuple[Path, ...]
    manifest: Manifest

    def file(self, example: Example) -> Path:
        """Return where an example lies."""
        return self.roots[example.source] / example.where

    def path(self, picture: str) -> Path:
        """Return the file of the example with this id; raise ThawError if there is none."""
        for example in self.manifest.examples:
            if example.id == picture:
                return self.file(example)
        raise ThawError("This picture is not in the set.", "Choose another one.")


class Datasets:
    """The sets of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, workspace: str, manifest: Manifest, roots: Sequence[Path]) -> Dataset:
        """Keep a set; the same pictures with the same labels again replace the earlier row."""
        row = self._database.row(
            "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, digest) DO UPDATE"
            " SET created = excluded.created, roots = excluded.roots, manifest = excluded.manifest RETURNING id",
            secrets.token_hex(16),
            workspace,
            manifest.digest,
            time.time(),
            json.dumps([str(root) for root in roots]),
            manifest.written(),
        )
        assert row is not None
        return Dataset(id=row["id"], roots=tuple(roots), manifest=manifest)

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
            if all(root.is_dir() for root in found.roots):
                return found
        raise ThawError("The pictures of this run are not here any more.", "Read the folder in again.")


def _dataset(row: Row) -> Dataset:
    roots = tuple(Path(root) for root in json.loads(row["roots"]))
    return Dataset(id=row["id"], roots=roots, manifest=Manifest.read(row["manifest"]))
