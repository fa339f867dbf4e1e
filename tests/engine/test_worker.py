"""A worker that stands by finds out how the usual network is computed best, and leaves off when it is needed."""

import io
import time
from threading import Event, Thread

import pytest

from tlcore.arithmetic import Arithmetic, Pace, Paces
from tlcore.catalog.backbones import DEFAULT
from tlcore.catalog.weights import IMAGENET
from tlcore.engine import tuning, worker
from tlcore.engine.runtime import choose_runtime
from tlcore.engine.tuning import tuning_key

FOUND = Paces(ways=(Pace(arithmetic=Arithmetic(), answer=1.0, step=3.0),))
PATIENCE = 30.0


@pytest.fixture
def runtime():
    return choose_runtime("cpu")


class Called(io.StringIO):
    """A standard input whose line comes when something has happened."""

    def __init__(self, happened):
        super().__init__()
        self._happened = happened

    def readline(self):
        assert self._happened.wait(PATIENCE)
        return "a run\n"


def keys(runtime):
    return [tuning_key(runtime, DEFAULT, IMAGENET, size) for size in (112, 224)]


def test_the_demo_and_the_usual_plan_are_measured_once(store, runtime, monkeypatch):
    sizes, both = [], Event()

    def measure(assembly, *_given):
        sizes.append(assembly.encoder.preprocessing.crop)
        if len(sizes) == 2:
            both.set()
        return FOUND

    monkeypatch.setattr(tuning, "measure", measure)
    monkeypatch.setattr(worker.sys, "stdin", Called(both))
    assert worker._next_line(store, runtime) == "a run\n"
    assert worker._next_line(store, runtime) == "a run\n"
    assert sizes == [112, 224]
    assert [store.tunings.of(key) for key in keys(runtime)] == [FOUND] * 2


def test_a_run_that_comes_in_is_not_kept_waiting_and_the_next_pause_will_do(store, runtime, monkeypatch):
    begun = Event()

    def endless(_assembly, _ways, _pictures, look):
        begun.set()
        while True:
            look()
            time.sleep(0.01)

    monkeypatch.setattr(tuning, "measure", endless)
    monkeypatch.setattr(worker.sys, "stdin", Called(begun))
    assert worker._next_line(store, runtime) == "a run\n"
    assert [store.tunings.of(key) for key in keys(runtime)] == [None, None]
    monkeypatch.setattr(tuning, "measure", lambda *_given: FOUND)
    called = Event()
    worker._tune_usual(store, runtime, called)
    assert store.tunings.of(keys(runtime)[0]) == FOUND


def test_a_measurement_that_fails_is_logged_and_the_worker_goes_on(store, runtime, monkeypatch, caplog):
    monkeypatch.setattr(tuning, "measure", lambda *_given: 1 / 0)
    thread = Thread(target=worker._tune_usual, args=(store, runtime, Event()))
    thread.start()
    thread.join(PATIENCE)
    assert "ZeroDivisionError" in caplog.text


def test_nothing_is_measured_where_the_usual_weights_are_missing(store, runtime, monkeypatch):
    monkeypatch.setattr(worker, "is_here", lambda *_given: False)
    monkeypatch.setattr(worker, "assemble", None)
    worker._tune_usual(store, runtime, Event())
