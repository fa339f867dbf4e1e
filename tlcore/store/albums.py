"""Albums: pictures that a person brought, what reading them told, and the ledger of what was decided since."""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from sqlite3 import Row

from tlcore.data import marks as ledger
from tlcore.data import survey as surveys
from tlcore.data.limits import allowance
from tlcore.data.manifest import Manifest
from tlcore.data.marks import Mark
from tlcore.data.readings import UndecidedError
from tlcore.data.settle import settle
from tlcore.data.survey import Survey
from tlcore.errors import DamagedError, PictureError, ThawError
from tlcore.records import digest
from tlcore.store.blobs import Blobs
from tlcore.store.database import Database, as_written
from tlcore.store.datasets import Dataset, Datasets
from tlcore.store.recent import Recent

_PATIENCE = 600.0
"""Seconds to wait for others whose pictures come in at the same time."""


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
        self._recent: Recent[Dataset] = Recent(Dataset.pictures)
        self._surveys: Recent[Survey] = Recent(lambda survey: len(survey.facts))  # by their blobs' names

    def make(self, workspace: str, name: str, survey: Survey, roots: Sequence[Path], seed: int) -> Album:
        """Keep a new album, and the set that comes of it, if one does.

        The same files again are the same album, with all that was decided about it.
        """
        with self._blobs.settling(_PATIENCE):
            sha256 = self._keep(survey)
            same = (sha256, tuple(roots), seed)
            known = next((one for one in self.of(workspace) if (one.survey, one.roots, one.seed) == same), None)
            identifier = known.id if known else self._insert(workspace, name, sha256, roots, seed)
        return self._change(self.get(identifier, workspace), lambda album: (album, survey), ThawError)

    def adopt(self, album: Album, workspace: str) -> Album:
        """Give a workspace an album of its own, of the same files as another one's; raise ThawError if that is gone."""
        with self._blobs.settling(_PATIENCE):
            self.get(album.id, album.workspace)  # Its files are sure to be kept only as long as it names them.
            return self.make(workspace, album.name, self.survey(album), album.roots, album.seed)

    def get(self, identifier: str, workspace: str) -> Album:
        """Return a workspace's album; raise ThawError if it has none of this id."""
        return _album(self._row(identifier, workspace))

    def of(self, workspace: str) -> list[Album]:
        """Return a workspace's albums, the one that was changed last first."""
        query = "SELECT * FROM albums WHERE workspace = ? ORDER BY changed DESC"
        return [_album(row) for row in self._database.rows(query, workspace)]

    def dataset(self, album: Album) -> Dataset:
        """Return the set that came of an album; raise ThawError, with the reason, if none could be made.

        Its pictures have the places and names of this album, also where another one has the same pictures.
        """
        if album.digest is None:
            raise ThawError(album.fault or "The set of this album is not here.")
        state = _state(album)
        found = self._recent.get(state)
        with suppress(DamagedError):
            found = found or self._datasets.come_of(state, album.digest, album.workspace)
        if found is None:
            # The same pictures from elsewhere are kept in its place, or it is damaged, or older than states are.
            with suppress(ThawError):
                manifest = settle(album.name, self.survey(album), album.marks, album.seed)
                if manifest.digest == album.digest:
                    found = Dataset(roots=album.roots, manifest=manifest)
                    self._datasets.add(album.workspace, manifest, album.roots, state)
            # An earlier Thaw settled it, by other rules; what a plan was made for stays what it is.
            found = found or self._datasets.get(album.digest, album.workspace)
            if found is None:
                raise ThawError("The set of this album is not here.", "Bring the pictures in again.")
        return self._recent.keep(state, found)

    def survey(self, album: Album) -> Survey:
        """Return what reading an album's files told."""
        found = self._surveys.get(album.survey)
        found = found or surveys.read(self._blobs.whole(album.survey).read_text(encoding="utf-8"))
        return self._surveys.keep(album.survey, found)

    def mark(self, album: Album, *marks: Mark) -> Album:
        """Add marks to an album's ledger; raise ThawError, and change nothing, if no set could be made with them."""
        return self._decide(album, lambda now: reduce(ledger.with_mark, marks, now))

    def unmark(self, album: Album, place: int) -> Album:
        """Take back one mark of an album's ledger; raise ThawError, and change nothing, if no set is left then.

        A decision that was asked for can be taken back: then the question is open again, and there is no set. What
        somebody else has taken back meanwhile stays so.
        """

        def without(now: tuple[Mark, ...]) -> tuple[Mark, ...]:
            if now[: place + 1] == album.marks[: place + 1]:
                return (*now[:place], *now[place + 1 :])
            left = list(now)
            with suppress(ValueError):
                left.remove(album.marks[place])
            return tuple(left)

        return self._decide(album, without)

    def enlarge(self, album: Album, more: Survey, root: Path, marks: Sequence[Mark] = ()) -> Album:
        """Add the pictures of another survey, which lie below `root`, behind an album's own, and decide about them.

        Raises PictureError if they are too many together.
        """

        def with_more(now: Album) -> tuple[Album, Survey]:
            self.check(now, more)
            roots = now.roots if root in now.roots else (*now.roots, root)
            survey = self.survey(now).with_more(more, roots.index(root))
            decided = reduce(ledger.with_mark, marks, now.marks)
            return replace(now, roots=roots, survey=self._keep(survey), marks=decided), survey

        with self._blobs.settling(_PATIENCE):
            return self._change(album, with_more, ThawError)

    def check(self, album: Album, more: Survey) -> None:
        """Raise PictureError if an album would have too many pictures with those of another survey."""
        own, most = len(self.survey(album).facts), allowance().pictures
        if own + len(more.facts) > most:
            raise PictureError(
                "TOO_MANY_PICTURES",
                f"The set has {own:,} pictures, and with these it would have {own + len(more.facts):,}; "
                f"{most:,} is the most for a set.",
                "Bring fewer, or make a set of their own of them.",
            )

    def _decide(self, album: Album, decide: Callable[[tuple[Mark, ...]], tuple[Mark, ...]]) -> Album:
        faults = ThawError if self.get(album.id, album.workspace).digest is None else UndecidedError
        return self._change(album, lambda now: (replace(now, marks=decide(now.marks)), self.survey(now)), faults)

    def _change(self, album: Album, change: Callable[[Album], tuple[Album, Survey]], faults: type[ThawError]) -> Album:
        """Change an album as it is now, and keep it with the set that comes of it.

        Of `faults` it is kept why there is none; others are raised, and nothing is changed. Whoever changed the album
        while this one was settled is heard: then the change is made again, of what came of that.
        """
        while True:
            row = self._row(album.id, album.workspace)
            changed, survey = change(_album(row))
            manifest, fault = None, None
            try:
                manifest = settle(changed.name, survey, changed.marks, changed.seed)
            except faults as told:
                fault = str(told)
            if self._replace(row, changed, len(survey.facts), manifest, fault):
                return self.get(album.id, album.workspace)

    def _replace(self, row: Row, album: Album, pictures: int, manifest: Manifest | None, fault: str | None) -> bool:
        """Write an album where `row` was read, unless it is another one meanwhile; say whether it was written."""
        if manifest is not None:
            self._datasets.add(album.workspace, manifest, album.roots, _state(album))
        written = self._database.write(
            "UPDATE albums SET changed = ?, roots = ?, survey = ?, marks = ?, digest = ?, fault = ?, classes = ?,"
            " pictures = ? WHERE id = ? AND roots = ? AND survey = ? AND marks = ?",
            *(time.time(), _written(album.roots), album.survey, ledger.written(album.marks)),
            *(manifest.digest if manifest else None, fault),
            *(len(manifest.classes) if manifest else 0, len(manifest.examples) if manifest else pictures),
            *(album.id, row["roots"], row["survey"], row["marks"]),
        )
        if written and manifest is not None:
            self._recent.keep(_state(album), Dataset(roots=album.roots, manifest=manifest))
        return bool(written)

    def _insert(self, workspace: str, name: str, survey: str, roots: Sequence[Path], seed: int) -> str:
        identifier, now = secrets.token_hex(16), time.time()
        self._database.write(
            f"INSERT INTO albums VALUES ({', '.join('?' * 13)})",
            *(identifier, workspace, now, now, name, _written(roots), survey, "[]", seed, None, None, 0, 0),
        )
        return identifier

    def _row(self, identifier: str, workspace: str) -> Row:
        row = self._database.row("SELECT * FROM albums WHERE id = ? AND workspace = ?", identifier, workspace)
        if row is None:
            raise ThawError("This album is not here.", "Bring the pictures in again.")
        return row

    def _keep(self, survey: Survey) -> str:
        with self._blobs.aside() as aside:
            aside.write_text(surveys.written(survey), encoding="utf-8")
            return self._blobs.keep(aside)


def _state(album: Album) -> str:
    """Return a word for all that an album's set comes of."""
    roots, marks = _written(album.roots), ledger.written(album.marks)
    return digest([album.workspace, album.name, roots, album.survey, marks, album.seed])


def _written(roots: Sequence[Path]) -> str:
    return json.dumps([str(root) for root in roots])


def _album(row: Row) -> Album:
    with as_written():
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
