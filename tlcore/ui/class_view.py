"""One class of a set, opened: all its pictures page by page, and what a person can decide about them."""

from collections.abc import Collection

import streamlit as st

from tlcore.data.layout import LONGEST_CLASS_NAME
from tlcore.data.manifest import Example, Manifest
from tlcore.data.marks import CallClasses, DropClass, LeaveOut, Relabel
from tlcore.text import clean, count, plain
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.marking import draw_told, forget_told, mark, refused
from tlcore.ui.picture_view import draw_picture, facts_of, side_in_words
from tlcore.ui.session import chosen_album
from tlcore.ui.thumbnails import thumbnail

_AT_ONCE = 60
_OPEN = "class_open"
_LARGE = "class_picture"
_TICKED = "class_ticked"
_SHOWN = "class_shown"
_TURN = "class_turn"
"""Counts up when ticks are taken away here, so that the browser forgets its own."""


def opened_class(manifest: Manifest) -> int | None:
    """Return the label of the class that the visitor has opened, if it is still there."""
    name = st.session_state.get(_OPEN)
    return manifest.classes.index(name) if name in manifest.classes else None


def open_class(name: str | None) -> None:
    """Look into this class from now on, or into none."""
    forget_told()
    st.session_state.update({_OPEN: name, _LARGE: None})
    _untick()


def draw_class(manifest: Manifest, label: int) -> None:
    """Draw the class: what can be done with it, the picture that was clicked, and all of them."""
    name, examples = manifest.classes[label], manifest.of_class(label)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All classes", key="slim_classes", icon=":material/arrow_back:", on_click=open_class, args=(None,))
        if chosen_album() is not None:
            with st.popover("Change this class"):
                _change_class(manifest, name)
    st.subheader(plain(name, 80), anchor=False)
    train = sum(example.split == "train" for example in examples)
    st.caption(f"{count(train, 'picture')} to learn from, {len(examples) - train:,} to check with.")
    draw_told()
    by_key = {_key(example): example for example in examples}
    if (large := by_key.get(st.session_state.get(_LARGE, ""))) is not None:
        with st.container(key="card_large"):
            draw_picture(manifest, large)
            st.button("Close", key="slim_large", on_click=_enlarge, args=(None,))
    ticked = [example for key, example in by_key.items() if key in _ticked()]
    if chosen_album() is not None:
        _change_pictures(manifest, name, ticked)
    pages = -(-len(examples) // _AT_ONCE)
    page = st.pagination(pages, key=f"pictures_page_{name}_{pages}") if pages > 1 else 1
    shown = examples[_AT_ONCE * (page - 1) : _AT_ONCE * page]
    facts = facts_of(shown)
    thumbs = [
        Thumb(
            id=_key(example),
            image=thumbnail(example.id),
            caption=clean(example.name, 60),
            note=f"{fact.width} × {fact.height} · {side_in_words(example)}" if fact else side_in_words(example),
        )
        for example, fact in zip(shown, facts, strict=True)
    ]
    revision = f"{manifest.digest} {name} {page} {st.session_state.get(_TURN, 0)}"
    picture_wall(
        key="pictures",
        thumbs=thumbs,
        chosen=st.session_state.get(_LARGE),
        on_choose=_enlarge,
        marked=_ticked_at(revision) & {thumb.id for thumb in thumbs},
        on_mark=(lambda now: _tick({thumb.id for thumb in thumbs}, now)) if chosen_album() is not None else None,
        revision=revision,
        reveal="card_large",
        size=118,
    )


def _key(example: Example) -> str:
    """Return what tells a picture from all others of its set."""
    return f"{example.place}-{example.id[:12]}"


def _enlarge(key: str | None) -> None:
    st.session_state[_LARGE] = key


def _ticked() -> frozenset[str]:
    return frozenset(st.session_state.get(_TICKED, ()))


def _ticked_at(revision: str) -> frozenset[str]:
    """Return what was ticked when this page of pictures was shown first.

    The browser knows the ticks since then; told to it again, they would bring all pictures with them.
    """
    shown, ticked = st.session_state.get(_SHOWN, ("", frozenset()))
    if shown != revision:
        ticked = _ticked()
        st.session_state[_SHOWN] = (revision, ticked)
    return frozenset(ticked)


def _tick(shown: Collection[str], now: frozenset[str]) -> None:
    """Take the ticks of the page that is shown; those of other pages stay."""
    st.session_state[_TICKED] = (_ticked() - set(shown)) | now


def _untick() -> None:
    st.session_state[_TICKED] = frozenset()
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _change_pictures(manifest: Manifest, name: str, ticked: list[Example]) -> None:
    """Draw what can be done with the pictures that are ticked; the row is always there, so that no tick moves them."""
    places, none = tuple(example.place for example in ticked), not ticked
    st.caption("Click a picture to see it large. Tick some to leave them out, or to move them to another class.")
    with st.container(horizontal=True, vertical_alignment="center", key="ticked"):
        st.markdown(f"**{len(ticked):,} ticked**", width=84)
        st.button("Leave out", key="slim_leave_out", disabled=none, on_click=_leave_out, args=(name, places))
        target = st.selectbox(
            "Move to class",
            [other for other in manifest.classes if other != name],
            index=None,
            key="move_to",
            format_func=_shown,
            placeholder="Another class",
            label_visibility="collapsed",
            disabled=none,
            width=220,
        )
        lost = none or target is None
        st.button("Move there", key="slim_move", disabled=lost, on_click=_move, args=(name, places, target))
        st.button("Untick all", key="slim_untick", disabled=none, on_click=_untick)


def _change_class(manifest: Manifest, name: str) -> None:
    """Draw what can be done with the whole class."""
    st.text_input("Another name", key="class_name", max_chars=LONGEST_CLASS_NAME, placeholder=clean(name, 60))
    st.button("Rename", key="slim_rename", on_click=_rename, args=(name,))
    others = [other for other in manifest.classes if other != name]
    target = st.selectbox("Make one class with", others, index=None, key="merge_with", format_func=_shown)
    st.button("Merge", key="slim_merge", disabled=target is None, on_click=_merge, args=(name, target))
    st.button("Leave the whole class out", key="slim_drop", on_click=_drop, args=(name,))


def _shown(name: str) -> str:
    return clean(name, 60)


def _leave_out(name: str, places: tuple[int, ...]) -> None:
    told = f"{count(len(places), 'picture')} of “{_shown(name)}” left out; the files are as they were."
    mark(LeaveOut(pictures=places, why="by_hand"), told=told)
    if not refused():
        _untick()


def _move(name: str, places: tuple[int, ...], target: str) -> None:
    told = f"{count(len(places), 'picture')} moved from “{_shown(name)}” to “{_shown(target)}”."
    mark(Relabel(pictures=places, name=target), told=told)
    if not refused():
        _untick()


def _rename(name: str) -> None:
    wanted = clean(st.session_state.pop("class_name", ""), LONGEST_CLASS_NAME)
    told = f"“{_shown(name)}” is called “{_shown(wanted)}” now."
    if wanted:
        mark(CallClasses(classes=(name,), name=wanted), told=told)
    if wanted and not refused():
        st.session_state[_OPEN] = wanted


def _merge(name: str, target: str) -> None:
    told = f"“{_shown(name)}” and “{_shown(target)}” are one class now, “{_shown(target)}”."
    mark(CallClasses(classes=(name, target), name=target), told=told)
    if not refused():
        st.session_state[_OPEN] = target


def _drop(name: str) -> None:
    mark(DropClass(name=name), told=f"“{_shown(name)}” is left out with all its pictures.")
    if not refused():
        st.session_state[_OPEN] = None
