"""A plan step by step says which base rates hold when, as the engine holds them."""

import pytest

from tlcore.config import Change, Phase
from tlcore.engine.pictures import split_evenly
from tlcore.timeline import steps_per_epoch, stretches

PHASES = (Phase(epochs=2, rates={"head": 0.1}), Phase(epochs=1, rates={"body": 0.2, "head": 0.3}))


def told(*changes, phases=PHASES):
    return [(part.phase, part.begins, part.ends, dict(part.rates)) for part in stretches(phases, changes, 10)]


def test_without_changes_a_stretch_is_a_phase():
    assert told() == [(0, 0, 20, {"head": 0.1}), (1, 20, 30, {"body": 0.2, "head": 0.3})]


def test_a_change_cuts_a_phase_and_holds_over_the_later_ones():
    assert told(Change(after=5, block="body", rate=0.5)) == [
        (0, 0, 5, {"head": 0.1}),
        (0, 5, 20, {"head": 0.1, "body": 0.5}),
        (1, 20, 30, {"body": 0.5, "head": 0.3}),
    ]


def test_a_change_between_phases_cuts_nothing_more():
    assert [part[:3] for part in told(Change(after=20, block="body", rate=0.0))] == [(0, 0, 20), (1, 20, 30)]


def test_the_last_of_two_changes_after_one_step_counts():
    changes = (Change(after=5, block="body", rate=0.5), Change(after=5, block="body", rate=0.7))
    assert told(*changes)[1][3]["body"] == 0.7


def test_a_change_with_which_nothing_would_learn_is_not_made():
    assert told(Change(after=5, block="head", rate=0.0))[1][3] == {"head": 0.1}
    later = (Phase(epochs=1, rates={"body": 0.2, "head": 0.3}), Phase(epochs=1, rates={"head": 0.1}))
    assert told(Change(after=5, block="head", rate=0.0), phases=later)[1][3] == {"body": 0.2, "head": 0.3}


def test_a_change_after_the_end_never_comes():
    assert told(Change(after=30, block="body", rate=0.5)) == told()


@pytest.mark.parametrize("size", [2, 3, 8, 32])
def test_steps_of_an_epoch_are_counted_as_the_engine_makes_them(size):
    for pictures in range(1, 70):
        assert steps_per_epoch(pictures, size) == sum(1 for _ in split_evenly(list(range(pictures)), size))
