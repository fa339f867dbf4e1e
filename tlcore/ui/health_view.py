"""Health: over the validation pictures, which channels never stir, which gates are stuck, how large numbers get."""

import streamlit as st

from tlcore.diagnosis import Diagnosis, dead_told, sizes_told, stuck_told
from tlcore.errors import ThawError
from tlcore.figures.axes import Figure
from tlcore.figures.per_block import height_of, shares, sizes, written
from tlcore.questions import Examine, Health
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import say
from tlcore.ui.session import store, workspace
from tlcore.ui.subject import Subject
from tlcore.ui.waiting import wait_for


def draw_health(subject: Subject) -> None:
    """Draw what up to 64 validation pictures tell of every block, once the desk has answered."""
    question = Examine(network=subject.network, data=subject.manifest.digest, workspace=workspace())
    try:
        health = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return
    if health is None:
        wait_for(
            question, "Sending up to 64 validation pictures through the network: some seconds, longer for large ones."
        )
        return
    st.caption(
        f"Seen over {health.count} validation pictures, spread over the classes; blocks from the picture down to the "
        "answer. To see what training changed, choose the same run before training above."
    )
    left, right = st.columns(2)
    with left.container(key="card_dead", height="stretch"):
        _dead(subject, health)
    with right.container(key="card_sizes", height="stretch"):
        _sizes(subject, health)
    if told := stuck_told(health):
        with st.container(key="card_stuck"):
            _stuck(subject, health, told)


def _dead(subject: Subject, health: Health) -> None:
    st.header("Dead channels", anchor=False)
    st.caption(
        "Share of the block’s channels that are never above zero on any of these pictures, after a ReLU; where numbers "
        "below zero pass, as in GELU and SiLU, that never change."
    )
    found = [block.dead / block.channels for block in health.blocks]
    _chart(
        subject,
        health,
        shares(_names(health), found, "Share of channels"),
        "dead",
        _percents("Dead channels", health, found),
    )
    _say(dead_told(health))


def _sizes(subject: Subject, health: Health) -> None:
    st.header("Size of the features", anchor=False)
    st.caption(
        "Root mean square of the numbers that the block puts out, in the mean over the pictures, on a log scale. From "
        "block to block it should neither die away nor grow without end."
    )
    found = [block.size for block in health.blocks]
    figure = sizes(_names(health), found, subject.states, "Size of the features")
    values = written(_names(health), found)
    _chart(subject, health, figure, "features", f"Size of the features of each block: {values}")
    _say(sizes_told(health))


def _stuck(subject: Subject, health: Health, told: Diagnosis) -> None:
    st.header("Stuck gates", anchor=False)
    st.caption(
        "Share of the values of the block’s gates (sigmoid, tanh, hard swish) that are within a hundredth of fully "
        "open or fully shut. Gates say how much of a channel goes on."
    )
    found = [block.stuck for block in health.blocks]
    _chart(
        subject,
        health,
        shares(_names(health), found, "Share of values"),
        "stuck",
        _percents("Stuck gates", health, found),
    )
    _say(told)


def _chart(subject: Subject, health: Health, figure: Figure, name: str, description: str) -> None:
    height = height_of(len(health.blocks))
    live_chart(key=f"health_{name}", figure=figure, revision=subject.key, height=height, description=description)


def _percents(what: str, health: Health, found: list[float] | list[float | None]) -> str:
    told = (
        f"{block.block} {'none' if share is None else f'{100 * share:.1f} %'}"
        for block, share in zip(health.blocks, found, strict=True)
    )
    return f"{what} of each block: {', '.join(told)}"


def _names(health: Health) -> list[str]:
    return [block.block for block in health.blocks]


def _say(told: Diagnosis) -> None:
    st.html(say(told.told) if told.sound else say(told.told, lead="Take care:", mark="cross"))
