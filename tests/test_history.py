"""Events fold into a run's state, its curves, its best epoch, and one honest sentence about thawing."""

from dataclasses import replace

import pytest

from tlcore.controls import Pause, Stop, StopAfterEpoch
from tlcore.events import (
    Changed,
    Checkpointed,
    Evaluated,
    Failed,
    Finished,
    Interrupted,
    Moved,
    Paused,
    PhaseStarted,
    Resumed,
    Started,
    Stepped,
    Stopped,
)
from tlcore.history import History
from tlcore.store.claims import Claimant
from tlcore.store.runs import Entry, Run
from tlcore.verdict import thawing_verdict

STARTED = Started(
    device="CPU, 2 cores",
    backbone="ResNet-18",
    weights="ImageNet",
    classes=("ants", "bees"),
    train_counts=(6, 8),
    val_counts=(3, 5),
    parameters=100,
    epochs=4,
    steps_per_epoch=2,
    versions={},
)
PAUSED = Paused(seconds=1.0)
INTERRUPTED = Interrupted(sentence="Interrupted.", advice="Go on.")
NOBODY = Claimant(pid=2**22 - 1, started=1.0)


def step(number, seconds, count=8):
    return Stepped(step=number, loss=0.5, right=4, count=count, seconds=seconds)


def epoch(number, right, loss=0.5, count=8):
    return Evaluated(
        epoch=number,
        step=2 * number,
        loss=loss,
        right=right,
        count=count,
        train_loss=0.4,
        train_right=10,
        train_count=14,
        seconds=float(number),
    )


def thaw(phase, after):
    """A phase in which one block more learns than in the one before."""
    rates = {f"layer{number}": 0.001 if number + phase > 3 else 0.0 for number in range(4)}
    return PhaseStarted(phase=phase, epoch=after, rates={**rates, "head": 0.001}, learning=10)


def history(*events):
    one = History()
    one.add(Entry(place, 0.0, event) for place, event in enumerate(events, start=1))
    return one


def state(plan, claimant, *events, wish=None):
    run = Run(id="r", workspace="w", created=0.0, config=plan("0" * 64), claimant=claimant, wish=wish)
    return history(*events).state(run)


def test_the_state_is_derived_from_evidence(plan):
    here = Claimant.here()
    assert state(plan, None) == "waiting"
    assert state(plan, here) == "starting"
    assert state(plan, here, STARTED) == "running"
    assert state(plan, here, STARTED, wish=Pause) == "pausing"
    assert state(plan, here, STARTED, wish=Stop) == state(plan, here, wish=StopAfterEpoch) == "stopping"
    assert state(plan, here, STARTED, PAUSED) == "paused"
    assert state(plan, None, STARTED, PAUSED, Resumed()) == "waiting"
    assert state(plan, here, STARTED, PAUSED, Resumed()) == "running"
    assert state(plan, NOBODY, STARTED) == "interrupted"
    assert state(plan, NOBODY, STARTED, INTERRUPTED) == "interrupted"
    assert state(plan, None, STARTED, INTERRUPTED, Resumed(), STARTED, Stopped(seconds=1.0)) == "stopped"
    assert state(plan, NOBODY, STARTED, Finished(seconds=1.0)) == "finished"
    assert state(plan, None, Stopped(seconds=0.0)) == "stopped"
    assert state(plan, here, Failed(sentence="s", advice="a")) == "failed"


def changed(after, block, rate, refused="", before=0.001):
    return Changed(
        after=after,
        block=block,
        requested=rate,
        before=before,
        applied=rate,
        learning=10,
        seconds=1.0,
        refused=refused,
        control=after,
    )


def moved(at):
    return Moved(step=at, weights={"head": 0.1}, statistics={}, gradients={}, seconds=1.0)


