"""Takes files from the browser: each part goes to the disk at once, and an errand reads the whole."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from tlcore.data.limits import allowance
from tlcore.errands import ReadUpload
from tlcore.errors import ThawError
from tlcore.store.intake import Arrived, Piece
from tlcore.text import clean, memory
from tlcore.ui.components.folder_picker import folder_picker
from tlcore.ui.components.sending import Part
from tlcore.ui.components.webcam import webcam
from tlcore.ui.destination import Destination, choose_destination
from tlcore.ui.gathering import begin, draw_added
from tlcore.ui.session import draft, store, workspace

_ACKNOWLEDGED = "acknowledged"
_PROBLEM = "upload_problem"
_CLAIM = "upload_claim"
_FILED = "upload_filed"
_READ = "upload_to_read"
_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the upload that is under way said at its beginning that it comes to."""

    upload: str
    files: int
    bytes: int


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
        filed=st.session_state.get(_FILED, ""),
        needs_folders=destination.needs_folders,
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
        filed=st.session_state.get(_FILED, ""),
        classes=destination.classes,
        add_to=destination.name,
    )


def _show_errand() -> None:
    """Draw the whole page, not only this piece, where an errand has been filed; say what came of the last one."""
    if st.session_state.pop(_READ, False):
        st.rerun()
    draw_added()


def _take(part: Part, destination: Destination) -> None:
    if part.sequence <= st.session_state.get(_ACKNOWLEDGED, 0):
        return  # it came twice
    open_claim: _Claim | None = st.session_state.get(_CLAIM)
    claim = open_claim if open_claim is not None and open_claim.upload == part.upload else None
    if claim is None and store().errands.reads(workspace(), part.upload):
        # All of it had arrived, though the browser did not hear so; its files are the errand's from then on.
        st.session_state[_FILED] = part.upload
    else:
        if open_claim is not None and claim is None:
            store().intake.clear(open_claim.upload)  # cut off, for one browser tab sends one upload at a time
        try:
            if part.cancelled:
                _give_up(part, "")
            else:
                _keep(part, claim or _begun(part), destination)
        except ThawError as error:
            _give_up(part, str(error))
        except OSError:
            _give_up(part, "The files could not be written. Is this machine's disk full?")
    st.session_state[_ACKNOWLEDGED] = part.sequence


def _begun(part: Part) -> _Claim:
    """Return what an upload says it comes to; raise ThawError, before a byte of it is kept, if that does not fit."""
    if part.total_files > allowance().pictures:
        raise ThawError(
            f"These are {part.total_files:,} files; {allowance().pictures:,} is the most for one set.",
            "Send a part of them.",
        )
    opened = [one.errand for one in store().errands.open() if one.workspace == workspace()]
    unread = {errand.upload for errand in opened if isinstance(errand, ReadUpload)}
    store().space.check_upload(part.total_bytes, unread)
    claim = _Claim(part.upload, part.total_files, part.total_bytes)
    st.session_state.update({_CLAIM: claim, _PROBLEM: ""})
    return claim


def _give_up(part: Part, problem: str) -> None:
    store().intake.clear(part.upload)
    st.session_state.update({_CLAIM: None, _PROBLEM: problem})


def _keep(part: Part, claim: _Claim, destination: Destination) -> None:
    """Write a part to the disk; raise ThawError if it is too large, or more than the upload said it would be."""
    largest, most = max((file.size for file in part.files), default=0), allowance().upload_bytes
    if largest > most:
        raise ThawError(
            f"A file of {memory(largest)} is among them; the most is {memory(most)}.",
            "Send the folder as it is, or in several archives.",
        )
    arrived = store().intake.write(part.upload, [Piece(file.path, file.offset, file.data) for file in part.files])
    if arrived.files > claim.files or arrived.bytes > claim.bytes:
        raise ThawError(
            f"More arrived than the {claim.files:,} files and {memory(claim.bytes)} that were announced.",
            "Send them again.",
        )
    if part.done:
        _file(part, arrived, destination)


def _file(part: Part, arrived: Arrived, destination: Destination) -> None:
    """File the errand that reads an upload; raise ThawError if not all of it arrived."""
    if arrived.files < part.total_files or arrived.bytes < part.total_bytes:
        raise ThawError(
            f"Only {arrived.files} of {part.total_files} files arrived whole, {memory(arrived.bytes)} of"
            f" {memory(part.total_bytes)}; the connection was lost in between.",
            "Send them again.",
        )
    begin(
        ReadUpload(
            upload=part.upload,
            name=_name([name for name, _ in store().intake.files(part.upload)]),
            seed=draft().seed,
            album=destination.album,
            into=destination.into,
            by_folder=destination.by_folder,
        )
    )
    st.session_state.update({_CLAIM: None, _FILED: part.upload, _READ: True})


def _name(paths: list[str]) -> str:
    """Return what to call a set: as its folder or its archive, or as the folders that came side by side."""
    if len(paths) == 1:
        return clean(Path(paths[0]).name.split(".")[0], 40) or "My pictures"
    folders = list(dict.fromkeys(path.split("/")[0] for path in paths if "/" in path))
    more = f" and {len(folders) - _NAMES_SHOWN} more" if len(folders) > _NAMES_SHOWN else ""
    return clean(", ".join(folders[:_NAMES_SHOWN]), 40 - len(more)) + more if folders else "My pictures"
