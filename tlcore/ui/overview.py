"""The list of recent runs on the Start page."""

import time
from html import escape

import streamlit as st

from tlcore.history import History
from tlcore.store.runs import Run
from tlcore.text import clean
from tlcore.ui.components.static import cells
from tlcore.ui.frame import TRAIN
from tlcore.ui.reading import reader
from tlcore.ui.session import readable, store
from tlcore.ui.titles import block_names, plan_title, state_title
from tlcore.ui.words import percent

_DAY = "%Y-%m-%d"


def recent_runs(most: int) -> None:
    """Draw the newest runs, each with what learns in it, or would at the end of its plan, and its best result."""
    st.header("Recent runs", anchor=False)
    for run in store().runs.recent(readable(), most):
        with st.container(key=f"row_{run.id}"):
            line, go = st.columns([9, 1], vertical_alignment="center")
            line.html(_line(run, reader(run.id).history()))
            go.page_link(TRAIN, label="Open", query_params={"run": run.id})


def _line(run: Run, history: History) -> str:
    rates = history.rates or run.config.schedule[-1].rates
    learning = [rates.get(name, 0.0) > 0 for name in block_names(run.config)]
    best = history.best
    result = ("–", "")
    if best is not None:
        result = (percent(best.accuracy), f"{best.right} of {best.count} validation pictures")
    return (
        "<div class='thaw-run'>"
        f"<div><b>{escape(clean(run.config.name, 40))}</b><span>{escape(plan_title(run.config))}</span></div>"
        f"<div>{cells(learning)}</div>"
        f"<div><b>{result[0]}</b><span>{result[1]}</span></div>"
        f"<div>{escape(_when(run, history))}</div></div>"
    )


def _when(run: Run, history: History) -> str:
    state = history.state(run)
    today = time.strftime(_DAY) == time.strftime(_DAY, time.localtime(run.created))
    when = time.strftime("Today %H:%M" if today else f"{_DAY} %H:%M", time.localtime(run.created))
    return when if state == "finished" else f"{state_title(run, history, state)}, {when[0].lower()}{when[1:]}"
