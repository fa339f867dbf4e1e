"""An errand on its way, drawn anew each half second until it is done, with a way to cancel it."""

import time

import streamlit as st

from tlcore.errands import FetchSet, FetchWeights, SurveyNetwork
from tlcore.store.errands import Progress
from tlcore.ui.session import keep_supervisor, store
from tlcore.ui.words import duration

_EVERY = 0.5
"""Seconds."""
_MEGABYTE = 1e6
_SEEN = "errand_seen"
_LONG_ENOUGH = 2.0
"""Seconds after which a pace can be told."""


def watch_errand(identifier: str, doing: str) -> None:
    """Draw how far an open errand is; once it is done, draw the page anew."""
    st.fragment(_watch, run_every=_EVERY)(identifier, doing)


def _watch(identifier: str, doing: str) -> None:
    keep_supervisor()
    progress = store().errands.get(identifier)
    if not progress.open:
        st.rerun()
    share = progress.done / progress.total if progress.total else 0.0
    told = f"{doing}: {_told(progress)}" if progress.cancelled is None else "Cancelling …"
    if progress.sealed:
        told = f"{doing}: just being kept, too late to cancel"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(min(1.0, share), text=told)
        st.button(
            "Cancel",
            key=f"cancel_{identifier}",
            on_click=store().errands.cancel,
            args=(identifier,),
            disabled=progress.cancelled is not None or progress.sealed,
            width="content",
        )


def _told(progress: Progress) -> str:
    if store().errands.waits_for_others(progress):
        return "waiting for others’ pictures"
    if not progress.total:
        return "a few seconds" if isinstance(progress.errand, SurveyNetwork) else "getting ready"
    left = _time_left(progress)
    # A set is downloaded first, in bytes, and read then, in pictures: only the bytes go into the millions.
    if isinstance(progress.errand, FetchSet | FetchWeights) and progress.total > _MEGABYTE:
        return f"{progress.done / _MEGABYTE:.0f} of {progress.total / _MEGABYTE:.0f} MB{left}"
    return f"{progress.done:,} of {progress.total:,}{left}"


def _time_left(progress: Progress) -> str:
    """Return what is to be said of the time that is left, at the pace since this visitor first saw this part of it."""
    part, now = (progress.id, progress.total), time.monotonic()
    seen, since, done = st.session_state.get(_SEEN, (None, now, 0))
    if seen != part or progress.done < done:
        st.session_state[_SEEN] = (part, now, progress.done)
        return ""
    pace = (progress.done - done) / max(now - since, _EVERY)
    if now - since < _LONG_ENOUGH or pace <= 0:
        return ""
    return f", about {duration((progress.total - progress.done) / pace)} left"
