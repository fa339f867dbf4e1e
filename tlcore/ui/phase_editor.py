"""The phases of the plan as a list that can be edited: how long, how the rates go, and in which order."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

import streamlit as st

from tlcore.config import Phase, Shape
from tlcore.draft import Draft
from tlcore.ui.editing import choose_phase, chosen_phase, edit, held, show_refusal
from tlcore.ui.session import draft

SHAPES: Mapping[Shape, str] = MappingProxyType(
    {
        "constant": "Stays the same (constant)",
        "cosine": "Gentle end (cosine)",
        "one_cycle": "Up, then down (one-cycle)",
        "step": "Down in steps (step)",
    }
)
_SAID: Mapping[Shape, str] = MappingProxyType(
    {
        "constant": "Every step uses the block's rate as it stands.",
        "cosine": "The rate falls along half a wave, slowly at first, to nothing at the end of the phase.",
        "one_cycle": "The rate rises from a twenty-fifth in the first third, then falls to almost nothing.",
        "step": "After each third of the phase the rate becomes a tenth.",
    }
)
_STATISTICS = (
    "BatchNorm layers keep running means and variances, and update them in training mode even where every weight is "
    "frozen. With this on, frozen blocks drift to your pictures, and what later blocks learned to read changes under "
    "them. Networks without BatchNorm, such as ViT, have none."
)


def edit_phases() -> None:
    """Draw the card of the phase that the map shows, with the buttons that change the list."""
    plan = draft()
    place = chosen_phase(plan)
    phase, last = plan.phases[place], len(plan.phases) - 1
    with st.container(key="card_phase"):
        title, buttons = st.columns([1, 1.9], vertical_alignment="center")
        title.header(f"Phase {place + 1} of {last + 1}", anchor=False)
        with buttons.container(horizontal=True, horizontal_alignment="right", key="slim_phase"):
            st.button("Earlier", key="phase_earlier", disabled=place == 0, on_click=_move, args=(place, -1))
            st.button("Later", key="phase_later", disabled=place == last, on_click=_move, args=(place, 1))
            st.button("Add a copy after it", key="phase_add", on_click=_add, args=(place,))
            st.button("Remove", key="phase_remove", disabled=last == 0, on_click=_remove, args=(place,))
        epochs, shape, warmup = st.columns([1, 1.6, 1])
        epochs.number_input("Epochs", step=1, key=held("phase_epochs", phase.epochs), on_change=_set, args=(place,))
        shape.selectbox(
            "How the rates go (schedule)",
            get_args(Shape),
            format_func=SHAPES.__getitem__,
            key=held("phase_shape", phase.shape),
            on_change=_set,
            args=(place,),
        )
        warmup.number_input(
            "Warm-up, epochs",
            step=0.5,
            format="%g",
            key=held("phase_warmup", phase.warmup),
            on_change=_set,
            args=(place,),
            help="The rates rise from almost nothing, so that a new head does not shake what is learned already.",
        )
        st.caption(_SAID[phase.shape])
        st.toggle(
            "Let statistics of frozen blocks move (the classic mistake)",
            key=held("phase_statistics", phase.moving_statistics),
            on_change=_set,
            args=(place,),
            help=_STATISTICS,
        )
        if phase.moving_statistics:
            st.caption(_STATISTICS)
        show_refusal("phase")


def _set(place: int) -> None:
    state = st.session_state

    def change(plan: Draft) -> Draft:
        wanted: dict[str, Any] = {
            "epochs": int(state["phase_epochs"]),
            "shape": state["phase_shape"],
            "warmup": float(state["phase_warmup"]),
            "moving_statistics": bool(state["phase_statistics"]),
        }
        changed: Phase = replace(plan.phase(place), **wanted)
        return plan if changed == plan.phase(place) else plan.with_phase(place, changed)

    edit("phase", change)


def _move(place: int, by: int) -> None:
    if edit("phase", lambda plan: plan.moving(place, by)):
        choose_phase(place + by)


def _add(place: int) -> None:
    if edit("phase", lambda plan: plan.adding(place)):
        choose_phase(place + 1)


def _remove(place: int) -> None:
    if edit("phase", lambda plan: plan.removing(place)):
        choose_phase(min(place, len(draft().phases) - 1))
