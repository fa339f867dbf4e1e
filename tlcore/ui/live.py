"""A run, drawn anew each second while it goes on."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.controls import Stop
from tlcore.figures.curves import curves
from tlcore.figures.rates import rates
from tlcore.history import ENDED, History, State
from tlcore.store.runs import Run
from tlcore.ui.block_tiles import block_tiles
from tlcore.ui.components.block_strip import block_strip
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import chip, numbers, say, segments
from tlcore.ui.heading import crumb
from tlcore.ui.progress import phase_segments, run_numbers
from tlcore.ui.reading import reader
from tlcore.ui.session import readable, store, workspace
from tlcore.ui.titles import ending, plan_title, state_title, waiting_for
from tlcore.verdict import thawing_verdict

EVERY_AT_FIRST, EVERY = 0.4, 1.0
"""Seconds between looks at the store: before the first point, when somebody waits for it, and after it."""
_CURVES = 580
_RATES = 360
"""Heights of the charts, in pixels."""


def draw_run(identifier: str, every: float | None) -> None:
    """Draw a run, `every` so many seconds; draw the whole page anew when another pace is due, or none."""
    run = store().runs.get(identifier, readable())
    if run is None:
        return
    history = reader(identifier).history()
    state = history.state(run)
    if every is not None and state in ENDED:
        st.rerun()
    _head(run, history, state)
    with st.container(key="card_progress"):
        st.html(segments(phase_segments(run.config, history)) + numbers(run_numbers(run, history, state)))
    with st.container(key="card_curves"):
        _curves(run, history, state)
    with st.container(key="card_blocks"):
        _blocks(run, history)
    with st.container(key="card_rates"):
        _rates(run)
    if every == EVERY_AT_FIRST and history.steps:
        # Only now, so that nobody waits for the first point while the page is drawn anew.
        st.rerun()


def _head(run: Run, history: History, state: State) -> None:
    crumb(run.config.name, plan_title(run.config), f"seed {run.config.seed}")
    title, buttons = st.columns([1.6, 1], vertical_alignment="bottom")
    with title.container(horizontal=True, vertical_alignment="center"):
        st.title("Train", width="content", anchor=False)
        title_of_state, running = state_title(run.config, history, state), state == "running"
        st.html(chip("ember" if running else "plain", title_of_state, breathing=running), width="content")
    if state not in (*ENDED, "stopping") and run.workspace == workspace():
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            label = "Leave the queue" if state == "waiting" else "Stop and keep the best" if history.best else "Stop"
            st.button(label, key="stop", on_click=store().runs.ask, args=(run.id, Stop()))
    told = ending(history, state)
    if told:
        st.html(say(told, lead="", mark="cross"))


def _curves(run: Run, history: History, state: State) -> None:
    st.header("Loss and accuracy", anchor=False)
    st.caption("Thick: validation pictures, which it never learns from. Thin: training pictures.")
    live_chart(
        key=f"curves_{run.id}",
        figure=curves(history, run.config.epochs),
        revision=run.id,
        height=_CURVES,
        description="Loss and accuracy of training and validation pictures over the epochs",
    )
    if not history.steps:
        ahead = store().runs.ahead_of(run) if state == "waiting" else 0
        st.html(say(waiting_for(state, ahead), lead=""))
    elif verdict := thawing_verdict(history):
        st.html(say(verdict, lead="From this run:"))
    else:
        st.html(
            say(
                "a falling loss means that the answers come closer to the labels. "
                "Validation above training early on is normal: training is scored while it still learns."
            )
        )


def _blocks(run: Run, history: History) -> None:
    config = run.config
    classes = len(history.started.classes) if history.started else 1
    phase = history.phase.phase if history.phase else 0
    st.header("Blocks", anchor=False)
    when = "had in the last phase" if history.end else "has now"
    st.caption(f"From the picture to the answer, with the learning rate that each block {when}.")
    tiles = block_tiles(config.backbone, config.schedule, phase, classes, config.loader.image_size)
    block_strip(key=f"strip_{run.id}", tiles=tiles)


def _rates(run: Run) -> None:
    names = [block.name for block in backbone(run.config.backbone).blocks]
    st.header("Rate per block", anchor=False)
    st.caption("Each line is the learning rate of a block; frozen blocks lie in the lane below, at exactly 0.")
    live_chart(
        key=f"rates_{run.id}",
        figure=rates(names, run.config.schedule, _RATES),
        revision=run.id,
        height=_RATES,
        description="Learning rate of every block over the epochs of the plan",
    )
