"""Schedules rise and fall as their names say, over the steps of their phase and no others."""

import pytest

from tlcore.config import Phase
from tlcore.schedules import factor


def factors(shape, epochs=4, per_epoch=5, warmup=0.0):
    phase = Phase(epochs=epochs, rates={"head": 0.1}, shape=shape, warmup=warmup)
    return [factor(phase, step, per_epoch) for step in range(epochs * per_epoch)]


def test_constant_is_exactly_one():
    assert factors("constant") == [1.0] * 20


def test_cosine_begins_at_one_and_falls_to_almost_nothing():
    found = factors("cosine")
    assert found[0] == 1.0
    assert found[10] == pytest.approx(0.5)
    assert 0.0 < found[-1] < 0.01
    assert found == sorted(found, reverse=True)


def test_one_cycle_rises_for_three_tenths_and_falls_below_where_it_began():
    found = factors("one_cycle")
    assert found[0] == pytest.approx(1 / 25)
    assert found.index(max(found)) == 5
    assert max(found) == pytest.approx(1.0)
    assert found[-1] < found[0] / 1000


def test_steps_take_a_tenth_after_each_third():
    assert factors("step", epochs=3) == [1.0] * 5 + [pytest.approx(0.1)] * 5 + [pytest.approx(0.01)] * 5


def test_a_warm_up_rises_in_equal_parts_before_the_schedule_begins():
    found = factors("cosine", warmup=0.8)
    assert found[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert found[4:] == sorted(found[4:], reverse=True)


@pytest.mark.parametrize("shape", ["constant", "cosine", "one_cycle", "step"])
@pytest.mark.parametrize("epochs", [1, 2, 7])
@pytest.mark.parametrize("per_epoch", [1, 2, 9])
@pytest.mark.parametrize("warmup", [0.0, 0.5, 0.99])
def test_a_factor_is_above_zero_and_at_most_one(shape, epochs, per_epoch, warmup):
    found = factors(shape, epochs, per_epoch, warmup)
    assert all(0.0 < each <= 1.0 for each in found)
    assert max(found) > 0.3
