"""What can be taken along from a run: weights, classes, preprocessing, the lines that use them, and its plan."""

import re
from functools import partial

import streamlit as st

from tlcore.errors import ThawError
from tlcore.history import History
from tlcore.planfile import to_yaml
from tlcore.repetition import as_carried_out
from tlcore.store.runs import Run
from tlcore.takeaway import pack, predict_script
from tlcore.text import memory
from tlcore.ui.components.static import say
from tlcore.ui.reading import reader
from tlcore.ui.session import store
from tlcore.ui.words import percent


def take_along(run: Run) -> None:
    """Draw the card with the downloads of a run's best weights and of its plan."""
    history = reader(run.id).history()
    if history.checkpoint is None or history.best is None:
        return
    with st.container(key="card_take"):
        st.header("Take it along", anchor=False)
        words, button = st.columns([2.2, 1], vertical_alignment="center")
        words.markdown(
            f"The weights of epoch {history.best.epoch} ({percent(history.best.accuracy)} right), your classes, and "
            "how pictures were prepared: enough to predict anywhere, without Thaw."
        )
        fault = damage(history.checkpoint.sha256)
        if fault:
            st.html(say(fault, lead="These weights cannot be taken along:", mark="cross"))
        with button.container(horizontal=True, horizontal_alignment="right"):
            st.download_button(
                f"Download, {memory(history.checkpoint.size)}",
                # Read when asked for: a page must not hold every run's weights in memory.
                data=partial(_zip, history),
                file_name=f"{file_name(run)}.zip",
                mime="application/zip",
                key="download",
                on_click="ignore",
                disabled=bool(fault),
            )
        words, button = st.columns([2.2, 1], vertical_alignment="center")
        changed = ", with what was changed while it trained" if history.changes else ""
        words.markdown(f"The plan of this run{changed}: it goes the same way again, here or on another machine.")
        with button.container(horizontal=True, horizontal_alignment="right"):
            st.download_button(
                "Download the plan",
                data=to_yaml(as_carried_out(run.config, history)),
                file_name=f"{file_name(run)}.yaml",
                mime="application/yaml",
                key="download_plan",
                on_click="ignore",
            )
        with st.expander("Predict elsewhere, in plain PyTorch"):
            st.code(predict_script(), language="python")


def file_name(run: Run) -> str:
    """Return a name of plain letters, with the run's id, so that no two downloads can be mistaken for another."""
    words = re.sub(r"[^a-z0-9]+", "-", run.config.name.lower()).strip("-")[:24]
    return f"thaw-{words or 'run'}-{run.id[:8]}"


def damage(sha256: str) -> str:
    """Return why a file of the store is not as it was written; an empty text if it is."""
    try:
        facts = store().blobs.path(sha256).stat()
    except ThawError as fault:
        return str(fault)
    return _looked_for((sha256, facts.st_size, facts.st_mtime_ns))


@st.cache_data(max_entries=256, show_spinner=False)
def _looked_for(file: tuple[str, int, int]) -> str:
    """Return what a file of this name, size and moment of the last change has lost, read once for each of these."""
    try:
        store().blobs.whole(file[0])
    except ThawError as fault:
        return str(fault)
    return ""


def _zip(history: History) -> bytes:
    assert history.checkpoint is not None
    return pack(store().blobs.whole(history.checkpoint.sha256))
