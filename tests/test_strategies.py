"""Every strategy gives a plan that can be carried out, for any network and any number of epochs."""

from itertools import pairwise

import pytest

from tlcore.errors import ChoiceError
from tlcore.strategies import STRATEGIES, Slope, fill, recognized


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("count", range(3, 17))
def test_any_blocks_and_any_epochs_give_a_plan_in_which_every_phase_brings_something(strategy, count):
    blocks = [f"block{place}" for place in range(count)]
    for epochs in range(1, 31):
        for slope in (Slope(), Slope(rate=1.0, decay=0.1), Slope(rate=0.00001, decay=1.0)):
            schedule = fill(strategy, blocks, epochs, slope)
            assert sum(phase.epochs for phase in schedule) == epochs
            assert all(0 < rate <= 1 for phase in schedule for rate in phase.rates.values())
            assert all(set(phase.rates) <= set(blocks) and phase.rate(blocks[-1]) > 0 for phase in schedule)
            learning = [{block for block in blocks if phase.rate(block)} for phase in schedule]
            assert all(before < after for before, after in pairwise(learning))


@pytest.mark.parametrize("epochs", [0, -1, 201])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_epochs_that_no_run_can_have_are_refused(strategy, epochs):
    with pytest.raises(ChoiceError, match=f"Epochs in all is {epochs}. It takes 1 to 200"):
        fill(strategy, ["stem", "head"], epochs)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_is_known_again_by_its_schedule(strategy):
    blocks = ["stem", "a", "b", "c", "head"]
    assert recognized(blocks, fill(strategy, blocks, 9), strategy == "scratch") == strategy


def test_a_schedule_of_nobody_is_a_persons_own():
    blocks = ["stem", "a", "head"]
    assert recognized(blocks, fill("depth", blocks, 9, Slope(decay=0.5)), from_scratch=False) == "own"
    assert recognized(blocks, fill("low", blocks, 9), from_scratch=True) == "own"
