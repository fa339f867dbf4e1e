"""The row of blocks on the Train page: how far each has moved since the start, its gradient and its rate."""

from collections.abc import Mapping
from math import log10

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.history import ENDED, RESTING, STILL, History, State
from tlcore.movement import Movement, movements
from tlcore.store.runs import Run
from tlcore.ui.components.block_strip import BlockState, Gauge, block_strip
from tlcore.ui.components.static import say
from tlcore.ui.words import rate
from tlcore.verdict import moved, movement_verdict

_DECADES = 4
"""The bar goes from 0.01 % to 100 %, in powers of ten."""
_LEAST_BAR = 0.02
"""Share of the bar that what moved at all fills."""


def draw_drift(run: Run, history: History, state: State) -> None:
    """Draw the row with the sentence that says what to see."""
    blocks = backbone(run.config.backbone).blocks
    found = movements(history, backbone(run.config.backbone).block_names)
    rates = history.rates or run.config.schedule[0].rates
    st.header("Drift: how far each block has moved", anchor=False)
    when = "at the end" if state in ENDED else "when it rested" if state in RESTING else "now"
    st.caption(
        "Change of the weights since the start, relative to their size, on a log scale from 0.01 % to 100 % and more; "
        f"the thin bar is the change of BatchNorm statistics. Rates and gradients are those {when}."
    )
    by_name = {movement.block: movement for movement in found}
    labels = {block.name: block.label for block in blocks}
    block_strip(key=f"strip_{run.id}", blocks=block_states(labels, by_name, rates))
    told = movement_verdict(found)
    if told is None:
        told = "The first look at the weights comes with the first steps." if state not in STILL else "Nobody looked."
        st.html(say(told, lead=""))
    else:
        wrong = any(movement.wrong or movement.leaking for movement in found)
        st.html(say(told, lead="Not frozen:" if wrong else "What to see:", mark="cross" if wrong else "check"))


def block_states(
    labels: Mapping[str, str], found: Mapping[str, Movement], rates: Mapping[str, float]
) -> list[BlockState]:
    """Return what the row shows of each block, stem first; gauges only where somebody has looked."""
    states = []
    for name, label in labels.items():
        movement = found.get(name)
        shown = BlockState(name=name, label=label, rate=rates.get(name, 0.0))
        if movement is not None:
            shown = BlockState(
                name=name,
                label=label,
                rate=rates.get(name, 0.0),
                drift=_weights(movement),
                statistics=_statistics(movement),
                gradient=_gradient(movement.gradient),
            )
        states.append(shown)
    return states


def _weights(movement: Movement) -> Gauge:
    if movement.weights == 0.0:
        return Gauge(text="exactly 0", share=0.0, kind="still")
    if movement.wrong:
        return Gauge(text=f"{moved(movement.weights)} though frozen", share=bar(movement.weights), kind="wrong")
    return Gauge(
        text=f"{moved(movement.weights)} moved",
        share=bar(movement.weights),
        kind="held" if movement.frozen else "moved",
    )


def _statistics(movement: Movement) -> Gauge | None:
    if movement.statistics is None:
        return None
    if movement.leaking:
        return Gauge(
            text=f"statistics moved {moved(movement.statistics)}", share=bar(movement.statistics), kind="wrong"
        )
    if movement.statistics == 0.0:
        return Gauge(text="", share=0.0, kind="still")
    return Gauge(
        text=f"statistics {moved(movement.statistics)}",
        share=bar(movement.statistics),
        kind="held" if movement.frozen else "moved",
    )


def bar(share: float) -> float:
    """Return how far a bar is filled, 0 to 1, on a log scale from 0.01 % to 100 %."""
    return min(1.0, max(_LEAST_BAR, 1 + log10(share) / _DECADES)) if share > 0 else 0.0


def _gradient(size: float | None) -> str:
    if size is None:
        return "none"
    return f"{size:.1f}" if size >= 10 else rate(float(f"{size:.2g}")) if size >= 1e-7 else "0"
