"""Takes files from the browser: each part goes to the disk at once, and an errand reads the whole."""

from pathlib import Path

import streamlit as st

from tlcore.data.limits import allowance
from tlcore.errands import ReadUpload
from tlcore.errors import ThawError
from tlcore.store.intake import Piece
from tlcore.text import clean
from tlcore.ui.components.folder_picker import folder_picker
from tlcore.ui.components.sending import Part
from tlcore.ui.components.webcam import webcam
from tlcore.ui.destination import Destination, choose_destination
from tlcore.ui.gathering import begin
from tlcore.ui.session import draft, store, workspace

_ACKNOWLEDGED = "acknowledged"
_PROBLEM = "upload_problem"
_UPLOAD = "upload"
_READ = "upload_to_read"
_NAMES_SHOWN = 3


@st.fragment
def bring_files() -> None:
    """Draw the place to drop a folder; only this piece of the page runs again while parts come in."""
    _show_errand()
    destination = choose_destination(by_class=True)
    folder_picker(
        key="picker",
        on_part=lambda part: _take(part, destination),
        acknowledged=st.session_state.get(_ACKNOWLEDGED, 0),
        problem=st.session_state.get(_PROBLEM, ""),
    )


@st.fragment
def bring_recordings() -> None:
    """Draw the camera, with a row for each class."""
    _show_errand()
    destination = choose_destination(by_class=False)
    webcam(
        key="webcam",
        on_part=lambda part: _take(part, destination),
        acknowledged=st.session_state.get(_ACKNOWLEDGED, 0),
        problem=st.session_state.get(_PROBLEM, ""),
        classes=destination.classes,
        add_to=destination.name,
    )


def _show_errand() -> None:
    """Draw the whole page, not only this piece, where an errand has been filed."""
    if st.session_state.pop(_READ, False):
        st.rerun()


def _take(part: Part, destination: Destination) -> None:
    open_upload = st.session_state.get(_UPLOAD)
    begins = open_upload != part.upload
    if begins:
        if open_upload is not None:
            store().intake.clear(open_upload)  # cut off, for one browser tab sends one upload at a time
        st.session_state.update({_UPLOAD: part.upload, _PROBLEM: ""})
    if part.sequence <= st.session_state.get(_ACKNOWLEDGED, 0):
        return
    try:
        if begins:
            # All of it is known beforehand, so what does not fit is refused before a byte of it is kept.
            store().space.check(workspace(), part.total_bytes)
        _write(part, destination)
    except ThawError as error:
        _give_up(part, str(error))
    except OSError:
        _give_up(part, "The files could not be written. Is this machine's disk full?")
    st.session_state[_ACKNOWLEDGED] = part.sequence


def _give_up(part: Part, problem: str) -> None:
    store().intake.clear(part.upload)
    st.session_state.update({_UPLOAD: None, _PROBLEM: problem})


def _write(part: Part, destination: Destination) -> None:
    if part.cancelled:
        store().intake.clear(part.upload)
        st.session_state[_UPLOAD] = None
        return
    largest, most = max((file.size for file in part.files), default=0), allowance().upload_bytes
    if largest > most:
        raise ThawError(
            f"A file of {largest / 1e6:,.0f} MB is among them; the most is {most / 1e6:,.0f} MB.",
            "Send the folder as it is, or in several archives.",
        )
    if part.total_files > allowance().pictures:
        raise ThawError(
            f"These are {part.total_files:,} files; {allowance().pictures:,} is the most for one set.",
            "Send a part of them.",
        )
    store().intake.write(part.upload, [Piece(file.path, file.offset, file.data) for file in part.files])
    if part.done:
        _file(part, destination)


def _file(part: Part, destination: Destination) -> None:
    """File the errand that reads an upload; raise ThawError if not all of it arrived."""
    files = store().intake.files(part.upload)
    arrived = sum(path.stat().st_size for _, path in files)
    if len(files) < part.total_files or arrived < part.total_bytes:
        raise ThawError(
            f"Only {len(files)} of {part.total_files} files arrived whole, {arrived / 1e6:,.1f} of"
            f" {part.total_bytes / 1e6:,.1f} MB; the connection was lost in between.",
            "Send them again.",
        )
    begin(
        ReadUpload(
            upload=part.upload,
            name=_name([name for name, _ in files]),
            seed=draft().seed,
            album=destination.album,
            into=destination.into,
        )
    )
    st.session_state.update({_UPLOAD: None, _READ: True})


def _name(paths: list[str]) -> str:
    """Return what to call a set: as its folder or its archive, or as the folders that came side by side."""
    if len(paths) == 1:
        return clean(Path(paths[0]).name.split(".")[0], 40) or "My pictures"
    folders = list(dict.fromkeys(path.split("/")[0] for path in paths if "/" in path))
    more = f" and {len(folders) - _NAMES_SHOWN} more" if len(folders) > _NAMES_SHOWN else ""
    return clean(", ".join(folders[:_NAMES_SHOWN]), 40 - len(more)) + more if folders else "My pictures"
