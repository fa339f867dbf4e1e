"""The Train page in every state of a run: its chip, its sentence, and what its owner may ask for."""

import pytest
import streamlit as st

from tlcore.controls import Pause, SetRate, Stop, StopAfterEpoch
from tlcore.events import (
    Changed,
    Failed,
    Finished,
    Interrupted,
    Moved,
    Paused,
    Resumed,
    Saved,
    Stepped,
    Stopped,
)
from tlcore.store.claims import Claimant
from tlcore.ui import live
from tlcore.ui.components.block_map import PhaseChosen, RatesChosen
from tlcore.ui.live_map import _ask
from tlcore.ui.reading import reader

HERE = Claimant.here()
INTERRUPTED = Interrupted(sentence="The worker died.", advice="Go on from what was saved last.")
SAVED = Saved(epoch=2, step=2, sha256="a" * 64, size=1)


@pytest.fixture
def begun(make_set, make_run, two_epochs):
    """A run after two epochs, worked on by this process, with what happened after them."""
    manifest = make_set()

    def begin(*events, claimant=HERE, **choices):
        return make_run(manifest, *two_epochs(manifest), *events, claimant=claimant, **choices)

    return begin


def buttons(page):
    keys = {"pause", "resume", "stop", "stop_after_epoch"}
    return {button.key: button.label for button in page.button if button.key in keys}


def test_a_block_that_was_thawed_by_hand_learned_on_every_page(open_page, begun, monkeypatch, words):
    given = []
    monkeypatch.setattr("tlcore.ui.looking.draw_answer", given.append)
    thawed = Changed(
        after=1, block="blocks.5", requested=0.1, before=0.0, applied=0.1, learning=3, seconds=4.0, control=1
    )
    run = begun(thawed, Finished(seconds=5.0))
    open_page("inside", run=run.id)
    assert [block for block, learned in given[0].learned.items() if learned] == ["blocks.5", "blocks.6", "head"]
    assert "3 of 8 blocks learn" in words(open_page("start"))


def test_a_waiting_run_says_so_and_can_leave_the_queue(open_page, make_set, make_run, words, store):
    manifest = make_set()
    make_run(manifest, name="Before it", claimant=HERE)
    run = make_run(manifest)
    page = open_page("train", run=run.id)
    assert "Waiting" in words(page)
    assert "1 run before this one in the queue." in words(page)
    assert buttons(page) == {"stop": "Leave the queue"}
    page.button("stop").click().run()
    assert [entry.event for entry in store.runs.events(run.id)] == [Stopped(seconds=0.0)]
    assert "Stopped before the first epoch was over" in words(page)


def test_a_run_that_waits_again_rests_where_it_was_when_it_leaves_the_queue(open_page, begun, words, store):
    run = begun(SAVED, Paused(seconds=4.0), Resumed(), claimant=None)
    page = open_page("train", run=run.id)
    assert "Next in the queue. It goes on from where it was. Everything up to epoch 2 is kept." in words(page)
    page.button("stop").click().run()
    assert store.runs.events(run.id)[-1].event == Paused(seconds=0.0)
    assert buttons(page) == {"stop": "End it and keep the best", "resume": "Resume"}


def test_a_run_that_gets_ready_can_be_paused_or_stopped(open_page, make_set, make_run, words):
    page = open_page("train", run=make_run(make_set(), claimant=HERE).id)
    assert "Getting ready" in words(page)
    assert "The network is built" in words(page)
    assert buttons(page) == {"pause": "Pause", "stop": "Stop"}


def test_a_run_at_work_shows_what_can_be_asked_of_it(open_page, begun, words):
    page = open_page("train", run=begun().id)
    assert "Learning: 2 of 8 blocks" in words(page)
    assert "close the browser" in words(page)
    assert buttons(page) == {
        "pause": "Pause",
        "stop_after_epoch": "Stop after this epoch",
        "stop": "Stop and keep the best",
    }


