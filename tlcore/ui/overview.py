"""The list of recent runs on the Start page."""

import time

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.history import History
from tlcore.store.runs import Run
from tlcore.text import plain
from tlcore.ui.components.static import cells
from tlcore.ui.frame import TRAIN
from tlcore.ui.reading import reader
from tlcore.ui.session import readable, store
from tlcore.ui.titles import plan_title, state_title
from tlcore.ui.words import percent

_DAY = "%Y-%m-%d"
_COLUMNS = [2.4, 1.7, 1.9, 1.4, 1.0]


def recent_runs(most: int) -> None:
    """Draw the newest runs, each with its plan in small and its best result."""
    st.header("Recent runs")
    for run in store().runs.recent(readable(), most):
        history = reader(run.id).history()
        with st.container(key=f"row_{run.id}"):
            plan, blocks, result, when, go = st.columns(_COLUMNS, vertical_alignment="center")
            plan.markdown(f"**{plain(run.config.name, 40)}**")
            plan.caption(plain(plan_title(run.config)))
            blocks.html(cells(_learning(run)))
            _result(result, history)
            when.markdown(_when(run, history))
            go.page_link(TRAIN, label="Open", query_params={"run": run.id})


def _learning(run: Run) -> list[bool]:
    last = run.config.schedule[-1]
    return [last.rate(block.name) > 0 for block in backbone(run.config.backbone).blocks]


def _result(column: "st.delta_generator.DeltaGenerator", history: History) -> None:
    if history.best is None:
        column.markdown("—")
        return
    column.markdown(f"**{percent(history.best.accuracy)}**")
    column.caption(f"{history.best.right} of {history.best.count} validation pictures")


def _when(run: Run, history: History) -> str:
    state = history.state(run)
    today = time.strftime(_DAY) == time.strftime(_DAY, time.localtime(run.created))
    when = time.strftime("Today %H:%M" if today else f"{_DAY} %H:%M", time.localtime(run.created))
    return when if state == "finished" else f"{state_title(run.config, history, state)}, {when[0].lower()}{when[1:]}"
