"""The frame around every page: navigation, the look, the visitor's cookie, the foot of the sidebar."""

import os
from contextvars import ContextVar
from math import inf
from pathlib import Path

import streamlit as st

import tlcore
from tlcore.errors import ThawError
from tlcore.history import STILL
from tlcore.ui.components.icons import BRAND
from tlcore.ui.components.plotly_file import place_plotly
from tlcore.ui.components.static import device_note, say
from tlcore.ui.components.visitor import visitor_cookie
from tlcore.ui.reading import reader
from tlcore.ui.session import keep_supervisor, readable, store, workspace
from tlcore.ui.theme import apply_theme

_ROOT = Path(tlcore.__file__).parent.parent
START, PICTURES, NETWORK, TRAIN, INSIDE = (
    f"pages/{name}.py" for name in ("start", "pictures", "network", "train", "inside")
)
_framed: ContextVar[bool] = ContextVar("framed", default=False)
_SETTLING, _TRAINING = 2.0, 10.0
"""Seconds between looks at what the machine does: while it gets ready, and while it trains.

Every look of everybody takes time from the training. And Streamlit forgets the end of a page that is still being drawn
when a look at it is due in the same moment, as happens on a machine that is short of time.
"""


def run_page() -> None:
    """Draw the frame, then the page that the visitor is on."""
    page = st.navigation(
        {
            "": [st.Page(START, title="Start", url_path="start", default=True)],
            "Lab": [
                st.Page(PICTURES, title="Pictures", url_path="pictures"),
                st.Page(NETWORK, title="Network", url_path="network"),
                st.Page(TRAIN, title="Train", url_path="train"),
                st.Page(INSIDE, title="Look inside", url_path="inside"),
            ],
        }
    )
    st.set_page_config(page_title=f"{page.title} · Thaw", layout="wide")
    st.logo(BRAND, size="large")
    apply_theme()
    token = _framed.set(True)
    try:
        _prepare()
        keep_supervisor()
        visitor_cookie(key="visitor", value=workspace())
        with st.sidebar:
            pace = _pace()
            st.fragment(_foot, run_every=pace)(pace)
        page.run()
    except ThawError as error:
        st.html(say(str(error), lead="This does not work:", mark="cross"))
    finally:
        _framed.reset(token)


def in_frame() -> None:
    """Put the frame around a page that runs without it; every page calls this first.

    Streamlit runs what lies in `pages` by itself, past app.py, when a page is the first thing that a new server is
    asked for, as when a browser that was open finds the app again after a restart.
    """
    if not _framed.get():
        run_page()
        st.stop()


@st.cache_resource(show_spinner=False)
def _prepare() -> bool:
    """Put plotly's script where the browser finds it; once per process."""
    place_plotly(_ROOT / "static")
    return True


def worker_ready() -> bool:
    """Say whether a standby worker waits for the next run."""
    ready = any(note == "ready" for _, note in store().processes.living("worker"))
    return ready and not store().runs.open()


def _pace() -> float | None:
    """Return the seconds to the next look at what the foot shows; None if it does not change by itself."""
    if store().runs.open():
        return _TRAINING
    return None if worker_ready() else _SETTLING


def _foot(pace: float | None) -> None:
    keep_supervisor()
    if pace is not None and (_pace() or inf) > pace:
        st.rerun()
    cores = os.cpu_count() or 1
    title, lines = f"{cores} CPU core{'s' if cores > 1 else ''}", ["Idle."]
    newest = next(iter(store().runs.recent(readable(), 1)), None)
    if newest is not None:
        history = reader(newest.id).history()
        if history.started is not None:
            title = history.started.device
            idle = history.state(newest) in (*STILL, "waiting")
            lines = ["Idle." if idle else "Training."]
            lines.append(history.started.arithmetic.words)
            if history.speed:
                lines.append(f"{history.started.backbone} learns {history.speed:.0f} pictures per second")
    if not worker_ready() and not store().runs.open():
        lines = ["Getting ready …"]
    st.html(device_note(title, lines))
