"""The network as a row of blocks from the picture to the answer: a click thaws or freezes, a slider sets a rate."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One block as it is drawn, with its state in the phase that is shown."""

    name: str  # in code: layer1
    label: str  # what it tends to see: Textures
    shape: str  # 56 × 56 · 64, or 2 answers
    parameters: int
    compute: float  # share of the network's work, 0 to 1
    rate: float  # 0.0 is frozen
    thaws_in_phase: int | None = None  # the later phase (counted from 1) in which a frozen block thaws


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTile:
    """One phase of the plan as it is drawn above the map."""

    title: str  # Phase 1
    span: str  # epochs 1–3
    change: str  # + layer4
    learning: tuple[bool, ...]  # one for each block


@dataclass(frozen=True, slots=True)
class RateChosen:
    """A person gave a block a rate in a phase (counted from 0); 0.0 freezes it."""

    block: str
    rate: float
    phase: int


@dataclass(frozen=True, slots=True)
class PhaseChosen:
    """A person wants to see another phase (counted from 0)."""

    phase: int


Change = RateChosen | PhaseChosen

_mount = register("block_map", "shared", "blocks", "block_column")


def block_map(
    *,
    key: str,
    tiles: Sequence[Tile],
    phases: Sequence[PhaseTile],
    phase: int,
    default_rates: Mapping[str, float],
    on_change: Callable[[Change], None],
    picture: str | None = None,
    answers: Sequence[tuple[str, float]] = (),
) -> None:
    """Draw the map; `on_change` is called before the next run of the script with each thing that a person did.

    `default_rates` are what a block gets when a click thaws it. `picture` is a data URI, `answers` are names with
    shares from 0 to 1.
    """

    def answer() -> None:
        change = read_change(sent(key, "chosen"), [tile.name for tile in tiles], max(1, len(phases)))
        if change is not None:
            on_change(change)

    _mount(
        key=key,
        data={
            "tiles": to_plain(tuple(tiles)),
            "phases": to_plain(tuple(phases)),
            "phase": phase,
            "defaultRates": dict(default_rates),
            "picture": picture,
            "answers": to_plain(tuple(answers)),
        },
        on_chosen_change=answer,
    )


def read_change(plain: Any, blocks: Sequence[str], phases: int) -> Change | None:
    """Return what the browser sent as a change, or None if it is none."""
    if not isinstance(plain, dict):
        return None
    phase = plain.get("phase")
    if not isinstance(phase, int) or isinstance(phase, bool) or not 0 <= phase < phases:
        return None
    if plain.get("kind") == "phase":
        return PhaseChosen(phase)
    block, rate = plain.get("block"), plain.get("rate")
    if plain.get("kind") != "rate" or block not in blocks or not isinstance(rate, int | float):
        return None
    if isinstance(rate, bool) or not math.isfinite(rate) or not 0 <= rate <= 1:
        return None
    return RateChosen(str(block), float(rate), phase)
