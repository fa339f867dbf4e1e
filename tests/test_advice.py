"""The adviser: by the count, corrected by what was measured, with reasons that hold the numbers."""

import pytest

from tlcore.advice import advise
from tlcore.questions import Separation


def apart(right, baseline=0.5):
    return Separation(right=right, count=200, baseline=baseline)


@pytest.mark.parametrize(
    ("count", "classes", "strategy"),
    [
        (244, 2, "features"),
        (999, 10, "features"),
        (1000, 10, "gradual"),
        (9999, 10, "gradual"),
        (10000, 10, "low"),
        (1500, 100, "features"),
    ],
)
def test_the_count_decides_where_nothing_was_measured(count, classes, strategy):
    advice = advise(count, classes, 1.0, None)
    assert (advice.strategy, advice.path[1]) == (strategy, None)
    assert "Not measured yet" in advice.sentences[1]


@pytest.mark.parametrize("count", [244, 5000, 20000])
def test_features_that_tell_the_classes_apart_are_enough(count):
    advice = advise(count, 2, 1.0, apart(198))
    assert advice.path[1:] == ("well", "features")
    assert "198 of 200" in advice.sentences[1]


@pytest.mark.parametrize(("count", "strategy"), [(244, "gradual"), (5000, "low"), (20000, "low")])
def test_features_that_do_not_thaw_one_step_more(count, strategy):
    advice = advise(count, 2, 1.0, apart(110))
    assert advice.path[1:] == ("hardly", strategy)
    assert "50.0 %" in advice.sentences[1]


def test_features_in_between_leave_it_to_the_count():
    assert advise(244, 2, 1.0, apart(184)).path == ("few", "partly", "features")


def test_guessing_the_largest_class_is_not_telling_apart():
    assert advise(244, 2, 0.1, apart(181, baseline=0.9)).path[1] == "hardly"
    assert advise(244, 2, 0.1, Separation(right=5, count=5, baseline=1.0)).path[1] == "hardly"


@pytest.mark.parametrize("count", [100, 5000, 20000])
def test_the_opposite_is_another_strategy(count):
    advice = advise(count, 2, 1.0, None)
    assert advice.opposite != advice.strategy
    assert "features" in (advice.strategy, advice.opposite)


def test_an_uneven_set_is_told_so():
    assert "5 times" in advise(244, 2, 0.2, None).sentences[-1]
    assert len(advise(244, 2, 0.5, None).sentences) == 2
