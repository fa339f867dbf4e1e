"""What people ask of a run while it goes on: each wish once, and again where a run is taken up from an earlier step."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tlcore.controls import KINDS
from tlcore.engine.peers import Peers
from tlcore.events import Changed
from tlcore.records import from_json, to_json
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """Wishes on their way to other processes."""

    ids: tuple[int, ...]
    times: tuple[float, ...]
    kinds: tuple[str, ...]
    bodies: tuple[str, ...]


class HandedOn:
    """Hands wishes on from the first process of a run to the others, so that all hear them at the same step."""

    def __init__(self, peers: Peers, wishes: Callable[[], Sequence[AskedFor]]) -> None:
        self._peers = peers
        self._wishes = wishes

    def __call__(self) -> list[AskedFor]:
        """Return what the first process heard since the last call, which all have to make."""
        heard = list(self._wishes()) if not self._peers.rank else []
        if self._peers.alone:
            return heard
        letter = _Letter(
            ids=tuple(asked.id for asked in heard),
            times=tuple(asked.time for asked in heard),
            kinds=tuple(type(asked.control).__name__ for asked in heard),
            bodies=tuple(to_json(asked.control) for asked in heard),
        )
        said = self._peers.agree(to_json(letter) if heard else "")
        if not said:
            return []
        letter = from_json(_Letter, said)
        return [
            AskedFor(number, time, from_json(KINDS[kind], body))
            for number, time, kind, body in zip(letter.ids, letter.times, letter.kinds, letter.bodies, strict=True)
        ]


def answered_wishes(entries: Iterable[Entry]) -> list[Changed]:
    """Return the changes that people made in any try of a run, each once: whoever takes it up makes them again."""
    found: dict[int, Changed] = {}
    for entry in entries:
        if isinstance(entry.event, Changed) and entry.event.control is not None:
            found.setdefault(entry.event.control, entry.event)
    return list(found.values())