@pytest.mark.parametrize(
    ("key", "control", "chip", "sentence", "left"),
    [
        ("pause", Pause, "Pausing after this step", "everything is saved and the machine is free", {}),
        ("stop", Stop, "Stopping after this step", "with the best weights kept: epoch 2", {}),
        (
            "stop_after_epoch",
            StopAfterEpoch,
            "Stopping after this epoch",
            "When this epoch has been judged the run ends",
            {"stop": "Stop now"},
        ),
    ],
)
def test_what_was_asked_for_is_shown_at_once_and_can_be_asked_once(
    open_page, begun, store, words, key, control, chip, sentence, left
):
    run = begun()
    page = open_page("train", run=run.id)
    page.button(key).click().run()
    assert store.runs.named(run.id).wish is control
    assert len(store.runs.controls(run.id)) == 1
    assert chip in words(page)
    assert sentence in words(page)
    assert buttons(page) == left
    assert "Change it while it learns" not in words(page)


@pytest.mark.parametrize(
    ("event", "chip", "sentence"),
    [
        (Paused(seconds=4.0), "Paused", "It holds no worker while it rests"),
        (INTERRUPTED, "Interrupted", "The worker died. Everything up to epoch 2 is kept."),
    ],
)
def test_a_resting_run_says_what_is_kept_and_is_resumed_once(open_page, begun, store, words, event, chip, sentence):
    run = begun(SAVED, event)
    page = open_page("train", run=run.id)
    assert f">{chip}<" in words(page)
    assert sentence in words(page)
    assert "Everything up to epoch 2 is kept." in words(page)
    assert "It holds no worker" in words(page)
    assert buttons(page) == {"stop": "End it and keep the best", "resume": "Resume"}
    page.button("resume").click().run()
    assert store.runs.events(run.id)[-1].event == Resumed()
    assert ">Waiting<" in words(page)
    assert not store.runs.resume(run.id)


def test_a_resting_run_can_be_ended(open_page, begun, store, words):
    run = begun(SAVED, Paused(seconds=4.0))
    page = open_page("train", run=run.id)
    page.button("stop").click().run()
    assert store.runs.events(run.id)[-1].event == Stopped(seconds=0.0)
    assert ">Stopped<" in words(page)
    assert "<b>3 s</b><span>taken" in words(page)
    assert buttons(page) == {}


def test_the_middle_of_an_epoch_is_kept_too(open_page, begun, words):
    run = begun(Stepped(step=3, loss=1, right=1, count=2, seconds=5), Paused(seconds=5))
    assert "Nothing is saved yet, so it begins anew." in words(open_page("train", run=run.id))


def test_a_run_whose_process_is_gone_is_interrupted_before_anybody_wrote_it_down(open_page, begun, words, gone):
    page = open_page("train", run=begun(SAVED, claimant=gone).id)
    assert ">Interrupted<" in words(page)
    assert "Everything up to epoch 2 is kept." in words(page)
    assert buttons(page) == {}, "it can go on once the supervisor has let it go"


@pytest.mark.parametrize(
    ("event", "chip", "sentence"),
    [
        (Finished(seconds=4.0), "Finished", "The plan was carried out to its end."),
        (Stopped(seconds=3.0), "Stopped", "The best weights are kept: epoch 2."),
        (Failed(sentence="The loss is no number.", advice="Try a lower rate."), "Failed", "Try a lower rate."),
    ],
)
def test_an_ended_run_says_why_and_asks_for_nothing(open_page, begun, words, event, chip, sentence):
    page = open_page("train", run=begun(event).id)
    assert f">{chip}<" in words(page)
    assert sentence in words(page)
    assert buttons(page) == {}
    assert "Change it while it learns" not in words(page)
    assert "What you changed" in words(page)


def test_a_run_of_the_command_line_is_seen_but_not_controlled(open_page, begun, words, store):
    run = begun(workspace=store.command_line_workspace())
    page = open_page("train", run=run.id)
    assert "Learning: 2 of 8 blocks" in words(page)
    assert buttons(page) == {}
    assert "Change it while it learns" not in words(page)


