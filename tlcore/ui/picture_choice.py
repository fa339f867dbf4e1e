"""The choice of the picture that is looked at: one of the set by class, side or name, or one of the visitor's own."""

from collections.abc import Sequence
from typing import BinaryIO

import streamlit as st

from tlcore.data.limits import PICTURE_FILE_BYTES
from tlcore.data.manifest import Manifest
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import PNG
from tlcore.jobs.own_picture import take_own_picture
from tlcore.store.own import MOST
from tlcore.text import clean
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.components.static import facts_table, say
from tlcore.ui.session import store, workspace
from tlcore.ui.subject import Picked, listed_pictures, take_picture
from tlcore.ui.thumbnails import thumbnail

_SIDES = {"val": "To check with", "train": "To learn from"}
_OFFERED = 5
"""Pictures to choose from at once: those among which the chosen one is, or the first ones."""
_THUMB = 36
"""Pixels."""
_MEGABYTES = PICTURE_FILE_BYTES // 1_000_000
_BROUGHT = "own_brought"
"""How many pictures the visitor has brought: each gets a widget of its own, so that none is kept in memory."""
_PROBLEM = "own_problem"
_NOTES = "own_notes"


def draw_picture_card(
    manifest: Manifest, picture: Picked, crop: str | None, told: Sequence[tuple[str, str, str]]
) -> None:
    """Draw the chosen picture, what is `told` of it, and the way to others; `crop` is what the network got of it."""
    st.header("Picture", anchor=False)
    st.image(PNG + crop if crop else thumbnail(picture.id), width="stretch")
    st.html(facts_table([picture.told, *told]))
    draw_picture_choice(manifest, picture)


def draw_picture_choice(manifest: Manifest, picture: Picked) -> None:
    """Draw the ways to another picture: one step, a row of small ones, a search, an own one."""
    listed = [example.id for example in listed_pictures(manifest)]
    place = listed.index(picture.id) if picture.id in listed else -1
    begin = max(place, 0) // _OFFERED * _OFFERED
    thumbs = [Thumb(id=one, image=thumbnail(one)) for one in listed[begin : begin + _OFFERED]]
    picture_wall(key="wall", thumbs=thumbs, chosen=picture.id, on_choose=take_picture, size=_THUMB)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        _step("Back", listed[place - 1] if place > 0 else "")
        st.caption(f"{place + 1:,} of {len(listed):,}" if place >= 0 else f"{len(listed):,} others", width="content")
        _step("Next", listed[place + 1] if place + 1 < len(listed) else "")
    with st.popover("Find another", width="stretch"):
        _draw_search(manifest, len(listed))
    with st.popover("Bring your own", width="stretch"):
        _draw_own(picture)
    for note in st.session_state.get(_NOTES, ()) if picture.own else ():
        st.caption(note)


def _step(words: str, to: str) -> None:
    key = f"slim_picture_{words.lower()}"
    st.button(words, key=key, on_click=take_picture, args=(to,), disabled=not to)


def _draw_search(manifest: Manifest, found: int) -> None:
    st.selectbox(
        "Class",
        [None, *manifest.classes],
        format_func=lambda name: "All classes" if name is None else clean(name, 40),
        key="picture_class",
        on_change=take_picture,
        args=("",),
    )
    st.segmented_control(
        "Side",
        list(_SIDES),
        default="val",
        required=True,
        format_func=_SIDES.__getitem__,
        key="picture_side",
        on_change=take_picture,
        args=("",),
    )
    st.text_input("File name", key="picture_name", placeholder="a part of it", on_change=take_picture, args=("",))
    if not found:
        st.caption("No picture of the set is like this.")


def _draw_own(picture: Picked) -> None:
    if problem := st.session_state.get(_PROBLEM):
        st.html(say(problem, lead="Not taken:", mark="cross"))
    number = st.session_state.get(_BROUGHT, 0)
    key = f"own_upload_{number}"
    st.file_uploader("A picture file", key=key, max_upload_size=_MEGABYTES, on_change=_take, args=(key,))
    if st.toggle("Use the camera", key="own_camera"):
        key = f"own_snapshot_{number}"
        st.camera_input("A snapshot", key=key, on_change=_take, args=(key,))
    st.caption(f"It stays on the machine that runs Thaw, in no set. Your {MOST} newest are kept.")
    thumbs = [Thumb(id=own, image=thumbnail(own)) for own in store().own.of(workspace())]
    if thumbs:
        picture_wall(key="own_wall", thumbs=thumbs, chosen=picture.id, on_choose=take_picture, size=_THUMB)


def _take(key: str) -> None:
    """Keep and look at what a widget got; where it cannot be used, the page says why and shows what it showed."""
    sent = st.session_state[key]
    st.session_state[_PROBLEM] = ""
    if sent is None:
        return
    st.session_state[_BROUGHT] = st.session_state.get(_BROUGHT, 0) + 1
    try:
        _keep(sent, sent.name, sent.size)
    except ThawError as fault:
        st.session_state[_PROBLEM] = str(fault)
    except OSError:
        st.session_state[_PROBLEM] = "The picture could not be written. Is this machine's disk full?"


def _keep(file: BinaryIO, name: str, size: int) -> None:
    fact = take_own_picture(store(), workspace(), name, file, size)
    st.session_state[_NOTES] = fact.notes
    take_picture(fact.id)
