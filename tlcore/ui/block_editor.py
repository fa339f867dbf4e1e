"""The block map with its strategies: who learns, and how fast."""

from dataclasses import replace

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.data.manifest import Manifest
from tlcore.draft import Draft
from tlcore.strategies import (
    DEPTH_DECAY,
    HEAD_RATE,
    LEAST_DECAY,
    STRATEGIES,
    THAWED_RATE,
    Slope,
    rates_by_depth,
)
from tlcore.ui.block_tiles import block_tiles
from tlcore.ui.components.block_map import Change, PhaseChosen, PhaseTile, RatesChosen, Tile, block_map
from tlcore.ui.components.static import chip, chips, say
from tlcore.ui.editing import choose_phase, chosen_phase, edit, held, refusal, show_refusal
from tlcore.ui.plan_table import edit_table
from tlcore.ui.session import draft
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.words import percent, rate

_HEAD_RATES = (0.00001, 0.00003, 0.0001, 0.0002, 0.0003, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.03, 0.1)
_DECAY_STEP = 0.05


def edit_blocks(manifest: Manifest) -> None:
    """Draw the card with the strategies, the phases, the map, and the same as a table."""
    plan = draft()
    phase = chosen_phase(plan)
    with st.container(key="card_map"):
        title, legend = st.columns([1.6, 1], vertical_alignment="center")
        title.header(f"{backbone(plan.backbone).title}: from the picture to the answer", anchor=False)
        legend.html(chips(chip("ice", "Frozen"), chip("ember", "Learning")))
        _strategies(plan)
        tiles = block_tiles(plan.backbone, plan.phases, phase, len(manifest.classes), plan.image_size)
        block_map(
            key=f"map_{plan.backbone}",
            tiles=tiles,
            phases=_phase_tiles(plan),
            phase=phase,
            default_rates={**rates_by_depth(plan.blocks, THAWED_RATE, DEPTH_DECAY), plan.blocks[-1]: HEAD_RATE},
            on_change=_apply,
            picture=thumbnail(manifest.of("val")[0].id),
            refused=refusal("map"),
        )
        edit_table()
        st.html(say(_what_to_see(tiles)))


def _strategies(plan: Draft) -> None:
    names = list(STRATEGIES)
    st.segmented_control(
        "Strategy",
        names,
        # After a rate was set by hand no strategy is chosen any more.
        key=held("strategy", plan.strategy if plan.strategy in names else None),
        format_func=lambda name: STRATEGIES[name].title,
        label_visibility="collapsed",
        on_change=_fill,
    )
    if plan.strategy == "own":
        st.caption("Your own rates. A strategy above fills the map anew.")
    else:
        st.caption(STRATEGIES[plan.strategy].sentence)
    if plan.strategy == "depth":
        _slope(plan)
    if plan.changes:
        _planned_changes(plan)
    show_refusal("strategy")


def _slope(plan: Draft) -> None:
    """Draw the two numbers of the one formula."""
    head, decay, said = st.columns([1, 1, 1.1], vertical_alignment="center")
    head.select_slider(
        "The head's rate (lr)",
        sorted({*_HEAD_RATES, plan.slope.rate}),
        key=held("slope_rate", plan.slope.rate),
        format_func=rate,
        on_change=_set_slope,
    )
    decay.slider(
        "Times, for each block before it (decay)",
        LEAST_DECAY,
        1.0,
        step=_DECAY_STEP,
        key=held("slope_decay", plan.slope.decay),
        on_change=_set_slope,
    )
    stem, last = plan.blocks[0], len(plan.blocks) - 1
    said.caption(
        f"Block i learns with lr · decay^({last} − i): `{plan.blocks[-1]}` with {rate(plan.slope.rate)}, "
        f"`{stem}` with {rate(plan.phases[0].rate(stem))}."
    )


def _planned_changes(plan: Draft) -> None:
    words, button = st.columns([2.2, 1], vertical_alignment="center")
    told = "; ".join(f"`{change.block}` {rate(change.rate)} after step {change.after:,}" for change in plan.changes)
    words.caption(f"Planned in the middle of phases, each to the end of the run: {told}.")
    with button.container(horizontal=True, horizontal_alignment="right", key="slim_changes"):
        st.button("Leave these changes out", key="drop_changes", on_click=_drop_changes)


def _fill() -> None:
    strategy = st.session_state["strategy"]
    if strategy is not None and edit("strategy", lambda plan: plan.by_strategy(strategy)):
        choose_phase(0)


def _set_slope() -> None:
    state = st.session_state
    slope = Slope(rate=float(state["slope_rate"]), decay=round(float(state["slope_decay"]), 2))
    edit("strategy", lambda plan: replace(plan, slope=slope))


def _drop_changes() -> None:
    edit("strategy", lambda plan: replace(plan, changes=()))


def _apply(change: Change) -> None:
    match change:
        case PhaseChosen(phase=phase):
            choose_phase(phase)
        case RatesChosen(rates=rates, phase=phase):
            edit("map", lambda plan: plan.with_rates(phase, rates))


def _phase_tiles(plan: Draft) -> list[PhaseTile]:
    tiles, begins = [], 1
    before: dict[str, float] = {}
    for number, phase in enumerate(plan.phases, start=1):
        ends = begins + phase.epochs - 1
        now = {block: phase.rate(block) for block in plan.blocks if phase.rate(block) > 0}
        tiles.append(
            PhaseTile(
                title=f"Phase {number}",
                span=f"epochs {begins}–{ends}" if ends > begins else f"epoch {begins}",
                change=_change(now, before, plan.blocks[-1]),
                learning=tuple(block in now for block in plan.blocks),
            )
        )
        before, begins = now, ends + 1
    return tiles


def _change(now: dict[str, float], before: dict[str, float], head: str) -> str:
    """Say what a phase brings that the one before it did not."""
    if not before:
        return "head only" if set(now) == {head} else f"{len(now)} blocks learn"
    if thawed := [block for block in now if block not in before]:
        return "+ " + ", ".join(thawed)
    if set(now) != set(before):
        return "fewer blocks learn"
    return "the same rates again" if now == before else "other rates"


def _what_to_see(tiles: list[Tile]) -> str:
    total = sum(tile.parameters for tile in tiles)
    largest = max(tiles, key=lambda tile: tile.parameters)
    return (
        "the larger a block is drawn, the more parameters it has: ten times more with each dashed line. "
        "Where the blocks stand in a row, wider means more work. "
        f"`{largest.name}` alone holds {percent(largest.parameters / total)} of the parameters "
        f"and does {percent(largest.compute)} of the work."
    )
