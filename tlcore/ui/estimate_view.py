"""What a plan will take in memory and time, measured on this machine; and after the run, what it took in truth."""

import time

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.config import RunConfig
from tlcore.data.manifest import Manifest
from tlcore.errors import ThawError
from tlcore.estimate import Estimate, estimate, what_to_measure
from tlcore.events import Finished
from tlcore.history import History
from tlcore.questions import Measure
from tlcore.store.runs import Run
from tlcore.text import count, memory
from tlcore.ui.components.memory_bar import memory_bar
from tlcore.ui.components.static import numbers, say
from tlcore.ui.precision_choice import choose_precision
from tlcore.ui.session import store, workspace
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import amount, duration, percent

_LARGE = 100_000_000
"""Parameters; a larger network is measured only when somebody asks for it."""
_SHOWN = "plan_shown"
_STILL = 3.0
"""Seconds for which a plan stands still before it is measured: a click in the map is seldom the last one."""
_WANTED = "measure_wanted"


def draw_estimate(config: RunConfig, manifest: Manifest) -> None:
    """Draw memory and minutes of a plan; a plan that was never measured is measured now, or by a button."""
    question = what_to_measure(config, manifest, workspace())
    with st.container(key="card_estimate"):
        st.header("What it will take on this machine", anchor=False)
        choose_precision()
        measured = store().asked.known(question)
        if measured is not None:
            _draw(config, estimate(config, manifest, measured, store().beginnings.known), measured.device)
            return
        values = backbone(config.backbone).values(len(manifest.classes))
        reason = (
            "A run is training; measuring now would slow it down, and be off itself."
            if store().runs.open()
            else f"This network has {amount(values)} parameters: measuring takes a minute or more."
            if values >= _LARGE
            else ""
        )
        if reason and st.session_state.get(_WANTED) != question:
            words, button = st.columns([2, 1], vertical_alignment="center")
            words.html(say(f"{reason} Memory and minutes are told from a few real steps.", lead="Not measured yet:"))
            button.button("Measure on this machine", key="measure", width="stretch", on_click=_want, args=(question,))
            return
        begin = 0.0 if reason else _seen(question) + _STILL
        try:
            if time.monotonic() >= begin:
                store().asked.ask(question)
        except ThawError as error:
            st.html(say(str(error), lead="Not measured:", mark="cross"))
            return
        told = "Taking a few real steps with your pictures: some 5 to 20 seconds."
        wait_for(question, told, lead="Measuring:", begin=begin)


def draw_truth(run: Run, history: History, manifest: Manifest) -> None:
    """Draw the estimate beside what a finished run took; nothing if its plan was never measured."""
    measured = store().asked.known(what_to_measure(run.config, manifest, run.workspace))
    if measured is None or not isinstance(history.end, Finished) or not history.epochs:
        return
    guess = estimate(run.config, manifest, measured)
    most, seconds = max(epoch.memory for epoch in history.epochs), history.end.seconds
    if not most:
        return
    with st.container(key="card_truth"):
        st.header("Estimate and truth", anchor=False)
        st.html(
            numbers(
                [
                    (memory(most), "memory at the peak", f"estimated: {memory(guess.memory)}"),
                    (duration(seconds), "from first to last step", f"estimated: {duration(guess.seconds)}"),
                ]
            )
        )
        kept = " What earlier runs kept of the frozen blocks is not counted; with it, a run is shorter."
        known = kept if any(measured.beginnings) else ""
        by_hand = any(change.control is not None for change in history.changes)
        changed = " Rates were changed while it trained, which the estimate did not know." if by_hand else ""
        st.html(
            say(
                f"the estimate of memory is {_off(guess.memory / most)}, that of time "
                f"{_off(guess.seconds / seconds)}. Time depends on what else the machine did.{known}{changed}"
            )
        )


def _off(ratio: float) -> str:
    if abs(ratio - 1) < 0.005:
        return "right"
    return f"{percent(abs(ratio - 1))} too {'high' if ratio > 1 else 'low'}"


def _want(question: Measure) -> None:
    st.session_state[_WANTED] = question


def _seen(question: Measure) -> float:
    """Return since when the page shows this plan; what was asked for another one is taken back."""
    before, since = st.session_state.get(_SHOWN, (None, 0.0))
    if before == question:
        return float(since)
    if isinstance(before, Measure):
        store().asked.withdraw(before)
    now = time.monotonic()
    st.session_state[_SHOWN] = (question, now)
    return now


def _draw(config: RunConfig, guess: Estimate, device: str) -> None:
    epochs = count(config.epochs, "epoch")
    parts = [
        ("Activations, kept for the way back", guess.activations),
        ("Weights, and a copy to measure drift", guess.weights),
        ("Gradients", guess.gradients),
        ("Optimizer (AdamW), two numbers per weight", guess.optimizer),
        ("Pictures, kept ready", guess.pictures),
        ("Libraries and working space", guess.process),
    ]
    told = [(name, float(size), memory(size)) for name, size in parts if size]
    st.html(
        numbers(
            [
                (memory(guess.memory), "memory at the peak", f"{config.loader.batch_size} pictures per step"),
                (f"about {duration(guess.seconds)}", f"for {epochs}", device),
            ]
        )
    )
    if guess.kept:
        st.html(
            say(
                f"what the frozen blocks make of {count(guess.kept, 'picture')} is kept from an earlier run, "
                "so that this one need not compute it.",
                lead="Shorter than the first time:",
            )
        )
    st.html(memory_bar(told, f"Memory: {', '.join(f'{name} {words}' for name, _, words in told)}"))
    network = sum(size for _, size in parts[:4])
    if guess.process > guess.memory / 2:
        hint = (
            "most of it is what the libraries take for themselves; the network and its learning add "
            f"{memory(network)}. A frozen block takes its weights only."
        )
    elif guess.activations > network / 2:
        hint = (
            "of all that the network takes, the way back needs most: with half as many pictures per step, "
            f"it would keep {memory(guess.activations / 2)} less."
        )
    else:
        hint = "the weights, their gradients and the optimizer take most; a frozen block takes its weights only."
    st.html(say(hint))
