"""The block map of a run at work: a click freezes or thaws a block now, and the page says what came of it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.controls import SetRate
from tlcore.events import Changed
from tlcore.history import ENDED, RESTING, History, State
from tlcore.store.runs import AskedFor, Run
from tlcore.strategies import DEPTH_DECAY, HEAD_RATE, THAWED_RATE, rates_by_depth
from tlcore.ui.block_tiles import block_tiles
from tlcore.ui.components.block_map import Change, RatesChosen, Tile, block_map
from tlcore.ui.components.change_list import ChangeRow, change_list
from tlcore.ui.components.static import chip, chips
from tlcore.ui.reading import reader
from tlcore.ui.session import store, workspace
from tlcore.ui.words import rate

LIVE: tuple[State, ...] = ("starting", "running")
"""States in which a change can be asked for."""


def live_map(run: Run, history: History) -> None:
    """Draw the map; it shows what was asked for, also before the run has applied it."""
    title, legend = st.columns([1.6, 1], vertical_alignment="center")
    title.header("Change it while it learns", anchor=False)
    legend.html(chips(chip("ice", "Frozen"), chip("ember", "Learning")))
    st.caption(
        "A click freezes or thaws a block, from the next step to the end of the run, over what later phases say. "
        "A rate is the block's base rate, on which the schedule goes on."
    )
    block_map(
        key=f"live_{run.id}",
        tiles=_tiles(run, history),
        phases=(),
        phase=0,
        default_rates=_thaw_rates(run, history),
        on_change=partial(_ask, run.id),
    )


def what_changed(run: Run, history: History, state: State) -> None:
    """Draw the list of what was asked for and what came of it, newest first."""
    rows = change_rows(store().runs.controls(run.id), history, state)
    st.subheader("What you changed", anchor=False)
    if rows:
        st.html(change_list(rows))
    elif state in LIVE:
        st.caption("Nothing so far. Each change is listed here with the step from which it counts.")
    else:
        st.caption("Nothing: the run followed its plan." if state in ENDED else "Nothing so far.")


def change_rows(asked: list[AskedFor], history: History, state: State) -> list[ChangeRow]:
    """Return what the plan and a person changed in the middle of a run: first what waits, then the newest."""
    times = {one.id: time.strftime("%H:%M:%S", time.localtime(one.time)) for one in asked}
    answers = sorted(history.changes, key=lambda change: change.after)
    per_epoch = history.started.steps_per_epoch if history.started else 1
    rows = [
        _row("planned" if answer.control is None else times[answer.control], answer, per_epoch) for answer in answers
    ]
    answered = {answer.control for answer in answers}
    for one in asked:
        if isinstance(one.control, SetRate) and one.id not in answered:
            rows.append(_unanswered(times[one.id], one.control, state))
    return rows[::-1]


def _row(when: str, answer: Changed, per_epoch: int) -> ChangeRow:
    block, asked = answer.block, rate(answer.requested)
    if answer.refused:
        return ChangeRow(when=when, block=block, asked=asked, applied="–", told=answer.refused, kind="refused")
    epoch, inside = divmod(answer.after, per_epoch)
    told = f"from epoch {epoch + 1}, step {inside + 1}; was {rate(answer.before)}"
    return ChangeRow(when=when, block=block, asked=asked, applied=rate(answer.applied), told=told, kind="done")


def _unanswered(when: str, control: SetRate, state: State) -> ChangeRow:
    row = ChangeRow(
        when=when,
        block=control.block,
        asked=rate(control.rate),
        applied="–",
        told="asked, not yet applied",
        kind="pending",
    )
    if state in ENDED:
        return replace(row, told="not applied: the run ended before", kind="refused")
    return replace(row, told="asked; applied when the run goes on") if state in (*RESTING, "waiting") else row


def _wanted(run: Run, history: History) -> dict[str, float]:
    """Return every block's base rate as it is once everything is applied that was asked for."""
    rates = history.rates or dict(run.config.schedule[0].rates)
    answered = {change.control for change in history.changes}
    for asked in store().runs.controls(run.id):
        if isinstance(asked.control, SetRate) and asked.id not in answered:
            rates[asked.control.block] = asked.control.rate
    return rates


def _tiles(run: Run, history: History) -> list[Tile]:
    config, wanted = run.config, _wanted(run, history)
    classes = len(history.started.classes) if history.started else 1
    phase = history.phase.phase if history.phase else 0
    # What a person set holds to the end, so no phase thaws it any more.
    held = {change.block for change in history.changes if not change.refused}
    return [
        replace(
            tile,
            rate=wanted.get(tile.name, 0.0),
            thaws_in_phase=None if tile.name in held or wanted.get(tile.name) else tile.thaws_in_phase,
        )
        for tile in block_tiles(config.backbone, config.schedule, phase, classes, config.loader.image_size)
    ]


def _thaw_rates(run: Run, history: History) -> Mapping[str, float]:
    """Return what a block gets when a click thaws it: the rate it had last, or will have, or else one by depth."""
    names = backbone(run.config.backbone).block_names
    rates = {**rates_by_depth(names, THAWED_RATE, DEPTH_DECAY), names[-1]: HEAD_RATE}
    later = [dict(phase.rates) for phase in reversed(run.config.schedule)]
    before = [dict(phase.rates) for phase in history.phases]
    changed = [{change.block: change.requested} for change in history.changes if not change.refused]
    for known in (*later, *before, *changed):
        rates |= {block: value for block, value in known.items() if value > 0}
    return rates


def _ask(identifier: str, change: Change) -> None:
    """File what the map sent, unless it is so already or the run is not the visitor's."""
    run = store().runs.get(identifier, (workspace(),))
    if run is None or not isinstance(change, RatesChosen):
        return
    wanted = _wanted(run, reader(identifier).history())
    # What thaws comes first: a freeze before it could leave nothing that learns, and would be refused.
    for block, value in sorted(change.rates.items(), key=lambda item: item[1] == 0):
        if wanted.get(block, 0.0) != value:
            store().runs.ask(identifier, SetRate(block=block, rate=value))
