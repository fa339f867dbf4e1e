"""How an album's folders are understood: asked where it is in doubt, shown and changed where it is not."""

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from tlcore.data.manifest import LeftOut
from tlcore.data.marks import ReadAs
from tlcore.data.outline import Branch, outline
from tlcore.data.readings import Reading, UndecidedError, decided, found_in, reading_of, readings
from tlcore.data.ways import title_of
from tlcore.errors import PictureError, ThawError
from tlcore.store.albums import Album
from tlcore.text import count, plain
from tlcore.ui.components.static import numbers, say
from tlcore.ui.components.understanding import folder_tree, way
from tlcore.ui.session import choose_album, store, workspace
from tlcore.ui.set_view import draw_files

_FAULT = "reading_fault"
_NAMED = 3
"""Classes that a button names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What a page needs to know of a survey to ask about it."""

    surest: str
    """Key of the reading that needs no question, empty where there is none."""
    doubt: str
    """Why a person has to decide, empty where nobody has to."""
    ways: tuple[Reading, ...]
    tree: Branch | None
    tables: tuple[tuple[str, int], ...]
    """Path and number of rows."""
    unfit: tuple[LeftOut, ...]


def draw_unsettled(album: Album) -> None:
    """Draw an album of which no set could be made yet: what was found, and the question or the fault."""
    sight = _sight(album)
    with st.container(key="card_unsettled"):
        st.header(plain(album.name, 40), anchor=False)
        left_out = (f"{len(sight.unfit):,}", "left out", "each with its reason" if sight.unfit else "")
        st.html(numbers([(f"{album.pictures:,}", "pictures found", "no set yet"), left_out]))
        asked = is_asked(album)
        if not asked:
            st.html(
                say(
                    album.fault or "The reading broke off. Bring the same pictures in again.",
                    lead="No set yet:",
                    mark="cross",
                )
            )
        if sight.unfit:
            with st.expander(f"{count(len(sight.unfit), 'file')} left out, and why"):
                draw_files(sight.unfit, key=f"unfit_{album.id}")
    with st.container(key="card_reading"):
        st.header("What are the classes?" if asked else "What was found", anchor=False)
        if asked:
            st.caption(f"{plain(sight.doubt, 400)} Choose; you can change it afterwards. Nothing is moved or renamed.")
        _draw_choice(album, sight)


def is_asked(album: Album) -> bool:
    """Say whether no set can be made of an album until somebody says what its classes are."""
    return album.digest is None and not decided(album.marks) and bool(_sight(album).doubt)


def is_by_folders(album: Album) -> bool:
    """Say whether it is folders that tell the classes of a set, not names or a table."""
    return (decided(album.marks) or _surest(album)) not in ("prefix", "table")


def draw_reading(album: Album) -> None:
    """Draw the line that says how the folders of a set are understood; it opens to change that."""
    key = decided(album.marks) or _surest(album)
    by_whom = ", as you decided" if decided(album.marks) else ""
    line = st.expander(
        f"Understood as: {title_of(key).lower()}{by_whom}. **Change**",
        icon=":material/edit:",
        key="reading_line",
        on_change="rerun",
    )
    if line.open:
        with line:
            _draw_choice(album, _sight(album))


def _draw_choice(album: Album, sight: _Sight) -> None:
    """Draw the tree beside the ways to understand it."""
    if fault := st.session_state.get(_FAULT):
        st.html(say(fault, lead="This did not work:", mark="cross"))
    tree, ways = st.columns([1, 1.35]) if sight.ways else (st.container(), st.container())
    if sight.tree is not None:
        tree.html(folder_tree(sight.tree, sight.tables))
    current = album.digest is not None and (decided(album.marks) or sight.surest)
    with ways:
        for reading in sight.ways:
            with st.container(key=f"way_{reading.key}", border=True):
                st.html(way(reading))
                if reading.key == current:
                    st.caption("This is how they are understood now.")
                else:
                    st.button(_take(reading), key=f"read_as_{reading.key}", on_click=_decide, args=(album, reading.key))
        if sight.ways:
            st.caption("If none of these is right: make one folder for each class, and bring the pictures in again.")
        if decided(album.marks):
            st.button("Take the decision back", key="slim_unread", on_click=_undo, args=(album,))


def _take(reading: Reading) -> str:
    """Return what a button says, unlike any other one's."""
    names = [plain(name, 20) for name, _ in reading.classes[:_NAMED]]
    more = ", …" if len(reading.classes) > len(names) else ""
    return f"Take {count(len(reading.classes), 'class', 'classes')}: {', '.join(names)}{more}"


def _decide(album: Album, key: str) -> None:
    st.session_state.pop(_FAULT, None)
    try:
        choose_album(store().albums.mark(store().albums.get(album.id, workspace()), ReadAs(reading=key)))
    except ThawError as fault:
        st.session_state[_FAULT] = str(fault)


def _undo(album: Album) -> None:
    st.session_state.pop(_FAULT, None)
    now = store().albums.get(album.id, workspace())
    places = [place for place, mark in enumerate(now.marks) if isinstance(mark, ReadAs)]
    try:
        choose_album(store().albums.unmark(now, places[-1]) if places else now)
    except ThawError as fault:
        st.session_state[_FAULT] = str(fault)


def _survey_of(album: Album) -> str:
    """Return all that what is read from a survey depends on."""
    return album.survey


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs={Album: _survey_of})
def _surest(album: Album) -> str:
    """Return the key of the reading that a set was made by without a decision."""
    return reading_of(store().albums.survey(album), ())


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs={Album: _survey_of})
def _sight(album: Album) -> _Sight:
    survey = store().albums.survey(album)
    tables = tuple((table.path, len(table.rows)) for table in survey.tables)
    key = doubt = ""
    ways: tuple[Reading, ...] = ()
    tree = None
    with suppress(PictureError):
        found = found_in(survey)
        tree, ways = outline(found), readings(found)
        try:
            key = reading_of(survey, ())
        except UndecidedError as fault:
            doubt = fault.message
    return _Sight(surest=key, doubt=doubt, ways=ways, tree=tree, tables=tables, unfit=survey.unfit)
