"""What the checks of a set found, each with its pictures and the buttons that mend it."""

from collections.abc import Sequence

import streamlit as st

from tlcore.data.checks import find
from tlcore.data.facts import LONGEST_NAME
from tlcore.data.findings import Finding
from tlcore.data.manifest import Manifest
from tlcore.data.marks import Confirm
from tlcore.store.albums import Album
from tlcore.text import clean, count, plain
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.doubts_view import draw_doubts
from tlcore.ui.marking import album_to_mark, draw_told, mark
from tlcore.ui.session import chosen_album, state_of, survey_of
from tlcore.ui.thumbnails import thumbnail

_PEOPLE = 64
"""Whose findings are kept: more than a class has, for each looks at a set of their own."""
_PICTURES_AT_FIRST = 10
_PICTURES_AT_MOST = 96
_FILES = 5
_LONGEST_SENTENCE = 600


def draw_checks(manifest: Manifest) -> None:
    """Draw the findings about the chosen set, the gravest first, and the search for doubtful labels."""
    album = album_to_mark()
    if album is None:
        return
    draw_told()
    found = _found(state_of(album), album, manifest)
    grave = sum(finding.is_grave for finding in found)
    st.caption("Each repair is a line under Changes and can be undone there. No file is touched.")
    for number, finding in enumerate(found):
        if number == 0 and grave:
            st.header("These findings change what a result means", anchor=False)
        if number == grave:
            st.header("Good to know", anchor=False)
        with st.container(key=f"row_finding_{number}"):
            _draw(album, finding, f"{finding.kind}_{number}")
    with st.container(key="row_doubts"):
        draw_doubts(album, manifest)


def grave_findings(manifest: Manifest) -> int:
    """Return how many findings change what a result means."""
    album = chosen_album()
    return sum(finding.is_grave for finding in _found(state_of(album), album, manifest)) if album else 0


def warn_of_findings(grave: int) -> None:
    """Say how many findings change what a result means, for those who do not look at the checks."""
    if grave:
        changes = "changes" if grave == 1 else "change"
        st.caption(f"{count(grave, 'finding')} {changes} what a result means: see Checks for what can be done.")


@st.cache_resource(max_entries=_PEOPLE, show_spinner=False)
def _found(state: str, _album: Album, _manifest: Manifest) -> Sequence[Finding]:
    assert state == state_of(_album)
    return find(survey_of(_album), _manifest, _album.marks, _album.seed)


def _draw(album: Album, finding: Finding, key: str) -> None:
    st.subheader(plain(finding.title, 160), anchor=False)
    st.markdown(plain(finding.sentence, _LONGEST_SENTENCE))
    if finding.names:
        more = f" and {len(finding.names) - _FILES:,} more" if len(finding.names) > _FILES else ""
        st.caption(", ".join(plain(name, LONGEST_NAME) for name in finding.names[:_FILES]) + more)
    if finding.places:
        _pictures(album, finding, key)
    with st.container(horizontal=True):
        for number, repair in enumerate(finding.repairs):
            st.button(plain(repair.words), key=f"slim_repair_{key}_{number}", on_click=mark, args=repair.marks)
        if finding.repairs and finding.places and finding.kind != "placeholder":
            right = Confirm(pictures=finding.places, what=finding.kind)
            words = "It is right as it is" if len(finding.places) == 1 else "They are right as they are"
            st.button(words, key=f"slim_right_{key}", on_click=mark, args=(right,))


def _pictures(album: Album, finding: Finding, key: str) -> None:
    facts = survey_of(album).facts
    most = min(len(finding.places), _PICTURES_AT_MOST)
    shown = _PICTURES_AT_FIRST
    if most > shown and st.toggle(
        "Show all" if most == len(finding.places) else f"Show {most} of {len(finding.places):,}", key=f"all_{key}"
    ):
        shown = most
    thumbs = [
        Thumb(id=f"{place}", image=thumbnail(facts[place].id), caption=name, note=folder)
        for place in finding.places[:shown]
        for folder, name in [_named(facts[place].path)]
    ]
    picture_wall(key=f"wall_{key}", thumbs=thumbs, size=92)


def _named(path: str) -> tuple[str, str]:
    """Return the folder that a file lies in, which most often is its class, and its name."""
    folder, _, name = path.rpartition("/")
    return clean(folder.rpartition("/")[2], 60), clean(name, 60)
