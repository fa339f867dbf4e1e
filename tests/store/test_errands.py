"""Errands that read pictures take turns, and one that is sealed is not cancelled any more."""

import time

import pytest

from tlcore.errands import FetchSet, FetchWeights, MakeSample, ReadFolder, ReadUpload
from tlcore.store.claims import Claimant
from tlcore.store.errands import AT_A_TIME


@pytest.fixture
def sent(store):
    """File an errand that reads what a person sent."""
    return lambda name, who: store.errands.add(ReadUpload(upload=name, name=name, seed=0), who).id


def begin(store):
    """Begin what may begin, and return it."""
    begun = [one.id for one in store.errands.next()]
    for identifier in begun:
        store.errands.claim(identifier, Claimant.here())
    return begun


def test_few_read_pictures_at_a_time_and_the_oldest_come_first(store, sent):
    waiting = [sent(f"{number}", f"person {number}") for number in range(5)]
    assert begin(store) == waiting[:AT_A_TIME]
    assert begin(store) == []
    assert [one for one in waiting if store.errands.waits_for_others(store.errands.get(one))] == waiting[AT_A_TIME:]
    store.errands.finish(waiting[1], "album")
    assert begin(store) == [waiting[2]]


def test_who_sends_much_does_not_keep_others_waiting(store, sent):
    much = [sent(f"much {number}", "greedy") for number in range(4)]
    first = sent("first", "modest")
    assert begin(store) == [much[0], first]
    second = sent("second", "late")
    store.errands.finish(first, "album")
    store.errands.finish(much[0], "album")
    assert begin(store) == [second, much[1]]


def test_other_errands_do_not_wait_for_those_that_read_nor_reading_for_downloads(store, sent):
    fetched = [store.errands.add(FetchSet(public_set=f"{number}", seed=0), "person").id for number in range(3)]
    read = [sent(f"{number}", "person") for number in range(2)]
    read.append(store.errands.add(ReadFolder(folder="shared", place="", seed=0), "person").id)
    others = [
        store.errands.add(MakeSample(sample="digits", seed=0), "person").id,
        store.errands.add(FetchWeights(backbone="resnet18", weights="imagenet"), "person").id,
    ]
    assert sorted(begin(store)) == sorted([*fetched[:AT_A_TIME], *read[:AT_A_TIME], *others])
    assert not any(store.errands.waits_for_others(store.errands.get(one)) for one in others)


def test_what_was_cancelled_before_it_began_does_not_begin(store, sent):
    store.errands.cancel(sent("no more", "person"))
    following = sent("this", "person")
    assert begin(store) == [following]


def test_a_sealed_errand_is_not_cancelled(store, sent):
    errand = sent("set", "person")
    assert store.errands.seal(errand)
    store.errands.cancel(errand)
    told = store.errands.get(errand)
    assert (told.sealed, told.cancelled) == (True, None)
    assert store.errands.seal(errand), "twice is as good as once"


def test_a_cancelled_errand_is_not_sealed(store, sent):
    errand = sent("set", "person")
    store.errands.cancel(errand)
    assert not store.errands.seal(errand)
    told = store.errands.get(errand)
    assert not told.sealed
    assert told.cancelled <= time.time()
