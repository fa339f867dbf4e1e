"""The buttons of a run: what its owner may ask of it in the state that it is in."""

from functools import partial

import streamlit as st

from tlcore.controls import Control, Pause, Stop, StopAfterEpoch
from tlcore.history import ENDED, History, State
from tlcore.store.runs import Run
from tlcore.ui.session import store, workspace


def run_buttons(run: Run, history: History, state: State) -> None:
    """Draw them in a row; nothing for a run of somebody else, and nothing where there is nothing to ask."""
    if run.workspace != workspace() or state in (*ENDED, "pausing"):
        return
    ask = partial(_button, run)
    with st.container(key="run_buttons", horizontal=True, horizontal_alignment="right"):
        match state:
            case "waiting":
                # A run that has learned something rests where it was; one that has not begun is over.
                ask("Leave the queue", "stop", Pause() if history.saved else Stop())
            case "starting" | "running":
                ask("Pause", "pause", Pause())
                if state == "running":
                    ask("Stop after this epoch", "stop_after_epoch", StopAfterEpoch())
                ask(_stop(history), "stop", Stop())
            case "stopping" if run.wish is StopAfterEpoch:
                ask("Stop now", "stop", Stop())
            case "paused" | "interrupted" if history.rest is not None:
                ask("End it and keep the best" if history.best else "End it", "stop", Stop())
                st.button("Resume", key="resume", type="primary", on_click=_resume, args=(run.id,))


def _button(run: Run, label: str, key: str, control: Control) -> None:
    st.button(label, key=key, on_click=_ask, args=(run.id, control))


def _ask(run: str, control: Control) -> None:
    store().runs.ask(run, control)


def _resume(run: str) -> None:
    store().runs.resume(run)


def _stop(history: History) -> str:
    return "Stop and keep the best" if history.best else "Stop"
