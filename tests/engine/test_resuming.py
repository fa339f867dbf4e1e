"""A run that rested or was cut off goes on as if nothing had happened: to the bit on the CPU."""

import errno
from contextlib import nullcontext

import pytest

from tests.engine.breaking import BLOCKS, CutOffError, cut_off_at, equal, history, tale
from tlcore.config import Phase
from tlcore.controls import Pause, SetRate, Stop
from tlcore.engine import task, work
from tlcore.engine.peers import Peers, PeersError
from tlcore.errors import WeightsError
from tlcore.events import Finished, Interrupted, Paused, PhaseStarted, Saved, Started, Stepped
from tlcore.store.claims import Claimant


@pytest.mark.parametrize("step", [1, 3, 4, 5, 8, 9, 11, 12])
def test_a_run_that_was_cut_off_ends_as_one_that_was_not(store, go, config, weights, whole, step):
    run = go(config, cut_off_at(step))
    assert history(store, run).state(store.runs.named(run)) == "interrupted"
    store.runs.resume(run)
    go(run)
    assert isinstance(history(store, run).end, Finished)
    assert tale(store, run) == whole[0]
    assert equal(weights(), whole[1])


def test_it_goes_on_from_the_last_epoch_and_does_not_begin_anew(store, go, config):
    run = go(config, cut_off_at(9))
    store.runs.resume(run)
    go(run)
    starts = [entry.event for entry in store.runs.events(run) if isinstance(entry.event, Started)]
    assert [start.step for start in starts] == [0, 8]
    assert starts[1].seconds > 0.0


@pytest.mark.parametrize("step", [1, 4, 7, 11])
def test_a_run_that_was_paused_ends_as_one_that_was_not(store, go, config, weights, whole, step):
    def pause(run, event):
        if isinstance(event, Stepped) and event.step == step:
            store.runs.ask(run, Pause())

    run = go(config, pause)
    assert history(store, run).state(store.runs.named(run)) == "paused"
    assert history(store, run).saved.step == step
    store.runs.resume(run)
    go(run)
    assert tale(store, run) == whole[0]
    assert equal(weights(), whole[1])


def test_it_may_be_broken_many_times(store, go, config, weights, whole):
    run = go(config, cut_off_at(3))
    for step in (4, 6, 7, 10):
        store.runs.resume(run)
        go(run, cut_off_at(step))
    store.runs.resume(run)
    go(run)
    assert tale(store, run) == whole[0]
    assert equal(weights(), whole[1])


def test_what_a_person_changed_is_done_again_at_its_steps(store, go, config, weights):
    wishes = {
        3: SetRate(block="head", rate=0.02),
        7: SetRate(block=BLOCKS[-3], rate=0.003),
        9: SetRate(block=BLOCKS[-2], rate=0.0),
    }

    def ask(run, event, cut=None):
        if isinstance(event, Stepped):
            if wish := asked.pop(event.step, None):
                store.runs.ask(run, wish)
            if event.step == cut:
                raise CutOffError

    asked = dict(wishes)
    whole = go(config, ask)
    expected, kept = tale(store, whole), weights()
    assert len(expected[4]) == 4

    asked = dict(wishes)
    run = go(config, lambda run, event: ask(run, event, cut=8))
    for cut in (10, 11, None):
        store.runs.resume(run)
        go(run, lambda run, event, cut=cut: ask(run, event, cut=cut))
    assert tale(store, run) == expected
    assert equal(weights(), kept)
    controls = [change.control for change in history(store, run).changes]
    assert controls == [4, None, 5, 6]


def test_a_pause_before_the_first_step_loses_nothing(store, go, config, weights, whole):
    def pause(run, event):
        if isinstance(event, PhaseStarted) and event.step == 0:
            store.runs.ask(run, Pause())

    run = go(config, pause)
    events = [entry.event for entry in store.runs.events(run)]
    assert isinstance(events[-1], Paused)
    assert not [event for event in events if isinstance(event, Stepped)]
    assert isinstance(events[-2], Saved)
    store.runs.resume(run)
    go(run)
    assert tale(store, run) == whole[0]
    assert equal(weights(), whole[1])


def test_changes_asked_for_at_a_pause_are_made_when_it_goes_on_and_in_their_order(store, go, plan, dataset, weights):
    """The first would leave nothing that learns, the second thaws something: made the other way round both would do."""
    config = plan(dataset, schedule=(Phase(epochs=3, rates={"head": 0.01}),))
    wishes = (SetRate(block="head", rate=0.0), SetRate(block=BLOCKS[-2], rate=0.001))

    def ask(run, event, *more):
        if isinstance(event, Stepped) and event.step == 3:
            for wish in (*wishes, *more):
                store.runs.ask(run, wish)

    whole = go(config, ask)
    expected = weights()
    run = go(config, lambda run, event: ask(run, event, Pause()))
    assert history(store, run).changes == []
    store.runs.resume(run)
    go(run)
    assert tale(store, run) == tale(store, whole)
    assert [bool(change.refused) for change in history(store, run).changes] == [True, False]
    assert equal(weights(), expected)


@pytest.mark.parametrize(("wishes", "state"), [((Pause(), Stop()), "stopped"), ((Stop(), Pause()), "paused")])
def test_of_a_pause_and_a_stop_the_last_word_counts(store, go, config, wishes, state):
    def ask(run, event):
        if isinstance(event, Stepped) and event.step == 3:
            for wish in wishes:
                store.runs.ask(run, wish)

    run = go(config, ask)
    assert history(store, run).state(store.runs.named(run)) == state


def test_a_run_that_fails_leaves_word_for_those_who_work_on_it_too(store, config, monkeypatch):
    words = []

    class Leaving(Peers):
        def tell(self, sentence, advice):
            words.append((sentence, advice))

    def carry_out(error):
        def fail(*_):
            raise error

        monkeypatch.setattr(task, "assemble", fail)
        run = store.runs.submit(config, "person", f"{error}", Claimant.here()).id
        work.carry_out(store, run, meet=lambda: nullcontext(Leaving()))

    carry_out(WeightsError("They are away.", "Mount it."))
    carry_out(OSError(errno.ENOSPC, "No space left on device"))
    carry_out(PeersError("Another one could not go on.", "It has left word."))
    assert words == [
        ("They are away.", "Mount it."),
        ("The disk is full.", "Free some space, then let the run go on."),
    ]


def test_weights_that_are_gone_for_a_while_do_not_end_a_run_that_was_saved(store, go, config, monkeypatch):
    run = go(config, cut_off_at(9))
    store.runs.resume(run)
    with monkeypatch.context() as patched:
        patched.setattr(task, "assemble", lambda *_: (_ for _ in ()).throw(WeightsError("They are away.", "Mount it.")))
        go(run)
    assert history(store, run).rest == Interrupted(sentence="They are away.", advice="Mount it.")
    store.runs.resume(run)
    go(run)
    assert isinstance(history(store, run).end, Finished)
