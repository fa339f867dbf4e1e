"""What a person changes while a run goes on counts from the next step, and is the same as if it had been planned."""

import pytest
import torch

from tlcore.catalog.backbones import backbone
from tlcore.config import Change, Phase
from tlcore.controls import Pause, SetRate, Stop, StopAfterEpoch
from tlcore.engine import stepping as room
from tlcore.events import Changed, Evaluated, Moved, Paused, PhaseStarted, Stepped, Stopped
from tlcore.schedules import factor
from tlcore.store.runs import AskedFor

PER_EPOCH = 2
"""Steps: 15 pictures, 8 at a time."""


def only(events, kind):
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture
def blocks():
    return [block.name for block in backbone("mobilenet_v2").blocks]


class Person:
    """Asks for controls when the run has made so many steps."""

    def __init__(self, *wishes):
        self.wishes = list(wishes)
        self.steps = 0

    def __call__(self):
        due = [
            AskedFor(number, 0.0, control)
            for number, (after, control) in enumerate(self.wishes, start=1)
            if after == self.steps
        ]
        self.wishes = [(-1 if after == self.steps else after, control) for after, control in self.wishes]
        return due


@pytest.fixture
def run(trainer, dataset):
    """Carry a plan out while a person asks for things; return the weights at the end, and what was told."""

    def go(config, *wishes):
        person = Person(*wishes)
        assembly, made = trainer(config, dataset, wishes=person)
        events = []
        for event in made.run():
            events.append(event)
            if isinstance(event, Stepped):
                person.steps = event.step
        return {name: value.clone() for name, value in assembly.module.state_dict().items()}, events

    return go


def equal(first, second):
    return set(first) == set(second) and all(torch.equal(first[name], second[name]) for name in first)


def phase(blocks, epochs=1, frozen=(), rate=0.001):
    return Phase(epochs=epochs, rates={block: 0.0 if block in frozen else rate for block in blocks})


def test_a_freeze_while_it_trains_equals_a_freeze_that_was_planned(plan, dataset, run, blocks):
    frozen = blocks[1:4]
    alive, events = run(
        plan(dataset, schedule=(phase(blocks, 3),)), *((PER_EPOCH, SetRate(block=b, rate=0.0)) for b in frozen)
    )
    by_phase, _ = run(plan(dataset, schedule=(phase(blocks, 1), phase(blocks, 2, frozen))))
    by_change, _ = run(
        plan(
            dataset,
            schedule=(phase(blocks, 3),),
            changes=tuple(Change(after=PER_EPOCH, block=block, rate=0.0) for block in frozen),
        )
    )
    assert equal(alive, by_phase)
    assert equal(alive, by_change)
    assert [change.after for change in only(events, Changed)] == [PER_EPOCH] * 3
    untouched, _ = run(plan(dataset, schedule=(phase(blocks, 3),)))
    assert not equal(alive, untouched)


@pytest.mark.parametrize("after", [1, 3], ids=["in the first epoch", "in the second"])
def test_a_change_in_the_middle_of_an_epoch_equals_one_that_was_planned(plan, dataset, run, blocks, after):
    schedule = (phase(blocks, 3, frozen=blocks[:2]),)
    alive, events = run(
        plan(dataset, schedule=schedule),
        (after, SetRate(block="head", rate=0.01)),
        (after, SetRate(block=blocks[0], rate=0.002)),
        (after, SetRate(block=blocks[3], rate=0.0)),
    )
    planned, told = run(
        plan(
            dataset,
            schedule=schedule,
            changes=(
                Change(after=after, block="head", rate=0.01),
                Change(after=after, block=blocks[0], rate=0.002),
                Change(after=after, block=blocks[3], rate=0.0),
            ),
        )
    )
    assert equal(alive, planned)
    assert [(change.block, change.requested, change.applied) for change in only(events, Changed)] == [
        (change.block, change.requested, change.applied) for change in only(told, Changed)
    ]
    assert [change.control for change in only(events, Changed)] == [1, 2, 3]
    assert [change.control for change in only(told, Changed)] == [None] * 3


def test_a_change_is_told_with_what_was_before_and_what_the_schedule_makes_of_it(plan, dataset, run, blocks):
    cosine = Phase(epochs=2, rates=dict.fromkeys(blocks, 0.001), shape="cosine")
    _, events = run(plan(dataset, schedule=(cosine,)), (2, SetRate(block="head", rate=0.01)))
    (change,) = only(events, Changed)
    assert (change.before, change.requested) == (0.001, 0.01)
    assert change.applied == pytest.approx(0.005)


