"""Takes a folder from the browser: each part goes to the disk at once, and an errand reads the whole."""

import streamlit as st

from tlcore.data.limits import allowance
from tlcore.errands import ReadUpload
from tlcore.errors import ThawError
from tlcore.store.intake import Piece
from tlcore.text import clean
from tlcore.ui.components.folder_picker import Part, folder_picker
from tlcore.ui.session import draft, store, workspace

_ACKNOWLEDGED = "acknowledged"
_PROBLEM = "upload_problem"
_UPLOAD = "upload"
_READ = "upload_to_read"


@st.fragment
def drop_folder() -> None:
    """Draw the place to drop a folder; only this piece of the page runs again while parts come in."""
    if st.session_state.pop(_READ, False):
        # The whole page has to show how the errand goes.
        st.rerun()
    folder_picker(
        key="picker",
        on_part=_take,
        acknowledged=st.session_state.get(_ACKNOWLEDGED, 0),
        problem=st.session_state.get(_PROBLEM, ""),
    )


def _take(part: Part) -> None:
    begins = st.session_state.get(_UPLOAD) != part.upload
    if begins:
        st.session_state.update({_UPLOAD: part.upload, _PROBLEM: ""})
    if part.sequence <= st.session_state.get(_ACKNOWLEDGED, 0):
        return
    try:
        if begins:
            # All of it is known beforehand, so what does not fit is refused before a byte of it is kept.
            store().space.check(workspace(), part.total_bytes)
        _write(part)
    except ThawError as error:
        store().intake.clear(part.upload)
        st.session_state[_PROBLEM] = str(error)
    except OSError:
        store().intake.clear(part.upload)
        st.session_state[_PROBLEM] = "The files could not be written. Is this machine's disk full?"
    st.session_state[_ACKNOWLEDGED] = part.sequence


def _write(part: Part) -> None:
    if part.cancelled:
        store().intake.clear(part.upload)
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
        arrived = len(store().intake.files(part.upload))
        if arrived < part.total_files:
            raise ThawError(
                f"Only {arrived} of {part.total_files} files arrived; the connection was lost in between.",
                "Send the folder again.",
            )
        store().errands.add(ReadUpload(upload=part.upload, name=_name(part), seed=draft().seed), workspace())
        st.session_state[_READ] = True


def _name(part: Part) -> str:
    """Return what to call the set: the folder's or the archive's name."""
    names = [name for name, _ in store().intake.files(part.upload)]
    first = names[0].split("/")[0] if names else ""
    if len(names) == 1:
        first = first.rsplit(".", 1)[0].removesuffix(".tar")
    return clean(first, 40) or "My pictures"
