"""Real processes on a home folder of their own: runs that are asked for are carried out, and the dead are buried."""

import json
import os
import signal
import time

import pytest
import torch
from safetensors.torch import load_file

from tests.jobs.waiting import PATIENCE, wait_for
from tlcore.controls import Pause, Stop
from tlcore.data.collect import look_here
from tlcore.draft import Draft
from tlcore.engine.work import carry_out
from tlcore.events import Checkpointed, Failed, Finished, Interrupted, Paused, Saved, Started, Stepped, Stopped
from tlcore.history import History
from tlcore.jobs.supervisor import supervise
from tlcore.store.claims import Claimant
from tlcore.store.reading import Reader

pytestmark = pytest.mark.slow


@pytest.fixture
def submit(house, colours, plan, request):
    def submit(**choices):
        nonce = f"{request.node.name} {time.monotonic_ns()}"
        return house.runs.submit(plan(colours, **choices), "person", nonce)

    return submit


def events(house, run, kind):
    return [entry.event for entry in house.runs.events(run.id) if isinstance(entry.event, kind)]


def ended(house, run, seconds=PATIENCE):
    (end,) = wait_for(lambda: events(house, run, Finished | Stopped | Failed), seconds)
    return end


def weights(house, run):
    return load_file(house.blobs.path(events(house, run, Checkpointed)[-1].sha256))


def test_a_run_that_is_asked_for_is_carried_out(house, submit):
    run = submit(epochs=2)
    assert isinstance(ended(house, run), Finished)
    history = History()
    history.add(house.runs.events(run.id))
    assert len(history.epochs) == 2
    assert history.best is not None
    (started,) = events(house, run, Started)
    assert set(started.versions) == {"torch", "torchvision", "timm"}


def test_the_app_the_command_line_and_a_bare_call_give_the_same_weights(house, thaw, pictures, store):
    """Thaw three blocks of the default backbone, in three ways, with one seed."""
    choices = {"epochs": 3, "batch_size": 8, "image_size": 64, "seed": 5}

    def asked(kept, name):
        found = Reader(kept, "person", choices["seed"], lambda *_: None, look_here).folder(pictures, "colours")
        return Draft(data=found.digest, **choices).by_strategy("gradual").config(name)

    app = house.runs.submit(asked(house, "app"), "person", "app")
    assert isinstance(ended(house, app), Finished)
    words = [f"--{name.replace('_', '-')}={value}" for name, value in choices.items()]
    typed = thaw("train", str(pictures), "--strategy=gradual", *words, "--json", "--home", str(house.home))
    assert typed.returncode == 0, typed.stdout
    (command_line,) = [run for run in house.runs.newest(5) if run.id == json.loads(typed.stdout)["run"]]
    bare = store.runs.submit(asked(store, "bare"), "person", "bare", Claimant.here())
    carry_out(store, bare.id)
    assert command_line.config.schedule == app.config.schedule == bare.config.schedule
    ways = {"app": (house, app), "command line": (house, command_line), "bare call": (store, bare)}
    losses = {way: [step.loss for step in events(*place, Stepped)] for way, place in ways.items()}
    assert losses["command line"] == losses["app"]
    assert losses["bare call"] == losses["app"]
    first, *others = (weights(*place) for place in ways.values())
    for other in others:
        assert set(other) == set(first)
        assert [name for name in first if not torch.equal(first[name], other[name])] == []


def test_a_run_at_work_stops_when_asked_and_a_waiting_one_at_once(house, submit):
    run, waiting = submit(epochs=200), submit(epochs=200)
    wait_for(lambda: events(house, run, Checkpointed))
    house.runs.ask(waiting.id, Stop())
    assert isinstance(ended(house, waiting, 1), Stopped)
    house.runs.ask(run.id, Stop())
    assert isinstance(ended(house, run, 10), Stopped)
    assert weights(house, run)


def kill_worker(house):
    ((worker, _),) = house.processes.living("worker")
    os.kill(worker.pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    return worker


def test_a_killed_worker_interrupts_its_run_the_next_one_is_done_and_the_first_goes_on_when_asked(house, submit):
    run, following = submit(epochs=30), submit(epochs=1)
    wait_for(lambda: events(house, run, Saved))
    worker = kill_worker(house)
    (told,) = wait_for(lambda: events(house, run, Interrupted), 10)
    assert told.sentence.startswith("The process that trained was ended")
    assert "Traceback" not in told.sentence + told.advice
    assert isinstance(ended(house, following), Finished)
    ((successor, _),) = house.processes.living("worker")
    assert successor != worker
    assert run.id not in {one.id for one in house.runs.open()}, "only a person lets it go on"
    house.runs.resume(run.id)
    assert isinstance(ended(house, run), Finished)
    history = History()
    history.add(house.runs.events(run.id))
    assert [step.step for step in history.steps] == list(range(1, len(history.steps) + 1))
    assert [epoch.epoch for epoch in history.epochs] == list(range(1, 31))


def test_a_run_that_kills_its_worker_each_time_is_interrupted_each_time_and_never_started_by_itself(house, submit):
    run = submit(epochs=200)
    for time_over in (1, 2):
        wait_for(lambda over=time_over: len(events(house, run, Started)) == over)
        kill_worker(house)
        wait_for(lambda over=time_over: len(events(house, run, Interrupted)) == over, 10)
        assert house.runs.claim_next(Claimant.here()) is None
        if time_over == 1:
            house.runs.resume(run.id)
    assert len(events(house, run, Started)) == 2


def test_a_paused_run_lets_go_of_the_worker_and_goes_on_after_the_one_that_waited(house, submit):
    run, waiting = submit(epochs=200), submit(epochs=1)
    wait_for(lambda: events(house, run, Stepped))
    ((worker, _),) = house.processes.living("worker")
    house.runs.ask(run.id, Pause())
    wait_for(lambda: events(house, run, Paused), 20)
    assert isinstance(ended(house, waiting), Finished)
    assert [one for one, _ in house.processes.living("worker")] == [worker]
    before = len(events(house, run, Stepped))
    house.runs.resume(run.id)
    wait_for(lambda: len(events(house, run, Stepped)) > before)
    house.runs.ask(run.id, Stop())
    assert isinstance(ended(house, run, 20), Stopped)
    history = History()
    history.add(house.runs.events(run.id))
    assert [step.step for step in history.steps] == list(range(1, len(history.steps) + 1))


def test_there_is_one_supervisor_per_home(house, thaw):
    second = thaw("supervise", "--home", str(house.home))
    assert second.returncode == 1
    assert "Another supervisor looks after this home folder already." in second.stderr
    assert "Traceback" not in second.stderr
    assert len(house.processes.living("supervisor")) == 1


def test_a_supervisor_sweeps_again_and_again_even_if_it_once_fails(store, monkeypatch):
    def sweep():
        swept.append(len(swept))
        raise OSError if len(swept) < 3 else KeyboardInterrupt

    swept = []
    monkeypatch.setattr("tlcore.jobs.supervisor._SWEEP_EVERY", 0)
    monkeypatch.setattr(store, "sweep", sweep)
    with pytest.raises(KeyboardInterrupt):
        supervise(store, stay=True)
    assert swept == [0, 1, 2]