def test_a_change_holds_over_the_phases_after_it(plan, dataset, run, blocks):
    head = Phase(epochs=1, rates={"head": 0.001})
    _, events = run(plan(dataset, schedule=(head, phase(blocks))), (1, SetRate(block=blocks[2], rate=0.0)))
    last = only(events, PhaseStarted)[-1]
    assert last.rates[blocks[2]] == 0.0
    assert last.rates[blocks[3]] == 0.001


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("head", "With head frozen nothing would learn in phase 1."),
        ("haed", "haed is not a block of MobileNetV2. Did you mean head?"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason_and_the_run_goes_on(plan, dataset, run, block, said):
    only_head = plan(dataset, schedule=(Phase(epochs=2, rates={"head": 0.001}),))
    refused, events = run(only_head, (1, SetRate(block=block, rate=0.0)))
    (change,) = only(events, Changed)
    assert change.refused.startswith(said)
    undisturbed, _ = run(only_head)
    assert equal(refused, undisturbed)


def test_a_freeze_that_would_leave_a_later_phase_without_anything_to_learn_is_refused(plan, dataset, run, blocks):
    schedule = (phase(blocks), Phase(epochs=1, rates={blocks[4]: 0.001}))
    _, events = run(plan(dataset, schedule=schedule), (1, SetRate(block=blocks[4], rate=0.0)))
    assert "in phase 2" in only(events, Changed)[0].refused


def test_a_pause_comes_after_the_step_that_is_on(plan, dataset, run):
    _, events = run(plan(dataset, epochs=4), (3, Pause()))
    assert isinstance(events[-1], Paused)
    assert only(events, Stepped)[-1].step == 3


def test_stopping_after_the_epoch_judges_it_first(plan, dataset, run):
    _, events = run(plan(dataset, epochs=4), (3, StopAfterEpoch()))
    assert isinstance(events[-1], Stopped)
    assert [event.epoch for event in only(events, Evaluated)] == [1, 2]


def test_a_stop_in_the_middle_of_the_last_epoch_judges_it_no_more(plan, dataset, run):
    _, events = run(plan(dataset, epochs=1), (1, Stop()))
    assert isinstance(events[-1], Stopped)
    assert only(events, Evaluated) == []


def test_the_drift_meter_reads_exactly_zero_for_what_is_frozen_and_more_for_what_learns(plan, dataset, run, blocks):
    _, events = run(plan(dataset, schedule=(phase(blocks, 2, frozen=blocks[:3]),)))
    for moved in only(events, Moved):
        assert all(moved.weights[block] == 0.0 for block in blocks[:3])
        assert all(moved.statistics[block] == 0.0 for block in blocks[:3])
        assert all(moved.weights[block] > 0.0 for block in blocks[3:])
        assert set(moved.gradients) == set(blocks[3:])
    assert [moved.step for moved in only(events, Moved)][-1] == 2 * PER_EPOCH


def test_statistics_left_moving_are_seen_by_the_meter(plan, dataset, run, blocks):
    mistaken = Phase(epochs=1, rates={"head": 0.001}, moving_statistics=True)
    _, events = run(plan(dataset, schedule=(mistaken,)))
    moved = only(events, Moved)[-1]
    assert all(moved.weights[block] == 0.0 for block in blocks[:-1])
    assert all(moved.statistics[block] > 0.0 for block in moved.statistics)


@pytest.mark.parametrize("shape", ["constant", "cosine", "one_cycle", "step"])
def test_the_optimizer_gets_the_base_rate_times_the_schedule(plan, dataset, trainer, shape, monkeypatch):
    given = []
    monkeypatch.setattr(room, "set_rates", lambda _optimizer, rates: given.append(rates["head"]))
    wanted = Phase(epochs=5, rates={"head": 0.004}, shape=shape, warmup=1.5)
    _, made = trainer(plan(dataset, schedule=(Phase(epochs=1, rates={"head": 0.1}), wanted)), dataset)
    list(made.run())
    assert given == [0.1] * 2 + [0.004 * factor(wanted, step, PER_EPOCH) for step in range(10)]
