"""Marks in the ledger of the chosen album: made and taken back by a page, and what came of the last one, in words."""

from collections.abc import Callable

import streamlit as st

from tlcore.data.marks import Mark
from tlcore.errors import ThawError
from tlcore.store.albums import Album
from tlcore.ui.components.static import say
from tlcore.ui.session import choose_album, chosen_album, draft, store

_TOLD = "mark_told"


def mark(*marks: Mark, told: str = "") -> None:
    """Put marks into the ledger of the chosen album; `told` is the sentence that then stands on the page."""
    _decide(lambda album: store().albums.mark(album, *marks), told)


def unmark(taken_back: Mark) -> None:
    """Take a mark back; what another page has taken back meanwhile stays so."""

    def without(album: Album) -> Album:
        if taken_back not in album.marks:
            return album
        return store().albums.unmark(album, album.marks.index(taken_back))

    _decide(without, "")


def refused() -> bool:
    """Say whether the last mark could not be made."""
    _, done, _ = st.session_state.get(_TOLD, (None, True, ""))
    return not done


def draw_told() -> None:
    """Draw what came of the last mark, as long as the set is the one that it made."""
    data, done, words = st.session_state.get(_TOLD, (None, True, ""))
    if words and data == draft().data:
        st.html(say(words, lead="Done:" if done else "Not changed:", mark="check" if done else "cross"))


def forget_told() -> None:
    """Tell no longer what came of the last mark."""
    st.session_state.pop(_TOLD, None)


def album_to_mark() -> Album | None:
    """Return the chosen album; where a set came in before there were any, say what to do."""
    album = chosen_album()
    if album is None:
        st.caption("These pictures came in before decisions about them were kept. Bring them in again.")
    return album


def _decide(change: Callable[[Album], Album], told: str) -> None:
    album = chosen_album()
    try:
        if album is None:
            raise ThawError("These pictures were read by an earlier Thaw.", "Bring them in again to change the set.")
        choose_album(change(album))
    except ThawError as error:
        st.session_state[_TOLD] = (draft().data, False, str(error))
    else:
        st.session_state[_TOLD] = (draft().data, True, told)
