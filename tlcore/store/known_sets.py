"""Public sets that somebody of this store has read: the next one takes the same files, without a download."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from tlcore.data import survey as surveys
from tlcore.data.survey import Survey
from tlcore.errors import DamagedError
from tlcore.store.blobs import Blobs


class KnownSets:
    """A folder of notes, one for each public set and choice of classes: which survey came of it."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self._folder = folder
        self._blobs = blobs

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Let one process at a time download and read a set; the others wait, and find it then."""
        self._folder.mkdir(exist_ok=True)
        with FileLock(self._folder / f"{key}.lock"):
            yield

    def find(self, key: str, classes: Sequence[str]) -> Survey | None:
        """Return what reading the set told, if every file of it is still in the store."""
        named = self.survey(key, classes)
        if not named or not self._blobs.size(named):
            return None
        try:
            survey = surveys.read(self._blobs.whole(named).read_text(encoding="utf-8"))
        except DamagedError:
            return None
        return survey if all(self._blobs.size(fact.id) for fact in survey.facts) else None

    def survey(self, key: str, classes: Sequence[str] = ()) -> str:
        """Return the sha256 of the survey that came of a set; an empty text if nobody has read it."""
        note = self._note(key, classes)
        return note.read_text(encoding="ascii") if note.exists() else ""

    def keep(self, key: str, classes: Sequence[str], survey: str) -> None:
        """Note the sha256 of the survey that came of a set."""
        note = self._note(key, classes)
        aside = note.with_suffix(".part")  # `alone` sees to it that nobody else writes there.
        aside.write_text(survey, encoding="ascii")
        aside.replace(note)

    def surveys(self) -> set[str]:
        """Return the sha256 of the surveys that were noted."""
        return {note.read_text(encoding="ascii") for note in self._folder.glob("*.survey")}

    def _note(self, key: str, classes: Sequence[str]) -> Path:
        chosen = sha256("\n".join(sorted(classes)).encode()).hexdigest()[:16] if classes else "all"
        return self._folder / f"{key}.{chosen}.survey"
