"""One reader per run, shared by all who look at it: each event is read, folded and drawn once."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

from tlcore.history import History
from tlcore.ui.session import store

Made = TypeVar("Made")
_LOOKING = 15.0
"""Seconds for which somebody who looked counts as looking."""


class RunReader:
    """Folds a run's events as they come, and keeps what was made of them for whoever looks next."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._history = History()
        self._made: dict[str, tuple[int, Any]] = {}
        self._looked: dict[str, float] = {}
        self._lock = Lock()

    def history(self) -> History:
        """Return what is known by now."""
        with self._lock:
            return self._read()

    def once(self, name: str, make: Callable[[History], Made]) -> Made:
        """Return what `make` makes of what is known by now: the same object for everybody, until something happens.

        All who give the same `name` give the same `make`, which looks at the history and at what never changes.
        """
        with self._lock:
            history = self._read()
            kept = self._made.get(name)
            if kept is None or kept[0] != history.last:
                kept = self._made[name] = (history.last, make(history))
            made: Made = kept[1]
            return made

    def onlookers(self, workspace: str) -> int:
        """Return how many look at the run now, this one included."""
        now = time.monotonic()
        with self._lock:
            self._looked[workspace] = now
            self._looked = {one: at for one, at in self._looked.items() if now - at < _LOOKING}
            return len(self._looked)

    def _read(self) -> History:
        if self._history.end is None:
            self._history.add(store().runs.events(self._run, self._history.last))
        return self._history


@st.cache_resource(max_entries=64, show_spinner=False)
def reader(run: str) -> RunReader:
    """Return the one reader of a run."""
    return RunReader(run)
