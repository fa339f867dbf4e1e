"""The split depends on content and seed, and on nothing else."""

from hashlib import sha256
from random import Random

from tlcore.data.split import held_back


def ids(prefix, count):
    return [sha256(f"{prefix}{number}".encode()).hexdigest() for number in range(count)]


def test_about_a_fifth_of_every_class_is_held_back():
    classes = [ids("a", 100), ids("b", 7), ids("c", 2), ids("d", 1)]
    chosen = held_back(classes, seed=3)
    assert [len(chosen.intersection(one)) for one in classes] == [20, 1, 1, 0]


def test_the_order_of_files_does_not_matter():
    one, other = ids("a", 50), ids("b", 30)
    assert held_back([one, other], seed=1) == held_back([one[::-1], other[::-1]], seed=1)


def test_another_seed_is_another_split():
    classes = [ids("a", 50), ids("b", 50)]
    assert held_back(classes, seed=1) != held_back(classes, seed=2)
    assert held_back(classes, seed=1) == held_back(classes, seed=1)


def test_a_further_picture_moves_few_others():
    before, after = ids("a", 100), ids("a", 101)
    assert len(held_back([before], seed=1) ^ held_back([after], seed=1)) <= 2


def test_identical_pictures_are_on_one_side_in_a_hundred_random_sets():
    draw = Random(5)
    for _ in range(100):
        pool = ids("p", 40)
        classes = [[draw.choice(pool) for _ in range(draw.randint(5, 40))] for _ in range(3)]
        chosen = held_back(classes, draw.randint(0, 10**6))
        for one in classes:
            training = [id_ for id_ in one if id_ not in chosen]
            assert training
            assert not set(training) & chosen
