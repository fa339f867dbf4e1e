"""Where the answer appears is told as the figures show it, and not where chance would do."""

import pytest

from tlcore.emergence import emergence, emergence_told, interval
from tlcore.packing import pack
from tlcore.questions import Charted
from tlcore.questions.set_map import BlockCharted, Probe


def probed(right, judged=100, baseline=10):
    blocks = tuple(
        BlockCharted(
            block=f"b{place}",
            width=4,
            points="",
            shares=(0.5, 0.2),
            near="",
            probe=Probe(right=number, learned=0) if judged else None,
        )
        for place, number in enumerate(right)
    )
    places = pack(range(judged))
    return Charted(
        places=places, blocks=blocks, answers="", learned_from=100, judged_on=judged, baseline=baseline if judged else 0
    )


def test_an_answer_that_rises_to_the_end_is_late():
    told = emergence_told(probed([15, 20, 30, 40, 85, 90]))
    assert "late, at `b4`, block 5 of 6" in told
    assert "up to the end" in told


def test_an_answer_that_is_there_at_once_and_fades_is_early():
    found = emergence(probed([90, 95, 90, 70, 60, 65]))
    assert (found.appears, found.best, found.falls) == (0, 1, True)
    assert "an earlier block suits" in emergence_told(probed([90, 95, 90, 70, 60, 65]))


def test_a_loss_that_chance_can_explain_is_no_fading():
    assert not emergence(probed([60, 95, 94, 93, 92, 93])).falls
    assert "behind `b1` adds no more than the last tenth" in emergence_told(probed([60, 95, 94, 93, 92, 93]))


def test_classes_that_half_of_the_network_tells_apart_do_not_need_the_whole_of_it():
    told = emergence_told(probed([50, 90, 91, 91, 92, 92]))
    assert "need the whole network" not in told
    assert "behind `b1`" in told


def test_no_block_is_praised_for_guessing():
    found = emergence(probed([50, 55, 52, 48], baseline=50))
    assert found.appears is None
    assert "no block tells the classes apart" in emergence_told(probed([50, 55, 52, 48], baseline=50))


def test_without_pictures_to_judge_on_nothing_is_claimed():
    assert emergence(probed([0, 0], judged=0)) is None


@pytest.mark.parametrize(("right", "count", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_the_interval_is_wilsons(right, count, low, high):
    assert interval(right, count) == pytest.approx((low, high), abs=5e-4)