def test_a_change_of_the_map_is_asked_for_once_and_shown_as_pending(open_page, begun, words, store):
    run = begun()
    open_page("train", run=run.id)
    for _ in range(2):
        _ask(run.id, RatesChosen({"blocks.6": 0.0}, 0))
    _ask(run.id, RatesChosen({"head": 0.001}, 0))  # so it is already
    _ask(run.id, PhaseChosen(1))
    (asked,) = store.runs.controls(run.id)
    assert asked.control == SetRate(block="blocks.6", rate=0.0)
    said = words(open_page("train", run=run.id))
    assert "asked, not yet applied" in said
    change = Changed(
        after=2,
        block="blocks.6",
        requested=0.0,
        before=0.0003,
        applied=0.0,
        learning=1,
        seconds=4,
        control=asked.id,
    )
    store.runs.append(run.id, [change])
    said = words(open_page("train", run=run.id))
    assert "from epoch 3, step 1; was 0.0003" in said
    assert "0 (frozen)" in said
    assert "not yet applied" not in said
    assert "Learning: 1 of 8 blocks" in said


def test_nobody_else_changes_a_run(begun, store):
    run = begun(workspace="b" * 32)
    _ask(run.id, RatesChosen({"head": 0.0}, 0))
    assert store.runs.controls(run.id) == []


def test_why_a_change_was_refused_is_told(open_page, begun, words, store):
    run = begun()
    store.runs.ask(run.id, SetRate(block="head", rate=0.0))
    (asked,) = store.runs.controls(run.id)
    refused = Changed(
        after=2,
        block="head",
        requested=0.0,
        before=0.001,
        applied=0.001,
        learning=1,
        seconds=4,
        refused="Nothing <b>would</b> learn.",
        control=asked.id,
    )
    store.runs.append(run.id, [refused])
    assert "Nothing &lt;b&gt;would&lt;/b&gt; learn." in words(open_page("train", run=run.id))


def test_the_sentence_under_the_drift_says_whether_frozen_is_frozen(open_page, begun, words):
    blocks = {f"blocks.{number}": 0.0 for number in range(1, 6)}
    still = Moved(
        step=2,
        weights={"stem": 0.0, **blocks, "blocks.6": 0.032, "head": 0.4},
        statistics={"stem": 0.0, **blocks, "blocks.6": 0.01},
        gradients={"head": 0.1},
        seconds=3,
    )
    assert "The 6 frozen blocks are bit-identical to the start. <code>head</code> moved most: 40 %." in words(
        open_page("train", run=begun(still).id)
    )


def test_the_classic_mistake_is_explained_where_it_shows(open_page, begun, words):
    moved = Moved(step=2, weights={"stem": 0.0}, statistics={"stem": 0.031}, gradients={}, seconds=3)
    said = words(open_page("train", run=begun(moved).id))
    assert "<code>stem</code> is frozen, but its statistics moved 3.1 %: the classic mistake." in said


def test_memory_and_speed_are_among_the_numbers(open_page, begun, words):
    said = words(open_page("train", run=begun(Finished(seconds=4.0)).id))
    assert "pictures per second" in said
    assert "memory" in said


@pytest.fixture
def paces(monkeypatch):
    """The names of what is drawn again and again by itself, and the seconds between two times."""
    found, fragment = [], st.fragment

    def noted(drawn, run_every=None):
        found.append((drawn.__name__, run_every))
        return fragment(drawn, run_every=run_every)

    monkeypatch.setattr(st, "fragment", noted)
    return found


def test_pages_beside_the_live_run_look_seldom_at_the_machine(open_page, begun, paces):
    begun()
    open_page("network")
    assert dict(paces)["_foot"] >= 10


def test_who_waits_behind_another_run_looks_less_often_than_who_is_next(open_page, make_set, make_run, paces):
    manifest = make_set()
    first, second = make_run(manifest, name="First", claimant=HERE), make_run(manifest, name="Second")
    for run, seconds in ((first, live.EVERY_AT_FIRST), (second, live.EVERY)):
        open_page("train", run=run.id)
        assert dict(paces)["draw_run"] == seconds


def test_a_crowd_looks_half_as_often(open_page, begun, paces):
    run = begun()
    for number in range(live._CROWD - 1):
        reader(run.id).onlookers(f"{number}")
    open_page("train", run=run.id)
    assert dict(paces)["draw_run"] == 2 * live.EVERY
