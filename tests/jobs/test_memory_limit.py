"""A real worker that runs out of memory: the run ends in plain words, and the worker carries out the next as ever."""

import sys
import time

import psutil
import pytest

from tlcore.engine.work import carry_out
from tlcore.events import Evaluated, Failed, Finished, Stepped
from tlcore.jobs.processes import start
from tlcore.store.claims import Claimant

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process"),
]

PATIENCE = 180.0
"""Seconds; much longer than anything takes, since a process that imports torch on a busy machine takes its time."""
MEGABYTE = 1024**2
ROOM = 400 * MEGABYTE
"""Beyond what the worker has when it is ready; ResNet-50 needs more for one picture of 512 pixels."""
TOO_MUCH = 50 * MEGABYTE
"""More than a run may leave behind."""


def wait_for(find):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := find():
            return found
        time.sleep(0.1)
    raise TimeoutError


@pytest.fixture
def worker(store):
    """A worker that is ready, as the supervisor starts it."""
    process = start(store, "work", log="worker.log", talks=True)
    wait_for(lambda: store.processes.living("worker"))
    yield process
    process.stdin.close()
    process.wait(PATIENCE)


@pytest.fixture
def carry(store, worker):
    """Have the worker carry a plan out; return what happened."""

    def carried(config, nonce):
        run = store.runs.submit(config, "person", nonce, Claimant.of(worker.pid)).id
        worker.stdin.write(f"{run}\n")
        worker.stdin.flush()

        def events():
            return [entry.event for entry in store.runs.events(run)]

        wait_for(lambda: [event for event in events() if isinstance(event, Finished | Failed)])
        return events()

    return carried


def test_a_worker_without_memory_says_so_and_does_the_next_run_as_ever(store, dataset, plan, worker, carry):
    process = psutil.Process(worker.pid)
    before = process.memory_info()
    _, hard = process.rlimit(psutil.RLIMIT_AS)
    process.rlimit(psutil.RLIMIT_AS, (before.vms + ROOM, hard))
    (*_, end) = carry(plan(dataset, name="resnet50", size=512), "too large")
    assert isinstance(end, Failed)
    assert end.sentence.startswith("The memory was not enough")
    assert "smaller picture size" in end.advice
    assert worker.poll() is None
    wait_for(lambda: process.memory_info().rss < before.rss + TOO_MUCH)
    process.rlimit(psutil.RLIMIT_AS, (hard, hard))
    after = carry(plan(dataset), "of its size")
    assert isinstance(after[-1], Finished)
    here = store.runs.submit(plan(dataset), "person", "here", Claimant.here()).id
    carry_out(store, here)
    clean = [entry.event for entry in store.runs.events(here)]
    numbers = [
        [(event.loss, event.right) for event in events if isinstance(event, Stepped | Evaluated)]
        for events in (after, clean)
    ]
    assert numbers[0] == numbers[1]
