"""Albums: pictures that a person brought, what reading them told, and the ledger of what was decided since."""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from pathlib import Path
from sqlite3 import Row

from tlcore.data import marks as ledger
from tlcore.data import survey as surveys
from tlcore.data.manifest import Manifest
from tlcore.data.marks import Mark
from tlcore.data.readings import UndecidedError
from tlcore.data.settle import settle
from tlcore.data.survey import Survey
from tlcore.errors import PictureError, ThawError
from tlcore.store.blobs import Blobs
from tlcore.store.database import Database
from tlcore.store.datasets import Dataset, Datasets

_SURVEYS = 4
"""Surveys that are kept read; each mark needs one, and one of a hundred thousand pictures takes a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """One person's pictures; each change of its ledger makes another set of them."""

    id: str
    workspace: str
    name: str
    """What the person calls it; display only."""
    roots: tuple[Path, ...]
    survey: str
    """The sha256 of the survey among the blobs."""
    marks: tuple[Mark, ...]
    seed: int
    """Draws the split where neither folders nor marks do."""
    digest: str | None
    """Of the set that came of it; None where none could be made yet."""
    fault: str | None
    """Why none could be made."""
    classes: int
    pictures: int


class Albums:
    """The albums of all workspaces."""

    def __init__(self, database: Database, blobs: Blobs, datasets: Datasets) -> None:
        self._database = database
        self._blobs = blobs
        self._datasets = datasets

    def make(
        self, workspace: str, name: str, survey: Survey, roots: Sequence[Path], seed: int, marks: Sequence[Mark] = ()
    ) -> Album:
        """Keep a new album, and the set that comes of it, if one does.

        The same files again are the same album, with all that was decided about it.
        """
        sha256 = self._keep(survey)
        for known in self.of(workspace):
            if (known.survey, known.roots, known.seed) == (sha256, tuple(roots), seed):
                return self._write(known, survey)
        album = Album(
            id=secrets.token_hex(16),
            workspace=workspace,
            name=name,
            roots=tuple(roots),
            survey=sha256,
            marks=tuple(marks),
            seed=seed,
            digest=None,
            fault=None,
            classes=0,
            pictures=len(survey.facts),
        )
        self._database.write(
            f"INSERT INTO albums VALUES ({', '.join('?' * 13)})",
            *(album.id, workspace, time.time(), time.time(), name, *_sources(album), "[]", seed, None, None, 0, 0),
        )
        self._write(album, survey)
        return self.get(album.id, workspace)

    def adopt(self, album: Album, workspace: str) -> Album:
        """Give a workspace an album of its own, of the same files as another one's."""
        return self.make(workspace, album.name, self.survey(album), album.roots, album.seed)

    def get(self, identifier: str, workspace: str) -> Album:
        """Return a workspace's album; raise ThawError if it has none of this id."""
        row = self._database.row("SELECT * FROM albums WHERE id = ? AND workspace = ?", identifier, workspace)
        if row is None:
            raise ThawError("This album is not here.", "Bring the pictures in again.")
        return _album(row)

    def of(self, workspace: str) -> list[Album]:
        """Return a workspace's albums, the one that was changed last first."""
        query = "SELECT * FROM albums WHERE workspace = ? ORDER BY changed DESC"
        return [_album(row) for row in self._database.rows(query, workspace)]

    def dataset(self, album: Album) -> Dataset:
        """Return the set that came of an album; raise ThawError, with the reason, if none could be made."""
        found = self._datasets.get(album.digest, album.workspace) if album.digest else None
        if found is None:
            raise ThawError(album.fault or "The set of this album is not here.")
        return found

    def survey(self, album: Album) -> Survey:
        """Return what reading an album's files told."""
        return _read(self._blobs.path(album.survey))

    def mark(self, album: Album, *marks: Mark) -> Album:
        """Add marks to an album's ledger; raise PictureError, and change nothing, if no set could be made with them."""
        return self._decide(album, reduce(ledger.with_mark, marks, album.marks))

    def unmark(self, album: Album, place: int) -> Album:
        """Take back one mark of an album's ledger; raise PictureError, and change nothing, if no set is left then.

        A decision that was asked for can be taken back: then the question is open again, and there is no set.
        """
        return self._decide(album, (*album.marks[:place], *album.marks[place + 1 :]))

    def enlarge(self, album: Album, more: Survey, root: Path, marks: Sequence[Mark] = ()) -> Album:
        """Add the pictures of another survey, which lie below `root`, behind an album's own, and decide about them."""
        album = replace(album, marks=reduce(ledger.with_mark, marks, album.marks))
        roots = album.roots if root in album.roots else (*album.roots, root)
        survey = self.survey(album).with_more(more, roots.index(root))
        return self._write(replace(album, roots=roots, survey=self._keep(survey), pictures=len(survey.facts)), survey)

    def rename(self, album: Album, name: str) -> None:
        """Call an album by another name."""
        self._database.write("UPDATE albums SET name = ?, changed = ? WHERE id = ?", name, time.time(), album.id)

    def _decide(self, album: Album, marks: tuple[Mark, ...]) -> Album:
        survey, decided = self.survey(album), replace(album, marks=marks)
        if album.digest is None:
            return self._write(decided, survey)
        try:
            manifest = settle(album.name, survey, marks, album.seed)
        except UndecidedError as fault:
            return self._keep_settled(decided, None, str(fault))
        return self._keep_settled(decided, manifest)

    def _write(self, album: Album, survey: Survey) -> Album:
        """Settle an album, and keep it with the set that comes of it, or with the reason why none can be made."""
        try:
            manifest = settle(album.name, survey, album.marks, album.seed)
        except PictureError as fault:
            return self._keep_settled(album, None, str(fault))
        return self._keep_settled(album, manifest)

    def _keep_settled(self, album: Album, manifest: Manifest | None, fault: str | None = None) -> Album:
        digest = self._datasets.add(album.workspace, manifest, album.roots).manifest.digest if manifest else None
        self._database.write(
            "UPDATE albums SET changed = ?, roots = ?, survey = ?, marks = ?, digest = ?, fault = ?, classes = ?,"
            " pictures = ? WHERE id = ?",
            *(time.time(), *_sources(album), ledger.written(album.marks), digest, fault),
            len(manifest.classes) if manifest else 0,
            len(manifest.examples) if manifest else album.pictures,
            album.id,
        )
        return self.get(album.id, album.workspace)

    def _keep(self, survey: Survey) -> str:
        with self._blobs.aside() as aside:
            aside.write_text(surveys.written(survey), encoding="utf-8")
            return self._blobs.keep(aside)


@lru_cache(maxsize=_SURVEYS)
def _read(path: Path) -> Survey:
    """Return the survey of a blob; what it holds is told by its name, so it is read once."""
    return surveys.read(path.read_text(encoding="utf-8"))


def _sources(album: Album) -> tuple[str, str]:
    return json.dumps([str(root) for root in album.roots]), album.survey


def _album(row: Row) -> Album:
    return Album(
        id=row["id"],
        workspace=row["workspace"],
        name=row["name"],
        roots=tuple(Path(root) for root in json.loads(row["roots"])),
        survey=row["survey"],
        marks=ledger.read(row["marks"]),
        seed=row["seed"],
        digest=row["digest"],
        fault=row["fault"],
        classes=row["classes"],
        pictures=row["pictures"],
    )
