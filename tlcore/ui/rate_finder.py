"""The learning-rate finder: a sweep over rates, its curve, and the rate that is put onto the plan."""

import streamlit as st

from tlcore.data.manifest import Manifest
from tlcore.errors import ThawError
from tlcore.estimate import what_to_measure
from tlcore.figures.sweep import sweep
from tlcore.questions import SWEEP_STEPS, FindRate, RateCurve
from tlcore.records import digest
from tlcore.ui.components.rate_curve import rate_curve, two_digits
from tlcore.ui.components.static import say
from tlcore.ui.editing import edit, show_refusal
from tlcore.ui.session import draft, store, workspace
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import duration, rate

_HEIGHT = 340
_ASKED = "rate_asked"
_CHOSEN = "rate_chosen_"
_ALL = ""


def find_rate(manifest: Manifest, phase: int) -> None:
    """Draw the card for a phase of the plan, counted from 0."""
    plan = draft()
    learning = [name for name in plan.blocks if plan.phases[phase].rate(name) > 0]
    with st.container(key="card_finder"):
        st.header("Find a rate", anchor=False)
        st.caption(
            f"Up to {SWEEP_STEPS} steps on a network of its own, from tiny rates to huge ones. Where the loss falls "
            "most steeply is a good rate to begin with (Smith 2017). Your plan stays as it is until you use one."
        )
        names = {_ALL: _all(learning, phase, len(plan.phases))} | {name: f"{name} alone" for name in learning}
        which, button = st.columns([2, 1], vertical_alignment="bottom")
        chosen = which.selectbox(
            "Which blocks learn in it",
            list(names) if len(learning) > 1 else learning,
            format_func=names.__getitem__,
            key=f"finder_{plan.backbone}_{phase}_{'_'.join(learning)}",
        )
        blocks = tuple(learning) if chosen == _ALL else (chosen,)
        question = _question(manifest, blocks)
        curve, fault = store().asked.known(question), ""
        if curve is None and st.session_state.get(_ASKED) == digest(question):
            try:
                curve = store().asked.ask(question)
            except ThawError as error:
                del st.session_state[_ASKED]
                fault = str(error)
        asked = st.session_state.get(_ASKED) == digest(question)
        if curve is None:
            button.button("Find a rate", key="find_rate", disabled=asked, on_click=_ask, args=(question,))
        if curve is not None:
            _draw(curve, question, phase)
        elif fault:
            st.html(say(fault, lead="No rate found:", mark="cross"))
        elif asked:
            wait_for(question, _meanwhile(_seconds(manifest, blocks)))
        show_refusal("finder")


def _all(learning: list[str], phase: int, phases: int) -> str:
    return f"all {len(learning)} blocks that learn" + (f" in phase {phase + 1}" if phases > 1 else "")


def _question(manifest: Manifest, blocks: tuple[str, ...]) -> FindRate:
    plan = draft()
    return FindRate(
        backbone=plan.backbone,
        weights=plan.weights,
        data=manifest.digest,
        learning=blocks,
        image_size=plan.image_size,
        batch_size=plan.batch_size,
        seed=plan.seed,
        weight_decay=plan.weight_decay,
        workspace=workspace(),
    )


def _ask(question: FindRate) -> None:
    st.session_state[_ASKED] = digest(question)


def _meanwhile(seconds: float | None) -> str:
    when = f"about {duration(seconds)} on this machine" if seconds else "10 to 30 seconds, longer for large networks"
    training = " A run is training, so it takes longer." if store().runs.open() else ""
    return f"Taking steps with rising rates: {when}.{training} You can go on with your plan."


def _seconds(manifest: Manifest, blocks: tuple[str, ...]) -> float | None:
    """Return what the sweep will take, if a step with these blocks was measured here."""
    question = what_to_measure(draft().config(manifest.name), manifest, workspace())
    measured = store().asked.known(question)
    if measured is None or blocks not in question.learning:
        return None
    return SWEEP_STEPS * measured.steps[question.learning.index(blocks)]


def _draw(curve: RateCurve, question: FindRate, phase: int) -> None:
    if len(curve.rates) < 2:
        st.html(say("the loss was no number from the first step on, so no rate can be suggested.", lead="Not found:"))
        return
    key = _CHOSEN + digest(question)[:16]
    chosen = float(st.session_state.get(key, two_digits(curve.suggestion)))
    rate_curve(
        key=f"curve_{key}",
        figure=sweep(curve),
        curve=curve,
        chosen=chosen,
        height=_HEIGHT,
        description="Rate to use, on the curve of the loss against the rate",
        on_choose=lambda rate: st.session_state.__setitem__(key, rate),
    )
    names = question.learning
    target = names[0] if len(names) == 1 else f"all {len(names)} blocks"
    words, button = st.columns([2, 1], vertical_alignment="center")
    words.html(
        say(
            "on the flat left, steps are too small to matter; where the line shoots up, they are too large. "
            "Drag the marker, or move it with the arrow keys."
        )
    )
    used = all(draft().phases[phase].rate(name) == chosen for name in names)
    button.button(
        f"{rate(chosen)} is in your plan" if used else f"Use {rate(chosen)} for {target}",
        key="use_rate",
        type="secondary",
        disabled=used,
        width="stretch",
        on_click=_use,
        args=(phase, names, chosen),
    )


def _use(phase: int, blocks: tuple[str, ...], rate: float) -> None:
    edit("finder", lambda plan: plan.with_rates(phase, dict.fromkeys(blocks, rate)))
