"""A run whose numbers are none any more ends within a step, in plain words; no such number is told or kept."""

import json
import math

import pytest
import torch
from safetensors.torch import load_file

from tlcore.catalog.backbones import backbone
from tlcore.config import Phase
from tlcore.engine.feed import Feed
from tlcore.engine.pictures import Pictures
from tlcore.events import Checkpointed, Evaluated, Failed, Finished, Stepped

BLOCKS = [block.name for block in backbone("mobilenet_v2").blocks]
FAST = (Phase(epochs=4, rates={**dict.fromkeys(BLOCKS, 0.001), "head": 0.5}),)
"""Epochs of two steps, the head at a rate that is told."""


def only(events, kind):
    return [event for event in events if isinstance(event, kind)]


def assert_ended(store, run, events, steps):
    """The run failed after so many steps and says what to try; all that it left is finite."""
    assert isinstance(events[-1], Failed)
    assert len(only(events, Stepped)) == steps
    assert "is no longer a number" in events[-1].sentence
    assert events[-1].advice == ("The rates are too high. The highest is head at 0.5; try a tenth of all, there 0.05.")
    rows = store._database.rows("SELECT body FROM events WHERE run = ?", run)
    assert rows
    for row in rows:
        json.loads(row["body"], parse_constant=pytest.fail)
    for kept in only(events, Checkpointed)[-1:]:
        weights = load_file(store.blobs.path(kept.sha256))
        assert all(torch.isfinite(value).all() for value in weights.values() if value.is_floating_point())


@pytest.fixture
def assert_next_is_as_ever(plan, dataset, carried_out):
    """Compare the run after this test with one before it."""
    _, before = carried_out(plan(dataset))

    def check():
        _, after = carried_out(plan(dataset))
        assert isinstance(after[-1], Finished)
        numbers = [[(event.loss, event.right) for event in only(events, Stepped)] for events in (before, after)]
        assert numbers[0] == numbers[1]

    return check


@pytest.mark.parametrize("kind", ["its loss", "a picture"])
def test_a_number_that_is_lost_in_training_ends_the_run_at_that_step(
    plan, dataset, carried_out, store, monkeypatch, assert_next_is_as_ever, kind
):
    answer, inputs = Feed.answer, Pictures.inputs
    learned = []

    def lost(self, places, epoch=0):
        answers = answer(self, places, epoch)
        if torch.is_grad_enabled():
            learned.append(len(places))
            if kind == "its loss" and len(learned) == 3:
                return answers * math.nan
        return answers

    def infinite(self, drawn):
        found = inputs(self, drawn)
        if kind == "a picture" and torch.is_grad_enabled() and len(learned) == 2:
            found[0, 0, 0, 0] = math.inf
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Feed, "answer", lost)
        patched.setattr(Pictures, "inputs", infinite)
        run, events = carried_out(plan(dataset, schedule=FAST))
    assert_ended(store, run, events, steps=2)
    assert [event.epoch for event in only(events, Checkpointed)] == [1]
    assert_next_is_as_ever()


def test_a_number_that_is_lost_in_validation_alone_ends_the_run_before_it_is_told(
    plan, dataset, carried_out, store, monkeypatch, assert_next_is_as_ever
):
    answer = Feed.answer
    checked = []

    def lost(self, places, epoch=0):
        answers = answer(self, places, epoch)
        if not torch.is_grad_enabled():
            checked.append(len(places))
            return answers * (math.nan if len(checked) == 2 else 1.0)
        return answers

    with monkeypatch.context() as patched:
        patched.setattr(Feed, "answer", lost)
        run, events = carried_out(plan(dataset, schedule=FAST))
    assert_ended(store, run, events, steps=4)
    assert [event.epoch for event in only(events, Evaluated)] == [1]
    assert_next_is_as_ever()


def test_statistics_that_are_no_numbers_end_the_run_before_they_are_told(
    plan, dataset, carried_out, store, monkeypatch
):
    """Behind an infinite variance every answer is finite, and the same."""
    step = torch.optim.AdamW.step
    networks = []
    assemble = Feed.__init__

    def noted(self, module, *given, **named):
        networks.append(module)
        assemble(self, module, *given, **named)

    def poisoned(self, *given):
        step(self, *given)
        dict(networks[-1].named_buffers())["features.0.1.running_var"].fill_(math.inf)

    monkeypatch.setattr(Feed, "__init__", noted)
    monkeypatch.setattr(torch.optim.AdamW, "step", poisoned)
    run, events = carried_out(plan(dataset, schedule=FAST))
    assert_ended(store, run, events, steps=2)
    assert events[-1].sentence.startswith("The network is no longer a number, after step 2.")


def test_a_real_rate_far_too_high_ends_the_run(plan, dataset, carried_out, monkeypatch, assert_next_is_as_ever):
    """10,000: people can choose 1 at most."""
    monkeypatch.setattr("tlcore.config.HIGHEST_RATE", 1e4)
    blocks = [block.name for block in backbone("squeezenet1_0").blocks]
    schedule = (Phase(epochs=20, rates=dict.fromkeys(blocks, 1e4)),)
    _, events = carried_out(plan(dataset, name="squeezenet1_0", schedule=schedule))
    assert isinstance(events[-1], Failed)
    assert len(only(events, Stepped)) < 5
    assert "at 10000; try a tenth of all, there 1000." in events[-1].advice
    assert all(math.isfinite(event.loss) for event in only(events, Stepped | Evaluated))
    assert_next_is_as_ever()
