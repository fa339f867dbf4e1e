"""Sentences about gradients and health say what is so, name the block, and turn where their limits are."""

import pytest

from tlcore.diagnosis import (
    dead_told,
    even_told,
    flow_told,
    frozen_told,
    gradients_told,
    placeless_told,
    sizes_told,
    stuck_told,
)
from tlcore.events import Moved
from tlcore.history import History
from tlcore.questions import Gradients, Health
from tlcore.questions.gradients import BlockGradient, Candidate
from tlcore.questions.health import BlockHealth
from tlcore.questions.seen import Map

NAMES = ("stem", "middle", "last")
ONE = Map(png="", low=0.0, high=1.0)


def gradients(*sizes, placeless=0.0, even=False):
    blocks = tuple(
        BlockGradient(block=name, shape=(8, 4, 4), size=size, map=ONE, placeless=placeless, even=even)
        for name, size in zip(NAMES, sizes, strict=True)
    )
    return Gradients(crop="", of=Candidate(number=0, name="ant", score=1.0), likely=(), blocks=blocks)


def health(dead=(0, 0, 0), stuck=(None, None, None), sizes=(1.0, 1.0, 1.0)):
    blocks = zip(NAMES, dead, stuck, sizes, strict=True)
    return Health(
        count=64,
        blocks=tuple(
            BlockHealth(block=name, channels=100, dead=gone, stuck=share, size=size)
            for name, gone, share, size in blocks
        ),
    )


def history(*looks):
    one = History()
    one.moves = [
        Moved(step=step, weights={}, statistics={}, gradients=sizes, seconds=0.0) for step, sizes in enumerate(looks)
    ]
    return one


@pytest.mark.parametrize(
    ("sizes", "said", "sound"),
    [
        ((1.0, 0.5, 2.0), "healthy", True),
        ((0.0011, 0.5, 1.0), "healthy", True),
        ((0.0009, 0.5, 1.0), "vanishes: at `stem` it is 0.00090, at `last` 1", False),
        ((2e-9, 3e-9, 1.0), "vanishes: at `stem` it is 2.0·10⁻⁹, at `last` 1", False),
        ((999.0, 10.0, 1.0), "healthy", True),
        ((1001.0, 1.0, 2.0), "explodes: at `stem` it is 1,000, at `middle` only 1", False),
        ((None, None, 1.0), "at `middle` the gradient is no number any more", False),
        ((0.0, 0.0, 1.0), "no gradient at all reaches `middle`", False),
    ],
)
def test_vanishing_and_exploding_are_told_beyond_a_factor_of_a_thousand(sizes, said, sound):
    found = gradients_told(gradients(*sizes))
    assert said in found.told
    assert found.sound == sound


def test_empty_maps_and_maps_of_one_colour_are_explained():
    assert placeless_told(gradients(1.0, 1.0, 1.0)) == even_told(gradients(1.0, 1.0, 1.0)) == ""
    assert "class token" in placeless_told(gradients(1.0, 1.0, 1.0, placeless=1.0))
    assert "`stem` to `last`" in even_told(gradients(1.0, 1.0, 1.0, even=True))


@pytest.mark.parametrize(
    ("learned", "said"),
    [
        ({}, ""),
        ({"stem": True, "head": True}, ""),
        ({"stem": False, "head": False}, ""),
        ({"stem": False, "middle": False, "head": True}, "`stem` to `middle` were frozen first: in training no"),
        ({"stem": False, "middle": True, "head": True}, "`stem` was frozen first"),
        ({"stem": True, "middle": False, "head": True}, "Through `middle`, frozen too, the gradient does flow"),
    ],
)
def test_what_is_frozen_first_gets_no_gradient_in_training_and_what_is_frozen_later_passes_it_on(learned, said):
    assert frozen_told(learned).startswith(said)
    assert bool(said) == bool(frozen_told(learned))


def test_the_gradients_of_a_run_are_told_by_its_readings():
    assert flow_told(history({}, {}), NAMES) is None
    well = flow_told(history({}, {"last": 2.0}, {"middle": 0.5, "last": 1.0}), NAMES)
    assert well.sound
    assert "all 2 blocks that learned were reached" in well.told
    assert "only `last` learned" in flow_told(history({"last": 2.0}), NAMES).told
    vanished = flow_told(history(*[{"stem": 1e-5, "last": 1.0}] * 3), NAMES)
    assert not vanished.sound
    assert "vanished at `stem`" in vanished.told
    burst = flow_told(history(*[{"stem": 1.0, "last": 1.0}] * 3, {"stem": 2000.0, "last": 1.0}), NAMES)
    assert not burst.sound
    assert "burst: at `stem` it once was 2,000, usually 1" in burst.told


@pytest.mark.parametrize(
    ("dead", "said", "sound"),
    [
        ((0, 0, 0), "no channel is dead: each of 300", True),
        ((0, 10, 0), "hardly any channel is dead, most in `middle`: 10 of 100 (10 %)", True),
        ((0, 11, 49), "some channels are dead for these pictures, most in `last`", True),
        ((50, 0, 0), "much of the network is dead for these pictures, most in `stem`", False),
    ],
)
def test_dead_channels_are_told_by_the_block_that_has_most(dead, said, sound):
    found = dead_told(health(dead=dead))
    assert found.told.startswith(said)
    assert found.sound == sound


def test_stuck_gates_are_told_only_where_there_are_gates():
    assert stuck_told(health()) is None
    assert "no gate is stuck" in stuck_told(health(stuck=(None, 0.0, 0.0))).told
    assert stuck_told(health(stuck=(None, 0.49, 0.1))).sound
    found = stuck_told(health(stuck=(None, 0.1, 0.5)))
    assert not found.sound
    assert "in `last` 50 %" in found.told


def test_numbers_out_of_proportion_are_told():
    assert sizes_told(health(sizes=(1.0, 500.0, 2.0))).sound
    assert "0.0010 at `last`, 2 at `middle`" in sizes_told(health(sizes=(1.0, 2.0, 0.001))).told
    assert "`middle` puts out what is no number" in sizes_told(health(sizes=(1.0, None, 0.001))).told
