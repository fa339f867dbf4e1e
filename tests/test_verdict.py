"""What a run tells of itself where its loss grows, or its memory was short."""

import pytest

from tlcore.events import PhaseStarted, Squeezed, Stepped
from tlcore.history import History
from tlcore.store.runs import Entry
from tlcore.verdict import calmer, explosion_verdict, squeeze_verdict

RATES = {"Mixed_5b": 0.5, "head": 0.001}


def history(*losses):
    events = [PhaseStarted(phase=0, epoch=0, rates=RATES, learning=3)]
    events += [Stepped(step=at, loss=loss, right=1, count=8, seconds=at) for at, loss in enumerate(losses, start=1)]
    return History.of(Entry(number, 0.0, event) for number, event in enumerate(events, start=1))


def test_a_loss_above_three_times_its_start_for_twenty_steps_is_told_with_a_lower_rate():
    assert explosion_verdict(history(*[0.7] * 5, *[2.2] * 20)) == (
        "The loss has been above 3 times its start (0.7) for 20 steps, though it is still a number: the rates are too "
        "high. The highest is Mixed_5b at 0.5; try a tenth of all, there 0.05."
    )


@pytest.mark.parametrize(
    "losses",
    [
        [],
        [0.7] * 25,
        [0.7] * 5 + [2.2] * 19,
        [0.7] * 5 + [2.0] * 20,
        [0.7] * 5 + [9.0] * 19 + [2.0],
        [0.7] * 5 + [9.0] * 30 + [0.7],
    ],
    ids=["none", "flat", "too short", "too low", "one low step", "over"],
)
def test_a_loss_that_does_not_stay_above_is_not_told(losses):
    assert explosion_verdict(history(*losses)) is None


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        ({"stem": 0.0, "head": 0.0003}, "The highest is head at 0.0003; try a tenth of all, there 0.00003."),
        ({"stem": 1.0, "head": 0.1}, "The highest is stem at 1; try a tenth of all, there 0.1."),
    ],
)
def test_a_lower_rate_is_named_with_its_block(rates, told):
    assert calmer(rates) == told


@pytest.mark.parametrize(
    ("work", "at_once", "told"),
    [
        ("learning", 16, "Memory was short: each step now takes its 32 pictures in 2 parts of 16."),
        ("learning", 17, "Memory was short: each step now takes its 32 pictures in 2 parts of 16."),
        ("learning", 12, "Memory was short: each step now takes its 32 pictures in 3 parts of at most 11."),
        ("checking", 8, "Memory was short: validation pictures are now answered 8 at a time."),
        ("beginning", 8, "Memory was short: the frozen blocks now get 8 pictures at a time."),
    ],
)
def test_a_lack_of_memory_is_told_in_one_sentence(work, at_once, told):
    assert squeeze_verdict(Squeezed(step=1, work=work, batch=32, at_once=at_once)) == told
