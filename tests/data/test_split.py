"""The split depends on content and what was asked for, and on nothing else; a group is on one side."""

from collections import Counter
from hashlib import sha256
from random import Random

import pytest

from tlcore.data.marks import SplitBy
from tlcore.data.split import held_back

FOLDS = 5


def names(prefix, count):
    return [sha256(f"{prefix}{number}".encode()).hexdigest() for number in range(count)]


def alone(**counts):
    """Return groups of one picture each, so many of every class."""
    return {name: [label] for label, count in counts.items() for name in names(label, count)}


def judged(groups, chosen):
    return Counter(label for name in chosen for label in groups[name])


def test_about_a_fifth_of_every_class_is_held_back():
    groups = alone(a=100, b=7, c=2, d=1)
    assert judged(groups, held_back(groups, SplitBy(seed=3))) == {"a": 20, "b": 1, "c": 1}


def test_another_share_is_another_count():
    groups = alone(a=100, b=10)
    assert judged(groups, held_back(groups, SplitBy(seed=3, share=0.4))) == {"a": 40, "b": 4}


def test_the_order_of_files_does_not_matter():
    groups = alone(a=50, b=30)
    turned = dict(reversed(groups.items()))
    assert held_back(groups, SplitBy(seed=1)) == held_back(turned, SplitBy(seed=1))


def test_another_seed_is_another_split():
    groups = alone(a=50, b=50)
    assert held_back(groups, SplitBy(seed=1)) != held_back(groups, SplitBy(seed=2))
    assert held_back(groups, SplitBy(seed=1)) == held_back(groups, SplitBy(seed=1))


def test_a_further_picture_moves_few_others():
    before, after = alone(a=100), alone(a=101)
    assert len(held_back(before, SplitBy(seed=1)) ^ held_back(after, SplitBy(seed=1))) <= 2


def test_every_class_keeps_something_to_learn_from_in_a_hundred_random_sets():
    draw = Random(5)
    for _ in range(100):
        groups = {}
        for name in names("g", draw.randint(3, 60)):
            groups[name] = [draw.choice("abc") for _ in range(draw.choice((1, 1, 1, 2, 5)))]
        chosen = held_back(groups, SplitBy(seed=draw.randint(0, 10**6)))
        everywhere = Counter(label for labels in groups.values() for label in labels)
        assert all(judged(groups, chosen)[label] < count for label, count in everywhere.items())


def test_a_class_of_two_bursts_is_judged_by_one_of_them():
    groups = {name: ["a"] * 5 for name in names("a", 2)} | alone(b=10)
    assert judged(groups, held_back(groups, SplitBy(seed=1))) == {"a": 5, "b": 2}


@pytest.mark.parametrize("count", [50, 23, 7])
def test_every_picture_is_judged_in_exactly_one_fold(count):
    groups = alone(a=count, b=10)
    folds = [held_back(groups, SplitBy(seed=1, folds=FOLDS, fold=fold)) for fold in range(1, FOLDS + 1)]
    assert sorted(name for fold in folds for name in fold) == sorted(groups)
    sizes = [judged(groups, fold)["a"] for fold in folds]
    assert max(sizes) - min(sizes) <= 1
