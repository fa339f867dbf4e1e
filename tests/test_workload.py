"""A plan is weighed by the pictures that go through its network, and the way to compute follows from that."""

from dataclasses import replace

import pytest

from tlcore.arithmetic import Arithmetic, Pace, Paces, within_reach
from tlcore.catalog.backbones import backbone
from tlcore.config import Phase
from tlcore.workload import workload

CARD = backbone("mobilenet_v2")
HEAD = Phase(epochs=10, rates={"head": 0.001})
ALL = Phase(epochs=10, rates=dict.fromkeys(CARD.block_names, 0.001))
PLAIN = Arithmetic()
ROUGH = Arithmetic(numbers="bfloat16")


def test_a_frozen_beginning_counts_once_and_what_learns_in_every_epoch(plan):
    alone, together = (workload(plan("0" * 64, schedule=(phase,)), 100, 20) for phase in (HEAD, ALL))
    assert alone.answered == pytest.approx(120, rel=0.02)
    assert alone.learned == pytest.approx(0, abs=10)
    assert (together.answered, together.learned) == (200.0, 1000.0)


def test_a_beginning_that_was_computed_in_an_earlier_phase_is_not_computed_again(plan):
    once, twice = (workload(plan("0" * 64, schedule=(HEAD,) * times), 100, 20) for times in (1, 2))
    assert twice.answered == pytest.approx(once.answered, rel=0.02)


@pytest.mark.parametrize(("views", "times"), [(0, 10), (3, 3), (20, 10)])
def test_a_beginning_is_computed_for_every_drawing(plan, views, times):
    config = plan("0" * 64, schedule=(HEAD,))
    drawn = replace(config, loader=replace(config.loader, augment="gentle", views=views))
    assert workload(drawn, 100, 20).answered == pytest.approx(100 * times + 20, rel=0.02)


def test_moving_statistics_leave_nothing_to_compute_once(plan):
    moving = workload(plan("0" * 64, schedule=(replace(HEAD, moving_statistics=True),)), 100, 20)
    assert moving.learned == 1000.0


def test_the_work_grows_with_the_square_of_the_side(plan):
    small, large = (workload(plan("0" * 64, size=size), 100, 20).multiply_adds for size in (32, 64))
    assert large == pytest.approx(4 * small)


def test_plans_that_hardly_differ_learn_from_the_same_share(plan):
    few, many = (workload(plan("0" * 64, schedule=(HEAD,)), count, 20).share for count in (100, 130))
    assert few == many == 0.0
    assert workload(plan("0" * 64, schedule=(ALL,)), 100, 20).share == 0.8


def paces(answer, step):
    return Paces(ways=(Pace(arithmetic=PLAIN, answer=1.0, step=3.0), Pace(arithmetic=ROUGH, answer=answer, step=step)))


@pytest.mark.parametrize(
    ("answer", "step", "learned", "best"),
    [
        (0.5, 4.0, 0.0, ROUGH),
        (0.5, 4.0, 0.8, PLAIN),
        (0.5, 1.5, 0.8, ROUGH),
        (0.9, 2.7, 0.8, PLAIN),
    ],
    ids=["frozen, so answers count", "all learn, so steps count", "faster both ways", "hardly faster, so it stays"],
)
def test_the_way_that_suits_what_the_plan_does_is_taken(answer, step, learned, best):
    assert paces(answer, step).best(learned) == best


def test_a_way_that_no_plan_would_take_is_out_of_reach():
    assert len(within_reach(paces(0.9, 2.7).ways)) == 1
    assert len(within_reach(paces(0.5, 4.0).ways)) == 2
