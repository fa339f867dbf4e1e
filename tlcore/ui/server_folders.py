"""Folders of this machine that its operator opened up: a person walks through them by name and reads one in place."""

import os

import streamlit as st

from tlcore.data.server_folders import FOLDERS_VARIABLE, Inside, inside, open_folders
from tlcore.errands import ReadFolder
from tlcore.errors import ThawError
from tlcore.text import count, plain
from tlcore.ui.components.static import say
from tlcore.ui.gathering import begin
from tlcore.ui.session import draft

_HERE = "server_place"
"""Where the visitor is: the name of an open folder and the path below it, or nothing at the top."""
_AT_ONCE = 24
_EXAMPLE = (
    rf'set "{FOLDERS_VARIABLE}=D:\pictures;E:\photos" && streamlit run app.py'
    if os.name == "nt"
    else f'{FOLDERS_VARIABLE}="/data/pictures:/home/ann/photos" streamlit run app.py'
)
"""A line to copy."""
_FOLDER = ":material/folder:"


def draw_server_folders() -> None:
    """Draw where the visitor is and what lies there, or how an operator opens a folder."""
    opened = open_folders()
    if not opened:
        st.caption(
            "None is opened up. Whoever starts Thaw names the folders that may be read in "
            f"`{FOLDERS_VARIABLE}`, such as in this line; nothing in them is ever copied or changed."
        )
        st.code(_EXAMPLE, language=None, wrap_lines=True)
        return
    st.caption("Read where it lies: nothing is copied or changed.")
    try:
        _draw_place(list(opened))
    except ThawError as error:
        # It was moved away, or closed, since it was listed.
        st.session_state.pop(_HERE, None)
        st.html(say(str(error), lead="This does not work:", mark="cross"))


def _draw_place(opened: list[str]) -> None:
    here: tuple[str, str] | None = st.session_state.get(_HERE)
    if here is None:
        with st.container(key="slim_server_folders", horizontal=True):
            for number, name in enumerate(opened):
                st.button(plain(name, 60), icon=_FOLDER, key=f"open_{number}", on_click=_go, args=(name, ""))
        return
    name, place = here
    folders, files = _inside(name, place)
    steps = [name, *(place.split("/") if place else ())]
    st.markdown(" › ".join(f"**{plain(step, 40)}**" for step in steps))
    first = 0
    if len(folders) > _AT_ONCE:
        first = (st.pagination(-(-len(folders) // _AT_ONCE), key=f"server_page_{name}/{place}") - 1) * _AT_ONCE
    with st.container(key="slim_server_folders", horizontal=True):
        st.button("Up", icon=":material/arrow_upward:", key="server_up", on_click=_up, args=(name, place))
        for number, folder in enumerate(folders[first : first + _AT_ONCE]):
            where = f"{place}/{folder.name}".lstrip("/")
            st.button(
                f"{plain(folder.name, 60)} · {_count(folder)}",
                icon=_FOLDER,
                key=f"enter_{number}",
                on_click=_go,
                args=(name, where),
            )
    below = sum(folder.files for folder in folders) + files
    more = "" if all(folder.is_counted for folder in folders) else "more than "
    st.caption(f"{count(len(folders), 'folder')} here; {more}{count(below, 'file')} in all.")
    st.button(
        "Read this folder",
        key="server_read",
        disabled=not below,
        on_click=begin,
        args=(ReadFolder(folder=name, place=place, seed=draft().seed),),
    )


@st.cache_data(ttl=20, max_entries=64, show_spinner=False)
def _inside(name: str, place: str) -> tuple[list[Inside], int]:
    """Return what lies at a place; counted again when it is a while ago."""
    return inside(name, place)


def _count(folder: Inside) -> str:
    return f"{folder.files:,}" if folder.is_counted else f"{folder.files:,}+"


def _go(name: str, place: str) -> None:
    st.session_state[_HERE] = (name, place)


def _up(name: str, place: str) -> None:
    if place:
        st.session_state[_HERE] = (name, place.rpartition("/")[0])
    else:
        st.session_state.pop(_HERE)
