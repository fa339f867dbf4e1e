"""An errand on its way, drawn anew each half second until it is done."""

import streamlit as st

from tlcore.errands import FetchSet, FetchWeights, SurveyNetwork
from tlcore.store.errands import Progress
from tlcore.ui.session import keep_supervisor, store

_EVERY = 0.5
"""Seconds."""
_MEGABYTE = 1e6


def watch_errand(identifier: str, doing: str) -> None:
    """Draw how far an open errand is; once it is done, draw the page anew."""
    st.fragment(_watch, run_every=_EVERY)(identifier, doing)


def _watch(identifier: str, doing: str) -> None:
    keep_supervisor()
    progress = store().errands.get(identifier)
    if not progress.open:
        st.rerun()
    share = progress.done / progress.total if progress.total else 0.0
    st.progress(min(1.0, share), text=f"{doing}: {_told(progress)}")


def _told(progress: Progress) -> str:
    if not progress.total:
        return "a few seconds" if isinstance(progress.errand, SurveyNetwork) else "getting ready"
    # A set is downloaded first, in bytes, and read then, in pictures: only the bytes go into the millions.
    if isinstance(progress.errand, FetchSet | FetchWeights) and progress.total > _MEGABYTE:
        return f"{progress.done / _MEGABYTE:.0f} of {progress.total / _MEGABYTE:.0f} MB"
    return f"{progress.done:,} of {progress.total:,} pictures"
