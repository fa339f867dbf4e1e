"""The desk answers every kind of question, and finishes the one it is at when it is asked to end."""

import errno
import signal
import sys
import time

import pytest

from tlcore.engine import desk as desks
from tlcore.engine.desk import Desk
from tlcore.errors import ThawError
from tlcore.jobs.processes import start
from tlcore.questions import FindRate, Measure, RateCurve, Separate


@pytest.fixture
def asked(dataset):
    """Make a question of a kind on the small set."""
    common = {"backbone": "squeezenet1_0", "data": dataset.manifest.digest, "image_size": 32, "workspace": "person"}

    def make(kind, **more):
        needed = {
            FindRate: {"weights": "scratch", "learning": ("head",), "batch_size": 8, "seed": 0, "weight_decay": 0.01},
            Measure: {"weights": "scratch", "learning": (("head",),), "moving": (False,), "batch_size": 8},
            Separate: {"weights": "scratch", "seed": 0},
        }
        return kind(**{**common, **needed[kind], **more})

    return make


@pytest.mark.parametrize("kind", [FindRate, Measure, Separate])
def test_every_kind_of_question_is_answered(store, asked, kind):
    desk, question = Desk(store), asked(kind)
    assert store.asked.ask(question) is None
    assert desk.answer_next()
    assert store.asked.known(question) is not None


def test_a_full_disk_is_told_as_one(store, asked, monkeypatch):
    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(desks, "measure", full)
    question = asked(Measure)
    store.asked.ask(question)
    assert Desk(store).answer_next()
    with pytest.raises(ThawError, match="The disk is full"):
        store.asked.ask(question)


def test_a_rate_is_found_the_same_way_twice(store, asked):
    question = asked(FindRate)
    assert Desk(store)._answer(question) == Desk(store)._answer(question)


def test_a_rate_is_looked_for_with_the_weight_decay_of_the_plan(store, asked):
    desk = Desk(store)
    assert desk._answer(asked(FindRate, weight_decay=1.0)) != desk._answer(asked(FindRate))


@pytest.mark.parametrize("kind", [FindRate, Measure, Separate])
def test_what_cannot_be_answered_says_why(store, asked, kind):
    question = asked(kind, data="f" * 64)
    store.asked.ask(question)
    Desk(store).answer_next()
    with pytest.raises(ThawError, match="not here any more"):
        store.asked.ask(question)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot be asked to end")
def test_a_desk_that_is_asked_to_end_finishes_its_answer(store, asked):
    store.processes.register("supervisor")
    question = asked(FindRate, image_size=96)
    store.asked.ask(question)
    with start(store, "answer", log="desk.log") as desk:
        until = time.monotonic() + 60
        while not store.processes.living("desk"):
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.5)  # by now it is at the question, which takes seconds
        desk.send_signal(signal.SIGTERM)
        desk.wait(60)
    assert isinstance(store.asked.known(question), RateCurve)
