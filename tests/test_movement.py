"""Frozen is checked, not assumed: still to the bit, and named where it is not."""

import pytest

from tlcore.events import Changed, Moved, PhaseStarted
from tlcore.history import History
from tlcore.movement import movements
from tlcore.store.runs import Entry
from tlcore.verdict import moved, movement_verdict

BLOCKS = ("stem", "layer4", "head")


def phase(step, **rates):
    return PhaseStarted(phase=0, epoch=0, rates=rates, learning=1, step=step)


def look(step, stem=0.0, layer4=0.0, head=0.0, statistics=0.0):
    weights = {"stem": stem, "layer4": layer4, "head": head}
    return Moved(step=step, weights=weights, statistics={"stem": statistics}, gradients={"head": 0.5}, seconds=1.0)


def freeze(after, block, rate=0.0, refused=""):
    return Changed(
        after=after,
        block=block,
        requested=rate,
        before=0.1,
        applied=rate,
        learning=1,
        seconds=1.0,
        refused=refused,
    )


def found(*events):
    history = History()
    history.add(Entry(place, 0.0, event) for place, event in enumerate(events, start=1))
    return {movement.block: movement for movement in movements(history, BLOCKS)}


FEATURES = phase(0, stem=0.0, layer4=0.0, head=0.001)
TWO = phase(0, stem=0.0, layer4=0.001, head=0.001)


def test_before_the_first_look_nothing_is_said():
    assert found(FEATURES) == {}
    assert movement_verdict([]) is None


def test_a_block_that_never_learned_is_still_only_if_it_is_exactly_so():
    one = found(FEATURES, look(1, head=0.1))
    assert one["stem"].still
    assert not one["stem"].wrong
    assert (one["head"].frozen, one["head"].gradient, one["head"].statistics) == (False, 0.5, None)
    least = found(FEATURES, look(1, stem=1e-12))["stem"]
    assert not least.still
    assert least.wrong


def test_statistics_that_moved_in_a_frozen_block_are_the_classic_mistake():
    one = found(FEATURES, look(1, statistics=0.031))["stem"]
    assert one.leaking
    assert not one.wrong
    assert not one.still


def test_a_block_that_froze_later_may_have_moved_before_but_not_since():
    frozen = (TWO, look(4, layer4=0.1), freeze(6, "layer4"))
    assert not found(*frozen)["layer4"].wrong
    assert not found(*frozen, look(8, layer4=0.12), look(12, layer4=0.12))["layer4"].wrong
    assert found(*frozen, look(8, layer4=0.12), look(12, layer4=0.13))["layer4"].wrong


def test_a_block_that_was_frozen_and_thawed_again_may_move():
    events = (TWO, freeze(2, "layer4"), look(4, layer4=0.1), freeze(6, "layer4", 0.001), look(8, layer4=0.2))
    assert not found(*events)["layer4"].wrong
    refused = (TWO, freeze(2, "layer4", refused="no"), look(4, layer4=0.1), look(8, layer4=0.2))
    assert not found(*refused)["layer4"].wrong


def test_a_phase_freezes_as_a_person_does():
    events = (TWO, look(4, layer4=0.1), phase(4, stem=0.0, layer4=0.0, head=0.001), look(8, layer4=0.1))
    assert not found(*events)["layer4"].wrong
    assert found(*events, look(12, layer4=0.2))["layer4"].wrong


def test_the_verdict_counts_what_stood_still_and_names_what_moved_most():
    one = found(FEATURES, look(1, head=0.0321)).values()
    assert movement_verdict(list(one)) == "The 2 frozen blocks are bit-identical to the start. `head` moved 3.2 %."
    both = found(TWO, look(1, layer4=0.5, head=0.02)).values()
    assert movement_verdict(list(both)) == "The frozen block is bit-identical to the start. `layer4` moved most: 50 %."


def test_the_verdict_says_so_when_frozen_was_not_frozen():
    leak = movement_verdict(list(found(FEATURES, look(1, statistics=0.031)).values()))
    assert leak is not None
    assert leak.startswith("`stem` is frozen, but its statistics moved 3.1 %: the classic mistake.")
    wrong = movement_verdict(list(found(FEATURES, look(1, stem=0.01)).values()))
    assert wrong == "`stem` is frozen, but its weights moved 1.0 %: this is a fault of Thaw."


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "exactly 0"), (1e-9, "under 0.01 %"), (0.0008, "0.08 %"), (0.019, "1.9 %"), (0.41, "41 %"), (2.0, "200 %")],
)
def test_a_movement_is_written_so_that_it_is_told_from_none(share, written):
    assert moved(share) == written
