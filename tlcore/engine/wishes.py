"""What people ask of a run while it goes on: each wish once, and again where a run is taken up from an earlier step."""

from collections.abc import Iterable

from tlcore.events import Changed
from tlcore.store import Store
from tlcore.store.runs import AskedFor, Entry


class Wishes:
    """Reads the controls of one run from the store, without those that `answered` says were dealt with."""

    def __init__(self, store: Store, run: str, answered: Iterable[Changed]) -> None:
        self._store = store
        self._run = run
        self._answered = {change.control for change in answered}
        self._last = 0

    def __call__(self) -> list[AskedFor]:
        """Return what was asked since the last call."""
        found = self._store.runs.controls(self._run, self._last)
        if found:
            self._last = found[-1].id
        return [asked for asked in found if asked.id not in self._answered]


def answered_wishes(entries: Iterable[Entry]) -> list[Changed]:
    """Return the changes that people made in any try of a run, each once: whoever takes it up makes them again."""
    found: dict[int, Changed] = {}
    for entry in entries:
        if isinstance(entry.event, Changed) and entry.event.control is not None:
            found.setdefault(entry.event.control, entry.event)
    return list(found.values())
