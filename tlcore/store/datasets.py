"""Sets of pictures as they were learned: manifests, and where their files lie."""

import json
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row
from threading import Lock

from tlcore.data.manifest import Example, Manifest
from tlcore.errors import DamagedError, ThawError
from tlcore.questions import OWN, Shown
from tlcore.store.database import Database, as_written
from tlcore.store.own import OwnPictures
from tlcore.store.recent import Recent


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A manifest and the folders that its examples lie below."""

    roots: tuple[Path, ...]
    manifest: Manifest

    def pictures(self) -> int:
        """Return how many pictures it has."""
        return len(self.manifest.examples)

    def file(self, example: Example) -> Path:
        """Return where an example lies."""
        return self.roots[example.source] / example.where

    def is_whole(self) -> bool:
        """Say whether all files are still there."""
        return all(self.file(example).is_file() for example in self.manifest.examples)

    def path(self, picture: str) -> Path:
        """Return the file of the example with this id; raise ThawError if there is none."""
        for example in self.manifest.examples:
            if example.id == picture:
                return self.file(example)
        raise ThawError("This picture is not in the set.", "Choose another one.")


class Datasets:
    """The sets of all workspaces, as runs know them: by their content, wherever it lies."""

    def __init__(self, database: Database, own: OwnPictures) -> None:
        self._database = database
        self._own = own
        self._recent: Recent[Dataset] = Recent(Dataset.pictures)
        self._reading = Lock()

    def add(self, workspace: str, manifest: Manifest, roots: Sequence[Path], state: str) -> Dataset:
        """Keep a set, and return it as it is kept; `state` is a word for all that it came of.

        The same pictures with the same labels, from elsewhere, change nothing as long as the earlier ones are there:
        runs learned from these. What is damaged is written anew.
        """
        known = None
        with suppress(DamagedError):
            known = self.get(manifest.digest, workspace)
        if known is not None and known.roots != tuple(roots) and known.is_whole():
            return known
        row = self._database.row(
            "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, digest) DO UPDATE SET"
            " created = excluded.created, roots = excluded.roots, manifest = excluded.manifest, state = excluded.state"
            " RETURNING id, created",
            secrets.token_hex(16),
            workspace,
            manifest.digest,
            time.time(),
            json.dumps([str(root) for root in roots]),
            manifest.written(),
            state,
        )
        assert row is not None
        return self._recent.keep((row["id"], row["created"]), Dataset(roots=tuple(roots), manifest=manifest))

    def of(self, workspace: str) -> list[Dataset]:
        """Return a workspace's sets, newest first."""
        query = "SELECT id, created FROM datasets WHERE workspace = ? ORDER BY created DESC"
        return [self._dataset(row) for row in self._database.rows(query, workspace)]

    def get(self, digest: str, workspace: str) -> Dataset | None:
        """Return the workspace's set with this content, or None."""
        query = "SELECT id, created FROM datasets WHERE digest = ? AND workspace = ?"
        row = self._database.row(query, digest, workspace)
        return self._dataset(row) if row else None

    def come_of(self, state: str, digest: str, workspace: str) -> Dataset | None:
        """Return the workspace's set with this content if it is kept as it came of just this, or None."""
        query = "SELECT id, created FROM datasets WHERE digest = ? AND workspace = ? AND state = ?"
        row = self._database.row(query, digest, workspace, state)
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

    def shown(self, picture: Shown) -> Path:
        """Return where a picture that a question is about lies; raises ThawError if it or its set is gone."""
        if picture.data == OWN:
            return self._own.path(picture.workspace, picture.picture)
        return self.by_digest(picture.data, picture.workspace).path(picture.picture)

    def _dataset(self, row: Row) -> Dataset:
        """Return the set of a row's id, which is read once for each moment at which it was written."""
        key = (row["id"], row["created"])
        with self._reading:
            found = self._recent.get(key)
            if found is None:
                whole = self._database.row("SELECT roots, manifest FROM datasets WHERE id = ?", row["id"])
                if whole is None:
                    raise ThawError("This set is not here any more.", "Read the pictures in again.")
                with as_written():
                    roots = tuple(Path(root) for root in json.loads(whole["roots"]))
                    manifest = Manifest.read(whole["manifest"])
                found = self._recent.keep(key, Dataset(roots=roots, manifest=manifest))
            return found
