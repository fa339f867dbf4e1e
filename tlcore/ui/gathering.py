"""Errands that bring pictures in: started by a button, watched on the page, chosen when they are done."""

from dataclasses import replace

import streamlit as st

from tlcore.errands import Errand, FetchSet, MakeSample, ReadUpload
from tlcore.store.errands import Progress
from tlcore.ui.components.static import say
from tlcore.ui.errand_view import watch_errand
from tlcore.ui.session import draft, keep_draft, store, workspace

_SEEN = "errand_seen"


def begin(errand: Errand) -> None:
    """File an errand; the supervisor starts it within a moment."""
    store().errands.add(errand, workspace())


def current_errand() -> None:
    """Draw the newest errand for pictures while it is open, and once what came of it."""
    newest = store().errands.newest(workspace(), (ReadUpload, MakeSample, FetchSet))
    if newest is None or st.session_state.get(_SEEN) == newest.id:
        return
    with st.container(key="card_errand"):
        watch_errand(newest.id, "Reading the pictures", _done)


def _done(progress: Progress) -> None:
    if progress.fault is not None:
        st.html(say(progress.fault, lead="No set was made.", mark="cross"))
        return
    # The result is chosen once; afterwards the visitor may choose another set.
    st.session_state[_SEEN] = progress.id
    if draft().data != progress.result:
        keep_draft(replace(draft(), data=progress.result))
    st.rerun()
