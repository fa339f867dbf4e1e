"""The ledger of a set: every decision about it as a line that can be taken back, and what was left out by itself."""

from collections import defaultdict
from collections.abc import Callable

import streamlit as st

from tlcore.data.ledger import told
from tlcore.data.manifest import LeftOut, Manifest
from tlcore.data.marks import Mark, TakeIn
from tlcore.data.settle import labels
from tlcore.store.albums import Album
from tlcore.text import count, plain
from tlcore.ui.marking import album_to_mark, draw_told, mark, unmark
from tlcore.ui.session import state_of, survey_of

_BY_ITSELF = {
    "PLACEHOLDER": ("placeholder left out", "placeholders left out", "Take in"),
    "REPEATED": ("file left out that came twice", "files left out that came twice", "Take in as duplicate"),
    "IN_BOTH": (
        "file left out of learning that came to check with as well",
        "files left out of learning that came to check with as well",
        "",
    ),
}
"""What is left out without being asked: one, several, and the button, where it may be wanted."""
_NAMED = 3
_LINES = 50


def draw_ledger(manifest: Manifest) -> None:
    """Draw what was decided about the chosen set, newest first."""
    album = album_to_mark()
    if album is None:
        return
    st.caption("Everything that was decided about these pictures. The files themselves are never touched.")
    draw_told()
    lines = _lines(state_of(album), album)
    for number in reversed(range(len(lines))[-_LINES:]):
        _line(plain(lines[number], 200), "Undo", f"undo_{number}", unmark, album.marks[number])
    if not lines:
        st.markdown("Nothing yet. What the views Checks, Split and Classes change is listed here, and can be undone.")
    _by_itself(manifest)


@st.cache_resource(max_entries=16, show_spinner=False)
def _lines(state: str, _album: Album) -> list[str]:
    assert state == state_of(_album)
    survey = survey_of(_album)
    by_place = labels(survey, _album.marks)
    return [told(one, survey, by_place) for one in _album.marks]


def _by_itself(manifest: Manifest) -> None:
    """Draw what was left out without being asked, with a way back."""
    by_code: dict[str, list[LeftOut]] = defaultdict(list)
    for one in manifest.left_out:
        if one.code in _BY_ITSELF and one.place >= 0:
            by_code[one.code].append(one)
    for code, (single, several, button) in _BY_ITSELF.items():
        if left := by_code[code]:
            more = f" and {len(left) - _NAMED:,} more" if len(left) > _NAMED else ""
            names = ", ".join(plain(one.name, 60) for one in left[:_NAMED])
            words = f"By itself: {count(len(left), single, several)}: {names}{more}"
            _line(words, button, f"take_{code}", mark, TakeIn(pictures=tuple(one.place for one in left)))


def _line(words: str, button: str, key: str, act: Callable[[Mark], None], one: Mark) -> None:
    """Draw a line with its button, if it has one, at the end."""
    with st.container(
        key=f"row_{key}", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(words, width="content" if button else "stretch")
        if button:
            st.button(button, key=f"slim_{key}", on_click=act, args=(one,))
