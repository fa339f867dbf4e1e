"""A run is controlled and resumed from the command line as from its page."""

import json

import pytest

from tlcore.controls import Pause, SetRate, Stop, StopAfterEpoch
from tlcore.engine import work
from tlcore.events import Changed, Finished, Interrupted, Paused, Resumed, Started, Stopped
from tlcore.store.claims import Claimant

GONE = Claimant(pid=2**22 - 1, started=1.0)
QUICK = ("--backbone=squeezenet1_0", "--strategy=scratch", "--epochs=2", "--image-size=32", "--batch-size=8")


@pytest.fixture
def going(store, plan):
    """A run of mobilenet_v2 that goes on in this process."""
    return store.runs.submit(plan("0" * 64), "person", "once", Claimant.here())


@pytest.mark.parametrize(
    ("words", "control"),
    [
        (("pause",), Pause()),
        (("stop",), Stop()),
        (("stop-after-epoch",), StopAfterEpoch()),
        (("freeze", "head"), SetRate(block="head", rate=0.0)),
        (("thaw", "head"), SetRate(block="head", rate=0.001)),
        (("thaw", "head", "5e-5"), SetRate(block="head", rate=0.00005)),
        (("rate", "head", "0.0003"), SetRate(block="head", rate=0.0003)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_asked_for_is_filed(said, going, store, words, control):
    status, out, err = said("control", going.id[:8], *words)
    assert (status, err) == (0, "")
    assert out.endswith(".\n")
    assert [asked.control for asked in store.runs.controls(going.id)] == [control]


def test_with_json_it_is_one_object(said, going):
    _, out, _ = said("control", going.id, "freeze", "head", "--json")
    assert json.loads(out) == {"run": going.id, "asked": "freeze", "block": "head", "rate": 0.0, "applied": None}
    _, out, _ = said("control", going.id, "pause", "--json")
    assert json.loads(out) == {"run": going.id, "asked": "pause"}


def changed(**more):
    """What a run answers to the first control of a store."""
    return Changed(after=4, block="head", requested=0.0, before=0.001, learning=10, seconds=1.0, control=1, **more)


@pytest.fixture
def at_work(store, going):
    """Let the run have started, and answer the control that will be asked of it."""

    def answer(event):
        started = Started(
            device="CPU",
            backbone="MobileNetV2",
            weights="random numbers",
            classes=("a", "b"),
            train_counts=(1, 1),
            val_counts=(1, 1),
            parameters=1,
            epochs=1,
            steps_per_epoch=9,
            versions={},
        )
        store.runs.append(going.id, [started, event])

    return answer


def test_what_the_run_refuses_is_told_as_refused(said, going, at_work):
    at_work(changed(applied=0.001, refused="With head frozen nothing would learn in phase 1."))
    status, out, err = said("control", going.id, "freeze", "head")
    assert (status, out) == (1, "")
    assert err == "With head frozen nothing would learn in phase 1.\n"


def test_what_the_run_did_is_told_with_its_step(said, going, at_work):
    at_work(changed(applied=0.0))
    assert said("control", going.id, "freeze", "head") == (0, "head is frozen from step 5.\n", "")


WRONG = {
    "word": (("frezze", "head"), "frezze is nothing that a run understands. Did you mean freeze?"),
    "block": (("freeze", "hed"), "hed is not a block of MobileNetV2. Did you mean head?"),
    "no block": (("freeze",), "freeze needs a block."),
    "no rate": (("rate", "head"), "rate head needs a rate. Such as 0.0001."),
    "rate too high": (("rate", "head", "1000000"), "It takes 0 (frozen) to 1; the nearest is 1."),
    "rate negative": (("rate", "head", "-1"), "The rate of head is -1. It takes 0 (frozen) to 1; the nearest is 0."),
    "rate nan": (("rate", "head", "nan"), "The rate of head is nan."),
    "rate no number": (("rate", "head", "fast"), "fast is not a rate."),
    "freeze with a rate": (("freeze", "head", "0.1"), "freeze takes no rate, and got 0.1."),
    "pause of a block": (("pause", "head"), "pause takes nothing after it, and got head."),
    "resume": (("resume",), "Try: python -m tlcore resume"),
}


@pytest.mark.parametrize(("words", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_told_in_a_plain_sentence(said, going, store, words, sentence):
    status, out, err = said("control", going.id, *words)
    assert (status, out) == (1, "")
    assert sentence in err.replace("\n", " ")
    assert store.runs.controls(going.id) == []


@pytest.mark.parametrize("letters", ["ffff", ""])
def test_an_unknown_run_is_told(said, letters):
    status, _, err = said("control", letters, "pause")
    assert status == 1
    assert "0 runs begin with" in err


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (Finished(seconds=1.0), "This run is finished, so nothing can be asked of it."),
        (Paused(seconds=1.0), "This run is paused. Let it go on first: python -m tlcore resume"),
        (Interrupted(sentence="s", advice="a"), "This run is interrupted."),
    ],
)
def test_a_run_that_does_not_go_on_is_told(said, going, store, event, sentence):
    store.runs.append(going.id, [event])
    status, _, err = said("control", going.id, "freeze", "head")
    assert status == 1
    assert sentence in err.replace("\n", " ")


def test_a_resting_run_can_be_ended(said, going, store):
    store.runs.append(going.id, [Paused(seconds=1.0)])
    assert said("control", going.id, "stop")[0] == 0
    assert isinstance(store.runs.events(going.id)[-1].event, Stopped)


def test_only_a_resting_run_is_resumed(said, going, store):
    status, _, err = said("resume", going.id)
    assert status == 1
    assert "so there is nothing to resume." in err
    store.runs.append(going.id, [Finished(seconds=1.0)])
    _, _, err = said("resume", going.id)
    assert "This run is finished" in err


@pytest.fixture
def resting(said, pictures, store):
    """The plan of a run that has ended, as a run that has not begun and was paused in the queue."""
    _, out, _ = said("train", str(pictures), *QUICK, "--json")
    whole = store.runs.named(json.loads(out)["run"])
    run = store.runs.submit(whole.config, whole.workspace, "again")
    store.runs.ask(run.id, Pause())
    return json.loads(out), run


def test_a_paused_run_is_carried_on_here_and_comes_to_the_same(said, resting, store):
    whole, run = resting
    status, out, _ = said("resume", run.id[:8], "--json")
    assert status == 0
    told = json.loads(out)
    assert told == {**whole, "run": run.id, "seconds": told["seconds"]}
    assert isinstance(store.runs.events(run.id)[1].event, Resumed)
    assert store.runs.named(run.id).claimant == Claimant.here()


def test_a_run_whose_process_died_is_carried_on_without_a_supervisor(said, resting, store):
    _, run = resting
    lost = store.runs.submit(store.runs.named(run.id).config, run.workspace, "lost", GONE)
    status, out, _ = said("resume", lost.id)
    assert status == 0
    assert "validation pictures right" in out
    assert f"python -m tlcore export {lost.id[:8]}" in out
    kinds = [type(entry.event) for entry in store.runs.events(lost.id)]
    assert kinds[:2] == [Interrupted, Resumed]
    assert kinds[-1] is Finished


def test_a_run_that_is_interrupted_here_is_told_with_the_command_that_lets_it_go_on(said, resting, monkeypatch):
    _, run = resting
    interrupted = Interrupted(sentence="The disk is full.", advice="Free some space, then let the run go on.")
    monkeypatch.setattr(work, "carry_out", lambda store, run, _show: store.runs.end(run, interrupted))
    status, _, complaints = said("resume", run.id)
    assert status == 1
    assert complaints.endswith(f"then let the run go on. Go on: python -m tlcore resume {run.id[:8]}\n")


def test_the_list_of_runs_shows_their_states(said, going, store):
    store.runs.append(going.id, [Paused(seconds=1.0)])
    assert json.loads(said("runs", "--json")[1])["runs"][0]["state"] == "paused"
    assert "paused" in said("runs")[1]
