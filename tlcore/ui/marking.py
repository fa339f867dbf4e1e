"""Marks in the ledger of the chosen album: made and taken back by buttons, or refused in words beside the place."""

from collections.abc import Callable

import streamlit as st

from tlcore.data.marks import Mark
from tlcore.errors import ThawError
from tlcore.store.albums import Album
from tlcore.ui.components.static import say
from tlcore.ui.session import choose_album, chosen_album, store

_REFUSED = "mark_refused"


def mark(*marks: Mark) -> None:
    """Add marks to the ledger of the chosen album, and work on the set that comes of it."""
    _decide(lambda album: store().albums.mark(album, *marks))


def unmark(taken_back: Mark) -> None:
    """Take a mark back; what another page has taken back meanwhile stays so."""

    def without(album: Album) -> Album:
        if taken_back not in album.marks:
            return album
        return store().albums.unmark(album, album.marks.index(taken_back))

    _decide(without)


def album_to_mark() -> Album | None:
    """Return the chosen album; where a set came in before there were any, say what to do."""
    album = chosen_album()
    if album is None:
        st.caption("These pictures came in before decisions about them were kept. Bring them in again.")
    return album


def _decide(change: Callable[[Album], Album]) -> None:
    st.session_state.pop(_REFUSED, None)
    album = chosen_album()
    if album is None:
        return
    try:
        choose_album(change(album))
    except ThawError as error:
        st.session_state[_REFUSED] = (album, str(error))


def show_mark_refusal() -> None:
    """Draw why the last mark was refused, while the album is as it was then."""
    album, reason = st.session_state.get(_REFUSED, (None, ""))
    if album is not None and album == chosen_album():
        st.html(say(reason, lead="Not done:", mark="cross"))
