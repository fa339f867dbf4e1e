"""Where pictures go that a person brings: into a set of their own, or into the one that is chosen."""

from dataclasses import dataclass

import streamlit as st

from tlcore.store.albums import Album
from tlcore.text import clean, plain
from tlcore.ui.components.static import say
from tlcore.ui.reading_choice import is_asked, is_by_folders
from tlcore.ui.session import chosen, chosen_album, damage_of

_BY_FOLDERS = "As their folders say"
_NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What becomes of pictures that come in."""

    album: str | None = None
    """Id of the album that they are added to; None for one of their own."""
    into: str = ""
    """The class that all of them go into; empty where their folders say."""
    by_folder: bool = False
    """Whether each one's folder is its class by the person's word."""
    name: str = ""
    """What the album is called, as it is shown; empty for one of their own."""
    classes: tuple[str, ...] = ()
    """Of that album, as they are shown."""
    needs_folders: bool = False
    """Whether nothing would say the class of a file that lies in no folder."""


def choose_destination(*, by_class: bool) -> Destination:
    """Draw the choice between a new set and the chosen one, `by_class` with one of its classes, and return it."""
    album = chosen_album()
    if album is None or damage_of(album):
        return Destination()
    if album.digest is None:
        st.html(say(album.fault or "", lead=f"“{clean(album.name, 40)}” is not a set yet:"))
    # The key has the album in it, so that a choice for one is no choice for another.
    where, which = st.columns(2)
    goal = where.segmented_control(
        "These pictures are",
        [_NEW, album.id],
        default=album.id if album.digest is None and not is_asked(album) else _NEW,
        required=True,
        format_func=lambda identifier: _spoken(identifier, album),
        key=f"goal_{album.id}",
    )
    if goal == _NEW:
        return Destination()
    manifest = chosen()
    classes = tuple(clean(name) for name in manifest.classes) if manifest else ()
    into = ""
    if by_class:
        picked = which.selectbox(
            "Their class",
            [_BY_FOLDERS, *classes],
            accept_new_options=True,
            key=f"into_{album.id}",
            help="Loose pictures need a class. Choose one, or type the name of a new one.",
        )
        into = "" if picked == _BY_FOLDERS else clean(picked)
    return Destination(
        album=album.id,
        into=into,
        by_folder=not by_class,
        name=clean(album.name, 40),
        classes=classes,
        needs_folders=by_class and not into and manifest is not None and is_by_folders(album),
    )


def _spoken(identifier: str, album: Album) -> str:
    return "A new set" if identifier == _NEW else f"Added to {plain(album.name, 40)}"
