"""What every page needs: the store, whose visit this is, and the plan that the visitor is working on."""

import gc
import re
import secrets
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from tlcore.data import marks
from tlcore.data.manifest import Manifest
from tlcore.data.survey import Survey
from tlcore.draft import Draft
from tlcore.errors import ThawError
from tlcore.jobs.settings import tell_settings
from tlcore.jobs.supervisor import ensure_supervisor
from tlcore.paths import home_folder
from tlcore.records import digest
from tlcore.store import Store
from tlcore.store.albums import Album
from tlcore.store.datasets import Dataset
from tlcore.store.runs import Run
from tlcore.ui.components.visitor import COOKIE

_WORKSPACE = re.compile(r"[0-9a-f]{32}")


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Return the store of this app, opened once."""
    opened = Store(home_folder())
    try:
        opened.check()
    except ThawError:
        opened.close()
        raise
    opened.processes.register("app")
    tell_settings(opened)
    # What is imported by now stays for good; a collection need not look at it again.
    gc.freeze()
    return opened


@st.cache_resource(ttl=5, show_spinner=False)
def keep_supervisor() -> bool:
    """See to it that a supervisor lives, at most every five seconds."""
    ensure_supervisor(store())
    return True


def workspace() -> str:
    """Return the visitor's id: 128 random bits that the browser keeps in a cookie."""
    cookie = st.context.cookies.get(COOKIE, "")
    if _WORKSPACE.fullmatch(cookie):
        return cookie
    # Before the cookie is set, and where cookies are off, the id lives as long as the visit.
    if COOKIE not in st.session_state:
        st.session_state[COOKIE] = secrets.token_hex(16)
    return str(st.session_state[COOKIE])


def readable() -> tuple[str, str]:
    """Return the workspaces whose runs the visitor sees: the own one and the command line's."""
    return workspace(), store().command_line_workspace()


def draft() -> Draft:
    """Return the plan that the visitor is working on."""
    return store().drafts.of(workspace())


def keep_draft(changed: Draft) -> None:
    """Keep the plan."""
    store().drafts.keep(workspace(), changed)


def dataset(digest: str | None) -> Dataset | None:
    """Return the visitor's set, or the command line's, with this content."""
    if digest is None:
        return None
    found = (store().datasets.get(digest, name) for name in readable())
    return next((dataset for dataset in found if dataset is not None), None)


def chosen_album() -> Album | None:
    """Return the album that the visitor works on, if there is one."""
    identifier = draft().album
    if identifier is None:
        return None
    with suppress(ThawError):
        return store().albums.get(identifier, workspace())
    return None


def survey_of(album: Album) -> Survey:
    """Return what reading an album's files told."""
    return store().albums.survey(album)


def damage_of(album: Album) -> str:
    """Return why what reading an album's files told cannot be read any more; an empty text if it can."""
    try:
        survey_of(album)
    except ThawError as fault:
        return str(fault)
    return ""


def state_of(album: Album) -> str:
    """Return what tells an album as it is now, for keeping what was reckoned from it."""
    return digest([album.survey, album.seed, marks.written(album.marks)])


def choose_album(album: Album) -> None:
    """Work on this album, and plan for the set that came of it."""
    keep_draft(replace(draft(), album=album.id, data=album.digest))


def chosen() -> Manifest | None:
    """Return the manifest of the chosen set, if one is chosen and still there.

    It is the album's own: another album of the same pictures has other places and names for them.
    """
    album = chosen_album()
    if album is not None and album.digest is not None and album.digest == draft().data:
        with suppress(ThawError):
            return store().albums.dataset(album).manifest
    with suppress(ThawError):
        found = dataset(draft().data)
        return found.manifest if found else None
    return None


def run_of_this_page() -> Run | None:
    """Return the run that the address names, else the visitor's newest one; foreign ids are as unknown ones."""
    named = st.query_params.get("run")
    if named is not None:
        return store().runs.get(named, readable())
    return next(iter(store().runs.recent(readable(), 1)), None)