def phase(number, at, **rates):
    return PhaseStarted(phase=number, epoch=at // 2, rates=rates, learning=10, step=at)


def test_a_run_that_goes_on_forgets_what_is_done_again():
    events = (STARTED, phase(0, 0, head=0.001), step(1, 0.1), moved(1), step(2, 0.2), epoch(1, 5))
    lost = (changed(2, "head", 0.1), phase(1, 2, head=0.01), step(3, 0.3), moved(3), step(4, 0.4), epoch(2, 6))
    before, after = history(*events), history(*events, *lost, INTERRUPTED, Resumed(), replace(STARTED, step=2))
    for name in ("steps", "moves", "epochs", "phases", "changes"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.rest is None
    assert after.rests == [(2, INTERRUPTED)]
    assert after.rates == {"head": 0.001}


def test_a_run_that_was_paused_forgets_nothing():
    events = (STARTED, phase(0, 0, head=0.001), step(1, 0.1), changed(1, "head", 0.1), step(2, 0.2), step(3, 0.3))
    one = history(*events, PAUSED, Resumed(), replace(STARTED, step=3))
    assert one.steps == history(*events).steps
    assert one.rates == {"head": 0.1}
    assert one.rests == [(3, PAUSED)]


def test_the_rates_are_those_of_the_phase_under_what_a_person_changed():
    one = history(phase(0, 0, layer4=0.0, head=0.001), changed(1, "layer4", 0.0002), changed(1, "head", 0.0, "nothing"))
    assert one.rates == {"layer4": 0.0002, "head": 0.001}
    one.add([Entry(9, 0.0, phase(1, 4, layer4=0.0002, head=0.002))])
    assert one.rates == {"layer4": 0.0002, "head": 0.002}
    assert history().rates == {}


def test_a_block_that_a_person_thawed_before_is_no_thaw_of_the_phase():
    first, second = phase(0, 0, layer4=0.0, head=0.001), phase(1, 4, layer4=0.0002, head=0.001)
    assert history(first, second).thaws() == [(second, ("layer4",))]
    assert history(first, changed(1, "layer4", 0.0002), second).thaws() == []
    frozen = (changed(1, "layer4", 0.0002), changed(2, "layer4", 0.0))
    assert history(first, *frozen, second).thaws() == [(second, ("layer4",))]


def test_a_block_has_learned_when_a_phase_or_a_person_let_it():
    one = history(phase(0, 0, stem=0.0, layer4=0.0, head=0.001), changed(1, "layer4", 0.1), changed(2, "layer4", 0.0))
    assert [one.learned(block) for block in ("stem", "layer4", "head")] == [False, True, True]
    assert not history(phase(0, 0, stem=0.0), changed(1, "stem", 0.1, refused="no")).learned("stem")


def test_events_that_came_since_are_folded_in():
    one = history(STARTED, step(1, 0.1))
    assert one.last == 2
    one.add([Entry(3, 0.0, step(2, 0.2)), Entry(4, 0.0, step(3, 0.3))])
    assert (one.last, len(one.steps)) == (4, 3)


def test_the_best_epoch_is_the_one_whose_weights_are_kept():
    kept = Checkpointed(epoch=2, sha256="a" * 64, size=1)
    assert history(STARTED, epoch(1, 5), epoch(2, 7), epoch(3, 6)).best is None
    assert history(STARTED, epoch(1, 5), epoch(2, 7), kept, epoch(3, 6)).best == epoch(2, 7)


def test_the_phase_is_the_one_that_is_on():
    assert history(STARTED).phase is None
    assert history(thaw(0, 0), thaw(1, 2)).phase == thaw(1, 2)


def test_a_phase_that_only_changes_rates_or_freezes_is_no_thaw():
    assert history(thaw(0, 0), thaw(1, 2), thaw(1, 3), thaw(0, 4)).thaws() == [(thaw(1, 2), ("layer3",))]


def test_the_baseline_always_names_the_most_frequent_validation_class():
    assert history(STARTED).baseline == ("bees", 5 / 8)
    assert history().baseline is None


def test_the_speed_is_that_of_the_last_seconds():
    slow_then_fast = [step(number, float(number)) for number in range(1, 11)]
    slow_then_fast += [step(10 + number, 10 + 0.1 * number) for number in range(1, 101)]
    assert history(*slow_then_fast).speed == pytest.approx(80, rel=0.05)
    assert history(step(1, 0.1)).speed is None


def test_the_time_left_follows_the_pace_so_far():
    assert history(STARTED, step(1, 2.0), step(2, 4.0)).seconds_left == pytest.approx(12.0)
    assert history(STARTED).seconds_left is None


def test_the_verdict_waits_until_there_is_something_to_compare():
    assert thawing_verdict(history(STARTED, thaw(0, 0), epoch(1, 5), epoch(2, 7))) is None
    assert thawing_verdict(history(STARTED, thaw(0, 0), epoch(1, 5), thaw(1, 1))) is None


def test_the_verdict_compares_the_best_epochs_before_and_after_the_first_thaw():
    said = thawing_verdict(history(STARTED, thaw(0, 0), epoch(1, 5), thaw(1, 1), epoch(2, 4), epoch(3, 7)))
    assert said == (
        "With the head alone: 62.5 % (5 of 8) after 1 epoch."
        " After later blocks thawed: 87.5 % (7 of 8), 2 pictures more."
    )


@pytest.mark.parametrize("after", [4, 5])
def test_the_verdict_says_so_when_thawing_has_not_paid(after):
    said = thawing_verdict(history(thaw(0, 0), epoch(1, 3), epoch(2, 5), thaw(1, 2), epoch(3, after)))
    assert said is not None
    assert said.endswith("thawing has not paid so far.")
    assert "after 2 epochs" in said
