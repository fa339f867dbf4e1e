"""How much everybody keeps and may keep, and how room is made: only what nobody names any more is removed."""

import json
from collections.abc import Iterator
from pathlib import Path

from tlcore.data import survey as surveys
from tlcore.data.limits import allowance, free_bytes
from tlcore.data.manifest import Manifest
from tlcore.data.thumbnails import thumbnail_path
from tlcore.errors import ThawError
from tlcore.store.albums import Album, Albums
from tlcore.store.blobs import Blobs
from tlcore.store.database import Database

_PATIENCE = 5.0
"""Seconds that a person waits for others whose pictures come in."""


class Space:
    """The room that albums take."""

    def __init__(self, database: Database, blobs: Blobs, albums: Albums, thumbnails: Path) -> None:
        self._database = database
        self._blobs = blobs
        self._albums = albums
        self._thumbnails = thumbnails
        self._known: dict[str, tuple[frozenset[str], int]] = {}
        """Workspace to the surveys that were counted last, and the bytes that they came to."""

    def used(self, workspace: str) -> int:
        """Return the bytes of all pictures that a workspace's albums keep in the store, each content counted once."""
        albums = self._albums.of(workspace)
        counted = frozenset(album.survey for album in albums)
        known, size = self._known.get(workspace, (None, 0))
        if known != counted:
            kept = {picture for album in albums for picture in self._kept(album)}
            size = sum(self._blobs.size(picture) for picture in kept)
            self._known[workspace] = counted, size
        return size

    def check(self, workspace: str, more: int) -> None:
        """Raise ThawError, with how much is used and how to make room, if `more` bytes are too many to come in."""
        most = allowance()
        mine = most.workspace_bytes
        if mine is not None and (used := self.used(workspace)) + more > mine:
            raise ThawError(
                f"These are {_told(more)}; you use {_told(used)} of your {_told(mine)}.",
                f"{'Delete a set under “Your sets”, or bring' if used else 'Bring'} fewer or smaller pictures.",
            )
        if most.server_bytes is not None and self._blobs.all_bytes() + more > most.server_bytes:
            raise ThawError(
                f"Everybody's pictures together take {_told(self._blobs.all_bytes())}"
                f" of {_told(most.server_bytes)}; these {_told(more)} are too many.",
                "Delete sets that nobody needs, or ask the operator for more room.",
            )
        free = free_bytes(self._blobs.root)
        if more > free:
            raise ThawError(
                f"These are {_told(more)}, and this machine's disk has room for {_told(free)}.",
                "Delete a set under “Your sets”, or free some of the disk.",
            )

    def remove(self, album: Album) -> None:
        """Delete an album; raises ThawError while somebody else's pictures come in.

        Its pictures go with it, except those that another album or a run of anybody needs. Only what lies in the
        store is removed; a folder that was read where it lies stays as it is.
        """
        survey = self._albums.survey(album)
        pictures, copies = {fact.id for fact in survey.facts}, self._kept(album)
        with self._blobs.settling(_PATIENCE):
            self._database.write("DELETE FROM albums WHERE id = ? AND workspace = ?", album.id, album.workspace)
            self._forget_sets(album.workspace, pictures)
            needed = set(self._needed())
            for picture in copies - needed:
                self._blobs.drop(picture)
            for picture in pictures - needed:
                thumbnail_path(self._thumbnails, picture).unlink(missing_ok=True)
            if album.survey not in needed:
                self._blobs.drop(album.survey)

    def _kept(self, album: Album) -> set[str]:
        """Return the pictures of an album whose files are the store's own."""
        own = [place for place, root in enumerate(album.roots) if root == self._blobs.root]
        if not own:
            return set()
        return {fact.id for fact in self._albums.survey(album).facts if fact.source in own}

    def _forget_sets(self, workspace: str, pictures: set[str]) -> None:
        """Delete the workspace's sets of these pictures that no album and no run names."""
        rows = self._database.rows(
            "SELECT id, manifest FROM datasets WHERE workspace = ?"
            " AND digest NOT IN (SELECT digest FROM albums WHERE workspace = ? AND digest IS NOT NULL)"
            " AND digest NOT IN (SELECT json_extract(config, '$.data') FROM runs WHERE workspace = ?)",
            *(workspace,) * 3,
        )
        for row in rows:
            if pictures.issuperset(example.id for example in Manifest.read(row["manifest"]).examples):
                self._database.write("DELETE FROM datasets WHERE id = ?", row["id"])

    def _needed(self) -> Iterator[str]:
        """Yield the sha256 of everything that something of anybody names."""
        for (name,) in self._database.rows("SELECT DISTINCT survey FROM albums"):
            yield name
            survey = surveys.read(self._blobs.path(name).read_text(encoding="utf-8"))
            yield from (fact.id for fact in survey.facts)
        for (manifest,) in self._database.rows("SELECT manifest FROM datasets"):
            yield from (example.id for example in Manifest.read(manifest).examples)
        for (name,) in self._database.rows("SELECT sha256 FROM weights"):
            yield name
        for (body,) in self._database.rows("SELECT body FROM events WHERE kind = 'Checkpointed'"):
            yield json.loads(body)["sha256"]


def _told(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"
