"""How much everybody keeps and may keep, and how room is made: only what nobody names any more is removed."""

import json
from collections.abc import Collection, Iterable, Mapping, Set
from contextlib import suppress
from pathlib import Path

from tlcore.data import survey as surveys
from tlcore.data.limits import allowance, free_bytes
from tlcore.data.thumbnails import old_files
from tlcore.errors import ThawError
from tlcore.store.albums import Album, Albums
from tlcore.store.blobs import Blobs
from tlcore.store.database import Database
from tlcore.store.intake import Intake
from tlcore.text import memory

_PATIENCE = 5.0
"""Seconds that a person waits for others whose pictures come in."""
_DAMAGES = (ThawError, OSError, ValueError, LookupError, TypeError)
"""What reading a survey raises whose file is missing or damaged."""
_UNLEARNED = """digest NOT IN (
    SELECT json_extract(config, '$.data') FROM runs WHERE runs.workspace = datasets.workspace
)"""
"""Says of a row of datasets that no run of its workspace names it."""


class Space:
    """The room that albums take."""

    def __init__(self, database: Database, blobs: Blobs, albums: Albums, intake: Intake, thumbnails: Path) -> None:
        self._database = database
        self._blobs = blobs
        self._albums = albums
        self._intake = intake
        self._thumbnails = thumbnails
        self._known: dict[str, tuple[frozenset[str], int]] = {}
        """Workspace to the surveys that were counted last, and the bytes that they came to."""

    def used(self, workspace: str) -> int:
        """Return the bytes of all pictures that a workspace's albums keep in the store, each content counted once."""
        albums = self._albums.of(workspace)
        counted = frozenset(album.survey for album in albums)
        known, size = self._known.get(workspace, (None, 0))
        if known != counted:
            size = sum(self._blobs.size(picture) for picture in self._kept(albums))
            self._known[workspace] = counted, size
        return size

    def check(self, workspace: str, more: int) -> None:
        """Raise ThawError, with how much is used and how to make room, if `more` bytes are too many to come in."""
        self._check(workspace, more, more)

    def check_upload(self, more: int, unread: Iterable[str] = ()) -> None:
        """Raise ThawError if an upload of `more` bytes cannot come in, whatever is in it.

        What it holds may be kept already, so that what is used is counted with its pictures, once they are read. Until
        then all uploads of the workspace, `unread` being those before it, and those of everybody have to fit.
        """
        mine, all_of_it = allowance().workspace_bytes, allowance().server_bytes
        if mine is not None and more > mine:
            raise ThawError(
                f"These are {memory(more)}, {memory(more - mine)} more than the {memory(mine)} that you may keep.",
                "Send a part of them.",
            )
        if mine is not None and (waiting := sum(map(self._intake.bytes, unread))) + more > mine:
            raise ThawError(
                f"These are {memory(more)}, and {memory(waiting)} that you sent before are not read yet.",
                "Send them once those are in.",
            )
        if all_of_it is not None and (waiting := self._intake.all_bytes()) + more > all_of_it:
            raise ThawError(
                f"These are {memory(more)}, and {memory(waiting)} that others sent are not read yet.",
                "Send them again in some minutes.",
            )
        self._check_disk(more)

    def check_pictures(self, workspace: str, sizes: Mapping[str, int]) -> None:
        """Raise ThawError as `check` does for pictures, by their sha256, whose bytes are known.

        What the workspace keeps already takes none of its room again, and what the store keeps none of the disk's.
        """
        mine = set() if allowance().workspace_bytes is None else self._kept(self._albums.of(workspace))
        self._check(
            workspace,
            sum(size for picture, size in sizes.items() if picture not in mine),
            sum(size for picture, size in sizes.items() if not self._blobs.size(picture)),
        )

    def _check(self, workspace: str, more: int, new: int) -> None:
        """Raise ThawError if `more` bytes are too many for a workspace, or `new` bytes too many for the store."""
        most = allowance()
        mine = most.workspace_bytes
        if more and mine is not None and (used := self.used(workspace)) + more > mine:
            raise ThawError(
                f"These are {memory(more)}; you use {memory(used)} of your {memory(mine)}:"
                f" {memory(used + more - mine)} too much.",
                f"{'Delete a set under “Your sets”, or bring' if used else 'Bring'} fewer or smaller pictures.",
            )
        if new and most.server_bytes is not None and (kept := self._blobs.all_bytes()) + new > most.server_bytes:
            raise ThawError(
                f"Everybody's pictures together take {memory(kept)}"
                f" of {memory(most.server_bytes)}; these {memory(new)} are"
                f" {memory(kept + new - most.server_bytes)} too much.",
                "Delete sets that nobody needs, or ask the operator for more room.",
            )
        self._check_disk(new)

    def _check_disk(self, new: int) -> None:
        free = free_bytes(self._blobs.root)
        if new > free:
            raise ThawError(
                f"These are {memory(new)}, and this machine's disk has room for {memory(free)}.",
                "Delete a set under “Your sets”, or free some of the disk.",
            )

    def remove(self, album: Album) -> None:
        """Delete an album, even a damaged one; raises ThawError while somebody else's pictures come in.

        Its pictures go with it, except those that another album or a run of anybody needs. Only what lies in the
        store is removed; a folder that was read where it lies stays as it is. Thumbnails are left to `sweep`.
        """
        with self._blobs.settling(_PATIENCE):
            sets = self._sets_only_of(album)
            # First of all: whoever cannot tell what is needed must not have deleted anything.
            needed = self._needed(album, sets)
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM albums WHERE id = ? AND workspace = ?", (album.id, album.workspace))
                for identifier, pictures in sets.items():
                    query = f"DELETE FROM datasets WHERE id = ? AND {_UNLEARNED}"
                    if not connection.execute(query, (identifier,)).rowcount:
                        needed |= pictures  # A run has begun with it.
            for name in {*self._kept([album]), album.survey} - needed:
                self._blobs.drop(name)

    def sweep(self, spared: Set[str], age: float) -> None:
        """Remove blobs and thumbnails older than `age`, in seconds, that nothing names and that are not `spared`.

        They are left where work was cut short. Nothing goes while pictures come in, nor while the survey of an album
        is missing, for it may come back from a backup, and names what nothing else does.
        """
        with suppress(ThawError):
            if any(self._left(spared, age)):
                with self._blobs.settling(0):
                    # What was found may have a name by now.
                    blobs, thumbnails = self._left(spared, age)
                    for name in blobs:
                        self._blobs.drop(name)
                    for thumbnail in thumbnails:
                        with suppress(PermissionError):  # Windows keeps what somebody reads.
                            thumbnail.unlink(missing_ok=True)

    def _left(self, spared: Set[str], age: float) -> tuple[list[str], list[Path]]:
        """Return the blobs and the thumbnails that nothing names for longer than `age`.

        Raises ThawError if a survey is missing.
        """
        named = self._needed() | spared
        blobs = [name for name, since in self._blobs.all() if since > age and name not in named]
        return blobs, [path for path in old_files(self._thumbnails, age) if path.stem not in named]

    def _kept(self, albums: Iterable[Album]) -> set[str]:
        """Return the pictures of albums whose files are the store's own."""
        kept: set[str] = set()
        for album in albums:
            own = [place for place, root in enumerate(album.roots) if root == self._blobs.root]
            if own:
                with suppress(*_DAMAGES):  # One whose survey is missing counts nothing, and can be deleted.
                    kept.update(fact.id for fact in self._albums.survey(album).facts if fact.source in own)
        return kept

    def _sets_only_of(self, album: Album) -> dict[str, set[str]]:
        """Return the sets that came of this album alone and that no run names: their ids, and their pictures."""
        rows = self._database.rows(
            "SELECT id, digest, (SELECT json_group_array(value) FROM json_each(manifest, '$.examples.id')) AS pictures"
            f" FROM datasets WHERE workspace = ? AND {_UNLEARNED} AND digest NOT IN"
            " (SELECT digest FROM albums WHERE workspace = ? AND id != ? AND digest IS NOT NULL)",
            *(album.workspace, album.workspace, album.id),
        )
        sets = {row["id"]: set(json.loads(row["pictures"])) for row in rows}
        try:
            pictures = {fact.id for fact in self._albums.survey(album).facts}
        except _DAMAGES:
            pictures = set[str]().union(*(sets[row["id"]] for row in rows if row["digest"] == album.digest))
        return {identifier: its for identifier, its in sets.items() if its <= pictures}

    def _needed(self, album: Album | None = None, sets: Collection[str] = ()) -> set[str]:
        """Return the sha256 of everything that something of anybody names.

        With an album, what only that one and its `sets` name is not among them, and a survey that is missing names
        nothing; else ThawError is raised where one is missing.
        """
        needed: set[str] = set()
        own = (album.id, album.workspace) if album else ("", "")
        for (name,) in self._database.rows(
            "SELECT DISTINCT survey FROM albums WHERE NOT (id = ? AND workspace = ?)", *own
        ):
            needed.add(name)
            try:
                needed.update(surveys.pictures(self._blobs.whole(name).read_text(encoding="utf-8")))
            except _DAMAGES as fault:
                if album is None:
                    raise ThawError("The survey of a set is missing or damaged.") from fault
        for query, *values in (
            (
                "SELECT DISTINCT value FROM datasets, json_each(manifest, '$.examples.id')"
                " WHERE datasets.id NOT IN (SELECT value FROM json_each(?))",
                json.dumps(list(sets)),
            ),
            ("SELECT sha256 FROM weights",),
            ("SELECT json_extract(answer, '$.sha256') FROM questions WHERE kind = 'Pool' AND answer IS NOT NULL",),
            (
                "SELECT json_extract(body, '$.sha256') FROM events JOIN runs ON run = runs.id WHERE sequence ="
                " (SELECT max(sequence) FROM events WHERE run = runs.id AND kind = 'Checkpointed')",
            ),
        ):
            needed.update(name for (name,) in self._database.rows(query, *values))
        return needed
