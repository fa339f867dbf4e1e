"""One reader per run, shared by all who look at it: each event is read and folded once."""

from threading import Lock

import streamlit as st

from tlcore.history import History
from tlcore.ui.session import store


class RunReader:
    """Folds a run's events as they come."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._history = History()
        self._lock = Lock()

    def history(self) -> History:
        """Return what is known by now."""
        with self._lock:
            if self._history.end is None:
                self._history.add(store().runs.events(self._run, self._history.last))
            return self._history


@st.cache_resource(max_entries=64, show_spinner=False)
def reader(run: str) -> RunReader:
    """Return the one reader of a run."""
    return RunReader(run)
