"""Sets of pictures as they were learned: manifests, and where their files lie."""

import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row
from threading import Lock

from tlcore.data.manifest import Example, Manifest
from tlcore.errors import ThawError
from tlcore.store.database import Database

_PICTURES = 400_000
"""Pictures of all the sets that are kept read; a hundred thousand take a second to read, and 60 MB."""


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
        self._read: OrderedDict[tuple[str, float], Dataset] = OrderedDict()
        self._reading = Lock()

    def add(self, workspace: str, manifest: Manifest, roots: Sequence[Path]) -> Dataset:
        """Keep a set; the same pictures with the same labels again replace the earlier row."""
        row = self._database.row(
            "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, digest) DO UPDATE"
            " SET created = excluded.created, roots = excluded.roots, manifest = excluded.manifest"
            " RETURNING id, created",
            secrets.token_hex(16),
            workspace,
            manifest.digest,
            time.time(),
            json.dumps([str(root) for root in roots]),
            manifest.written(),
        )
        assert row is not None
        kept = Dataset(id=row["id"], roots=tuple(roots), manifest=manifest)
        return self._remember((row["id"], row["created"]), kept)

    def of(self, workspace: str) -> list[Dataset]:
        """Return a workspace's sets, newest first."""
        query = "SELECT id, created FROM datasets WHERE workspace = ? ORDER BY created DESC"
        return [self._dataset(row) for row in self._database.rows(query, workspace)]

    def get(self, digest: str, workspace: str) -> Dataset | None:
        """Return the workspace's set with this content, or None."""
        query = "SELECT id, created FROM datasets WHERE digest = ? AND workspace = ?"
        row = self._database.row(query, digest, workspace)
        return self._dataset(row) if row else None

    def by_digest(self, digest: str, workspace: str) -> Dataset:
        """Return a set with this content, the workspace's own first, for our own processes.

        Raises ThawError if it is gone.
        """
        query = "SELECT id, created FROM datasets WHERE digest = ? ORDER BY workspace = ? DESC, created DESC"
        for row in self._database.rows(query, digest, workspace):
            found = self._dataset(row)
            if all(root.is_dir() for root in found.roots):
                return found
        raise ThawError("The pictures of this run are not here any more.", "Read the folder in again.")

    def _dataset(self, row: Row) -> Dataset:
        """Return the set of a row's id, which is read once for each moment at which it was written."""
        key = (row["id"], row["created"])
        with self._reading:
            if key not in self._read:
                whole = self._database.row("SELECT roots, manifest FROM datasets WHERE id = ?", row["id"])
                if whole is None:
                    raise ThawError("This set is not here any more.", "Read the pictures in again.")
                roots = tuple(Path(root) for root in json.loads(whole["roots"]))
                self._keep(key, Dataset(id=row["id"], roots=roots, manifest=Manifest.read(whole["manifest"])))
            self._read.move_to_end(key)
            return self._read[key]

    def _remember(self, key: tuple[str, float], found: Dataset) -> Dataset:
        with self._reading:
            self._keep(key, found)
        return found

    def _keep(self, key: tuple[str, float], found: Dataset) -> None:
        self._read[key] = found
        while len(self._read) > 1 and sum(len(one.manifest.examples) for one in self._read.values()) > _PICTURES:
            self._read.popitem(last=False)
