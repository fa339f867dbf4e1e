"""The block map with its strategies: who learns, and how fast."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.data.manifest import Manifest
from tlcore.draft import Draft
from tlcore.errors import ChoiceError
from tlcore.strategies import DEPTH_DECAY, HEAD_RATE, STRATEGIES, THAWED_RATE, rates_by_depth
from tlcore.ui.block_tiles import block_tiles
from tlcore.ui.components.block_map import Change, PhaseChosen, PhaseTile, RateChosen, Tile, block_map
from tlcore.ui.components.static import chip, chips, say
from tlcore.ui.session import draft, keep_draft
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.words import percent

_PHASE = "phase"
_REFUSED = "rate_refused"


def edit_blocks(manifest: Manifest) -> None:
    """Draw the card with the strategies, the phases and the map."""
    plan = draft()
    phase = min(st.session_state.get(_PHASE, 0), len(plan.phases) - 1)
    with st.container(key="card_map"):
        title, legend = st.columns([1.6, 1], vertical_alignment="center")
        title.header("Block map: from the picture to the answer", anchor=False)
        legend.html(chips(chip("ice", "Frozen"), chip("ember", "Learning")))
        _strategies(plan)
        tiles = block_tiles(plan.backbone, plan.phases, phase, len(manifest.classes), plan.image_size)
        blocks = [block.name for block in backbone(plan.backbone).blocks]
        block_map(
            key=f"map_{plan.backbone}",
            tiles=tiles,
            phases=_phase_tiles(plan, blocks),
            phase=phase,
            default_rates={**rates_by_depth(blocks, THAWED_RATE, DEPTH_DECAY), blocks[-1]: HEAD_RATE},
            on_change=_apply,
            picture=thumbnail(manifest.of("val")[0].id),
        )
        if refused := st.session_state.pop(_REFUSED, ""):
            st.html(say(refused, lead="Not changed:", mark="cross"))
        st.html(say(_what_to_see(tiles)))


def _strategies(plan: Draft) -> None:
    names = list(STRATEGIES)
    # The key holds the value: after a rate was set by hand no strategy is chosen any more.
    key = f"strategy_{plan.backbone}_{plan.strategy}"
    st.segmented_control(
        "Strategy",
        names,
        default=plan.strategy if plan.strategy in names else None,
        format_func=lambda name: STRATEGIES[name].title,
        key=key,
        label_visibility="collapsed",
        on_change=_fill,
        args=(key,),
    )
    if plan.strategy == "own":
        st.caption("Your own rates. A strategy above fills the map anew.")
    else:
        st.caption(STRATEGIES[plan.strategy].sentence)


def _fill(key: str) -> None:
    strategy = st.session_state[key]
    if strategy is not None:
        st.session_state[_PHASE] = 0
        keep_draft(draft().by_strategy(strategy))


def _apply(change: Change) -> None:
    match change:
        case PhaseChosen(phase=phase):
            st.session_state[_PHASE] = phase
        case RateChosen(block=block, rate=rate, phase=phase):
            try:
                keep_draft(draft().with_rate(phase, block, rate))
            except ChoiceError as error:
                st.session_state[_REFUSED] = str(error)


def _phase_tiles(plan: Draft, blocks: list[str]) -> list[PhaseTile]:
    tiles, begins = [], 1
    before: set[str] = set()
    for number, phase in enumerate(plan.phases, start=1):
        ends = begins + phase.epochs - 1
        now = {block for block in blocks if phase.rate(block) > 0}
        thawed = [block for block in blocks if block in now - before]
        tiles.append(
            PhaseTile(
                title=f"Phase {number}",
                span=f"epochs {begins}–{ends}" if ends > begins else f"epoch {begins}",
                change=_change(number, thawed, now, before),
                learning=tuple(block in now for block in blocks),
            )
        )
        before, begins = now, ends + 1
    return tiles


def _change(number: int, thawed: list[str], now: set[str], before: set[str]) -> str:
    if number == 1:
        return "head only" if now == {"head"} else f"{len(now)} blocks learn"
    if thawed:
        return "+ " + ", ".join(thawed)
    return "other rates" if now == before else "fewer blocks learn"


def _what_to_see(tiles: list[Tile]) -> str:
    total = sum(tile.parameters for tile in tiles)
    largest = max(tiles, key=lambda tile: tile.parameters)
    return (
        "taller means more parameters; each dashed line is ten times the one below. "
        f"`{largest.name}` alone holds {percent(largest.parameters / total)} of them."
    )
