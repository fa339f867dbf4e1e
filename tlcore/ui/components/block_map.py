"""The network as a row of blocks from the picture to the answer: a click thaws or freezes, a slider sets a rate."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import streamlit as st

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
class RatesChosen:
    """A person gave blocks of a phase (counted from 0) these rates, all at once; 0.0 freezes."""

    rates: Mapping[str, float]
    phase: int


@dataclass(frozen=True, slots=True)
class PhaseChosen:
    """A person wants to see another phase (counted from 0)."""

    phase: int


Change = RatesChosen | PhaseChosen

_mount = register("block_map", "shared", "blocks", "block_scale", "block_column", "phase_row")


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
    refused: str = "",
) -> None:
    """Draw the map; `on_change` is called before the next run of the script with each thing that a person did.

    `default_rates` are what a block gets when a click thaws it. `picture` is a data URI, `answers` are names with
    shares from 0 to 1. `refused` says why the last change was not made.
    """
    heard = f"{key}_heard"

    def answer() -> None:
        message = sent(key, "chosen")
        st.session_state[heard] = read_serial(message)
        for change in read_changes(message, [tile.name for tile in tiles], max(1, len(phases))):
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
            # What the browser showed ahead up to this message, it now takes from the tiles.
            "heard": st.session_state.get(heard, 0),
            "refused": refused,
        },
        on_chosen_change=answer,
    )


def read_serial(plain: Any) -> int:
    """Return the number of a message from the browser, 0 if it has none."""
    serial = plain.get("serial") if isinstance(plain, dict) else None
    return serial if isinstance(serial, int) and not isinstance(serial, bool) and serial >= 0 else 0


def read_changes(plain: Any, blocks: Sequence[str], phases: int) -> tuple[Change, ...]:
    """Return what the browser sent as changes; none at all if any part of it could not come from the map."""
    if not isinstance(plain, dict):
        return ()
    phase, rates, show = plain.get("phase"), plain.get("rates"), plain.get("show")
    if not (_is_place(phase, phases) and _is_place(show, phases) and isinstance(rates, dict)):
        return ()
    if not all(block in blocks and _is_rate(rate) for block, rate in rates.items()):
        return ()
    found: list[Change] = []
    if rates:
        found.append(RatesChosen({block: float(rates[block]) for block in blocks if block in rates}, phase))
    if show != phase:
        found.append(PhaseChosen(show))
    return tuple(found)


def _is_place(value: Any, count: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count


def _is_rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
