"""The visitor's sets: to choose another one, or to delete one and make room."""

from dataclasses import replace

import streamlit as st

from tlcore.errors import ThawError
from tlcore.store.albums import Album
from tlcore.text import count, plain
from tlcore.ui.components.static import say
from tlcore.ui.session import choose_album, draft, keep_draft, store, workspace

_PROBLEM = "delete_problem"


def draw_own_sets() -> None:
    """Draw the visitor's sets, if there are any."""
    albums = store().albums.of(workspace())
    if not albums:
        return
    with st.container(key="card_sets"):
        st.header("Your sets", anchor=False)
        if problem := st.session_state.pop(_PROBLEM, ""):
            st.html(say(problem, lead="This did not work:", mark="cross"))
        for album in albums:
            _draw(album)


def _draw(album: Album) -> None:
    name, size, buttons = st.columns([2.4, 2, 1.6], vertical_alignment="center")
    name.markdown(f"**{plain(album.name, 40)}**")
    classes = count(album.classes, "class", "classes") if album.digest else "no set yet"
    size.caption(f"{classes}, {count(album.pictures, 'picture')}")
    with buttons.container(key=f"slim_own_{album.id}", horizontal=True, vertical_alignment="center"):
        if draft().album == album.id:
            st.caption("Chosen", width="content")
        else:
            st.button("Choose", key=f"choose_{album.id}", on_click=choose_album, args=(album,))
        with st.popover("Delete"):
            st.markdown(f"Delete **{plain(album.name, 40)}** and what was decided about it?")
            st.caption("Pictures that a run learned from stay, and so does every folder that was read where it lies.")
            st.button("Delete it", key=f"delete_{album.id}", on_click=_delete, args=(album,))


def _delete(album: Album) -> None:
    try:
        store().space.remove(album)
    except ThawError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    if draft().album == album.id:
        keep_draft(replace(draft(), album=None, data=None))
