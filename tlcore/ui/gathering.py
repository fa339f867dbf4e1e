"""Errands that a page begins: watched while they are open, and their outcome taken once."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import streamlit as st

from tlcore.data.manifest import LeftOut, Manifest
from tlcore.errands import Errand, FetchSet, MakeSample, ReadFolder, ReadUpload
from tlcore.errors import ThawError
from tlcore.text import clean, count
from tlcore.ui.components.static import say
from tlcore.ui.errand_view import watch_errand
from tlcore.ui.session import choose_album, chosen, draft, store, survey_of, workspace

_FAULT = "errand_fault"
_ADDED = "errand_added"
_BEFORE = "errand_before"
"""The album that files are added to, and how many pictures and other files it had."""


def begin(errand: Errand) -> None:
    """File an errand; the supervisor starts it within a moment."""
    forget_fault()
    if isinstance(errand, ReadUpload) and errand.album is not None:
        with suppress(ThawError):  # The errand tells that its album is gone.
            survey = survey_of(store().albums.get(errand.album, workspace()))
            st.session_state[_BEFORE] = (errand.album, len(survey.facts), len(survey.unfit))
    store().errands.add(errand, workspace())


def forget_fault() -> None:
    """Tell no longer what did not work: the visitor has turned to something else."""
    st.session_state.pop(_FAULT, None)


def current_errand(kinds: Sequence[type[Errand]], doing: str, on_result: Callable[[Errand, str], None]) -> None:
    """Draw the newest errand of these kinds while it is open; hand on its result once, or tell why there is none."""
    newest = store().errands.newest(workspace(), kinds)
    if newest is not None and newest.open:
        watch_errand(newest.id, doing)
        return
    if newest is not None:
        store().errands.take(newest.id)
        if newest.result is not None:
            on_result(newest.errand, newest.result)
            st.rerun()
        st.session_state[_FAULT] = (type(newest.errand), newest.fault, newest.cancelled is not None)
    kind, fault, cancelled = st.session_state.get(_FAULT, (None, "", False))
    if kind in kinds:
        st.html(say(fault, lead="" if cancelled else "This did not work:", mark="bulb" if cancelled else "cross"))


def current_pictures() -> None:
    """Draw the errand that brings pictures in, if there is one; what it brings is chosen."""
    with st.container(key="errand_pictures"):
        current_errand((ReadUpload, MakeSample, ReadFolder, FetchSet), "Reading the pictures", _choose)


def draw_added() -> None:
    """Draw what came of the pictures that were added last, as long as the set is the one that they made."""
    album, data, words, mark = st.session_state.get(_ADDED, (None, None, "", ""))
    if words and (album, data) == (draft().album, draft().data):
        st.html(say(words, lead="Added:", mark=mark))


def _choose(errand: Errand, identifier: str) -> None:
    album = store().albums.get(identifier, workspace())
    choose_album(album)
    of, pictures, others = st.session_state.pop(_BEFORE, (None, 0, 0))
    is_added = isinstance(errand, ReadUpload) and of == errand.album == identifier
    told = _told(chosen(), survey_of(album).unfit[others:], pictures) if is_added else ("", "")
    st.session_state[_ADDED] = (album.id, album.digest, *told)


def _told(manifest: Manifest | None, unfit: Sequence[LeftOut], first: int) -> tuple[str, str]:
    """Return how many added files are in a set and why one is not, with the mark before it.

    Pictures among them have places from `first` on.
    """
    if manifest is None:
        return "", ""
    taken = sum(one.place >= first for one in manifest.examples)
    left_out = [*(one for one in manifest.left_out if one.place >= first), *unfit]
    told = f"{taken:,} of {count(taken + len(left_out), 'file')} taken in."
    if not left_out:
        return told, "check"
    more = f" And {len(left_out) - 1:,} more; see “Left out”." if len(left_out) > 1 else ""
    return f"{told} Left out: {clean(left_out[0].name, 60)}. {left_out[0].sentence}{more}", "bulb"
