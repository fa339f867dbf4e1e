"""Errands that a page begins: watched while they are open, and their outcome taken once."""

from collections.abc import Callable, Sequence

import streamlit as st

from tlcore.errands import Errand, FetchSet, MakeSample, ReadFolder, ReadUpload
from tlcore.ui.components.static import say
from tlcore.ui.errand_view import watch_errand
from tlcore.ui.session import choose_album, store, workspace

_FAULT = "errand_fault"


def begin(errand: Errand) -> None:
    """File an errand; the supervisor starts it within a moment."""
    forget_fault()
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


def _choose(_errand: Errand, album: str) -> None:
    choose_album(store().albums.get(album, workspace()))
