"""What the live page says of changes and of drift, without a browser."""

import pytest

from tlcore.controls import Pause, SetRate
from tlcore.events import Changed
from tlcore.history import History
from tlcore.movement import Movement
from tlcore.store.runs import AskedFor, Entry
from tlcore.ui.components.change_list import ChangeRow, change_list
from tlcore.ui.drift_view import bar, block_states
from tlcore.ui.live_map import change_rows

HOSTILE = "<img src=x onerror='alert(1)'>"


def history(*events):
    one = History()
    one.add(Entry(number, 0.0, event) for number, event in enumerate(events, start=1))
    return one


def change(control, block="layer4", refused="", after=87):
    return Changed(
        after=after,
        block=block,
        requested=0.00005,
        before=0.0001,
        applied=0.000025,
        learning=1,
        seconds=1.0,
        refused=refused,
        control=control,
    )


def asked(number, block="layer4", rate=0.00005):
    return AskedFor(number, 0.0, SetRate(block=block, rate=rate))


def test_a_change_is_told_with_what_was_asked_what_was_applied_and_from_which_step():
    (row,) = change_rows([asked(1)], history(change(1)), "running")
    assert (row.block, row.asked, row.applied, row.kind) == ("layer4", "0.00005", "0.000025", "done")
    assert row.told == "from epoch 88, step 1; was 0.0001"


@pytest.mark.parametrize(
    ("state", "told", "kind"),
    [
        ("running", "asked, not yet applied", "pending"),
        ("paused", "asked; applied when the run goes on", "pending"),
        ("waiting", "asked; applied when the run goes on", "pending"),
        ("finished", "not applied: the run ended before", "refused"),
    ],
)
def test_what_was_asked_and_not_answered_says_so(state, told, kind):
    (row,) = change_rows([asked(1)], History(), state)
    assert (row.applied, row.told, row.kind) == ("–", told, kind)


def test_a_refusal_says_why():
    (row,) = change_rows([asked(1)], history(change(1, refused="Nothing would learn.")), "running")
    assert (row.applied, row.told, row.kind) == ("–", "Nothing would learn.", "refused")


def test_the_newest_change_comes_first_pauses_are_none_and_planned_ones_are_named_so():
    one = history(change(None, "stem"), change(1))
    rows = change_rows([asked(1), AskedFor(2, 0.0, Pause()), asked(3, "head", 0.0)], one, "running")
    assert [row.block for row in rows] == ["head", "layer4", "stem"]
    assert rows[-1].when == "planned"
    assert rows[0].asked == "0"


def test_a_planned_change_stands_among_those_by_hand_and_what_waits_stands_first():
    one = history(change(1, "layer1", after=3), change(None, "stem", after=5), change(2, "layer2", after=9))
    rows = change_rows([asked(1, "layer1"), asked(2, "layer2"), asked(3, "head")], one, "running")
    assert [row.block for row in rows] == ["head", "layer2", "stem", "layer1"]
    assert [row.when == "planned" for row in rows] == [False, False, True, False]


def test_names_and_reasons_are_shown_to_the_letter():
    row = ChangeRow(when="1", block=HOSTILE, asked="0", applied="–", told=HOSTILE, kind="refused")
    made = change_list([row])
    assert "<img" not in made
    assert made.count("&lt;img") == 2


def test_a_table_of_changes_has_heads_and_marks_frozen_by_more_than_its_colour():
    row = ChangeRow(when="1", block="head", asked="0", applied="0", told="from step 3", kind="done")
    made = change_list([row])
    assert made.count('<th scope="col">') == 5
    assert "0 (frozen)" in made
    assert "--thaw-mark-snow" in made


def movement(**changes):
    plain = {"block": "a", "frozen": True, "weights": 0.0, "statistics": 0.0, "gradient": None}
    return Movement(**{**plain, "wrong": False, "leaking": False, **changes})


def gauges(one, rate=0.0):
    (state,) = block_states({"a": "Edges"}, {"a": one}, {"a": rate})
    return state


def test_exactly_zero_is_said_only_of_what_is_exactly_zero():
    state = gauges(movement())
    assert (state.drift.text, state.drift.kind, state.drift.share) == ("exactly 0", "still", 0.0)
    assert (state.statistics.kind, state.gradient) == ("still", "none")
    least = gauges(movement(weights=1e-12, wrong=True)).drift
    assert (least.text, least.kind) == ("under 0.01 % though frozen", "wrong")
    assert least.share > 0


def test_statistics_that_moved_in_a_frozen_block_are_an_error():
    state = gauges(movement(statistics=0.031, leaking=True))
    assert (state.statistics.text, state.statistics.kind) == ("statistics moved 3.1 %", "wrong")
    assert state.drift.kind == "still"


def test_a_learning_block_shows_its_movement_and_its_gradient():
    state = gauges(movement(frozen=False, weights=0.019, statistics=None, gradient=0.01134), rate=0.001)
    assert (state.drift.text, state.drift.kind) == ("1.9 % moved", "moved")
    assert state.statistics is None
    assert state.gradient == "0.011"
    assert gauges(movement(weights=0.019)).drift.kind == "held"


def test_a_block_at_which_nobody_looked_has_no_gauge():
    (state,) = block_states({"a": "Edges"}, {}, {})
    assert (state.drift, state.statistics, state.rate, state.gradient) == (None, None, 0.0, "–")


@pytest.mark.parametrize(
    ("share", "filled"), [(0.0, 0.0), (1e-9, 0.02), (0.0001, 0.02), (0.01, 0.5), (1.0, 1.0), (7, 1)]
)
def test_the_bar_goes_from_a_hundredth_of_a_per_cent_to_all(share, filled):
    assert bar(share) == pytest.approx(filled)
