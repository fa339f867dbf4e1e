"""A run, drawn anew each second while it goes on."""

from dataclasses import replace
from math import ceil

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.config import Phase
from tlcore.events import Failed, Stopped
from tlcore.figures.carried import carried_out
from tlcore.figures.curves import curves
from tlcore.history import ENDED, STILL, History, State
from tlcore.store.runs import Run
from tlcore.ui.components.live_chart import show_chart, write_chart
from tlcore.ui.components.static import chip, line, numbers, say, segments
from tlcore.ui.drift_view import draw_drift
from tlcore.ui.heading import crumb
from tlcore.ui.live_map import LIVE, live_map, what_changed
from tlcore.ui.progress import phase_segments, run_numbers
from tlcore.ui.reading import reader
from tlcore.ui.run_buttons import run_buttons
from tlcore.ui.session import readable, store, workspace
from tlcore.ui.titles import plan_title, state_sentence, state_title, waiting_for
from tlcore.verdict import explosion_verdict, squeeze_verdict, thawing_verdict

EVERY_AT_FIRST, EVERY = 0.4, 1.0
"""Seconds between looks at the store: before the first point, when it is to come next, and else."""
_CROWD = 16
"""So many who look at one run double the seconds between looks, which take their time from the training."""
_CURVES = 580
_RATES = 360
"""Heights of the charts, in pixels."""


def _still(run: Run, history: History) -> bool:
    """Say whether nothing will happen by itself; a run whose process died is not still before that is written down."""
    return history.state(run) in STILL and (history.end or history.rest) is not None


def pace(run: Run, history: History) -> float | None:
    """Return the seconds between looks at a run by this visitor, among the others who look; None if it is still."""
    if _still(run, history):
        return None
    onlookers = reader(run.id).onlookers(workspace())
    if not history.steps and not store().runs.ahead_of(run):
        return EVERY_AT_FIRST
    return EVERY * (1 + onlookers // _CROWD)


def draw_run(identifier: str, every: float | None) -> None:
    """Draw a run, `every` so many seconds; draw the whole page anew when it comes to rest or has its first point.

    Where many come to look, those who were there before keep their pace until they open the page again.
    """
    run = store().runs.get(identifier, readable())
    if run is None:
        return
    history = reader(identifier).history()
    state = history.state(run)
    if (every is None) != (pace(run, history) is None):
        st.rerun()
    _head(run, history, state)
    with st.container(key="card_progress"):
        st.html(segments(phase_segments(run.config, history)) + numbers(run_numbers(run, history, state)))
    with st.container(key="card_curves"):
        _curves(run, history, state)
    if state in ENDED and not history.steps:
        return  # nothing learned, so there is nothing to tell of blocks and rates
    live = state in LIVE and run.workspace == workspace()
    if live:
        with st.container(key="card_map"):
            live_map(run, history)
            what_changed(run, history, state)
    with st.container(key="card_blocks"):
        draw_drift(run, history, state)
        if not live:
            what_changed(run, history, state)
    with st.container(key="card_rates"):
        _rates(run)
    if every == EVERY_AT_FIRST and history.steps:
        # Only now, so that nobody waits for the first point while the page is drawn anew.
        st.rerun()


def _head(run: Run, history: History, state: State) -> None:
    how = (history.started.device, history.started.arithmetic.words) if history.started else ()
    crumb(run.config.name, plan_title(run.config), f"seed {run.config.seed}", *how)
    title, buttons = st.columns([1, 1.25], vertical_alignment="bottom")
    with title.container(horizontal=True, vertical_alignment="center"):
        st.title("Train", width="content", anchor=False)
        title_of_state, running = state_title(run, history, state), state == "running"
        st.html(chip("ember" if running else "plain", title_of_state, breathing=running), width="content")
    with buttons:
        run_buttons(run, history, state)
    told = state_sentence(run, history, state, store().runs.ahead_of(run) if state == "waiting" else 0)
    if state in ("interrupted", "failed"):
        st.html(say(told, lead="", mark="cross"))
    else:
        st.html(line(told))
    for squeezed in history.squeezed.values():
        st.html(line(squeeze_verdict(squeezed)))


def _curves(run: Run, history: History, state: State) -> None:
    def draw(known: History) -> str:
        description = "Loss and accuracy of training and validation pictures over the epochs"
        return write_chart(curves(known, run.config.epochs), run.id, _CURVES, description)

    st.header("Loss and accuracy", anchor=False)
    st.caption("Thick: validation pictures, which it never learns from. Thin: training pictures.")
    show_chart(key=f"curves_{run.id}", chart=reader(run.id).once("curves", draw))
    if not history.steps:
        st.html(say(waiting_for(state), lead=""))
    elif explosion := explosion_verdict(history):
        st.html(say(explosion, lead="", mark="cross"))
    elif verdict := thawing_verdict(history):
        st.html(say(verdict, lead="From this run:"))
    else:
        st.html(
            say(
                "a falling loss means that the answers come closer to the labels. "
                "Validation above training early on is normal: training is scored while it still learns."
            )
        )


def _rates(run: Run) -> None:
    def draw(known: History) -> tuple[str, bool]:
        names = backbone(run.config.backbone).block_names
        figure, taller = carried_out(names, _phases(run, known), known, _RATES)
        description = "Learning rate of every block over the epochs of the plan"
        return write_chart(figure, run.id, _RATES + taller, description), taller > 0

    chart, is_marked = reader(run.id).once("rates", draw)
    st.header("Rate per block", anchor=False)
    changed = ", with what you changed" if is_marked else ""
    st.caption(
        f"Each line is the learning rate of a block{changed}; frozen blocks lie in the lane below, at exactly 0."
    )
    show_chart(key=f"rates_{run.id}", chart=chart)


def _phases(run: Run, history: History) -> tuple[Phase, ...]:
    """Return the phases of the plan, of a run that ended early only as far as it came."""
    if not isinstance(history.end, Stopped | Failed) or history.started is None:
        return run.config.schedule
    left = ceil(history.steps[-1].step / history.started.steps_per_epoch)
    phases = []
    for phase in run.config.schedule:
        if left > 0:
            epochs = min(phase.epochs, left)
            phases.append(
                phase if epochs == phase.epochs else replace(phase, epochs=epochs, warmup=min(phase.warmup, epochs / 2))
            )
        left -= phase.epochs
    return tuple(phases)
