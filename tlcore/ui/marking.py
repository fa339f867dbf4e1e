"""Marks that a page makes in the chosen album's ledger, and what came of the last one, in words."""

import streamlit as st

from tlcore.data.marks import Mark
from tlcore.errors import ThawError
from tlcore.ui.components.static import say
from tlcore.ui.session import choose_album, chosen_album, draft, store

_TOLD = "mark_told"


def make_marks(told: str, *marks: Mark) -> bool:
    """Put marks into the ledger and say whether that was done; `told` is the sentence that then stands on the page."""
    album = chosen_album()
    try:
        if album is None:
            raise ThawError("These pictures were read by an earlier Thaw.", "Bring them in again to change the set.")
        choose_album(store().albums.mark(album, *marks))
    except ThawError as error:
        st.session_state[_TOLD] = (draft().data, False, str(error))
        return False
    st.session_state[_TOLD] = (draft().data, True, told)
    return True


def draw_told() -> None:
    """Draw what came of the last mark, as long as the set is the one that it made."""
    data, done, words = st.session_state.get(_TOLD, (None, True, ""))
    if words and data == draft().data:
        st.html(say(words, lead="Done:" if done else "Not changed:", mark="check" if done else "cross"))


def forget_told() -> None:
    """Tell no longer what came of the last mark."""
    st.session_state.pop(_TOLD, None)
