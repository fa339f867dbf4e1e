"""An errand on its way, drawn anew each half second until it is done."""

from collections.abc import Callable

import streamlit as st

from tlcore.errands import FetchSet, FetchWeights
from tlcore.store.errands import Progress
from tlcore.ui.session import store

_EVERY = 0.5
"""Seconds."""


def watch_errand(identifier: str, what: str, on_done: Callable[[Progress], None]) -> None:
    """Draw how far an errand is; call `on_done` once it is, with its result or its fault."""
    progress = store().errands.get(identifier)
    if not progress.open:
        on_done(progress)
        return
    st.fragment(_watch, run_every=_EVERY)(identifier, what)


def _watch(identifier: str, what: str) -> None:
    progress = store().errands.get(identifier)
    if not progress.open:
        st.rerun()
    share = progress.done / progress.total if progress.total else 0.0
    st.progress(min(1.0, share), text=f"{what}: {_told(progress)}")


def _told(progress: Progress) -> str:
    if not progress.total:
        return "getting ready"
    if isinstance(progress.errand, FetchSet | FetchWeights) and progress.total > 1_000_000:
        return f"{progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB"
    return f"{progress.done:,} of {progress.total:,} pictures"
