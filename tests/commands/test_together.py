"""One run in two processes that torchrun started: the same as in one, and it goes on when one of them is killed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest
import torch
from safetensors.torch import load_file

from tlcore.catalog.backbones import backbone
from tlcore.commands.together import Seat
from tlcore.config import Change, Phase
from tlcore.controls import Pause, SetRate
from tlcore.engine.work import carry_out
from tlcore.events import Finished, Interrupted, Paused, Saved
from tlcore.history import History
from tlcore.paths import HOME_VARIABLE
from tlcore.store.claims import Claimant

from ..conftest import ROOT

NETWORK = "squeezenet1_1"
BLOCKS = [block.name for block in backbone(NETWORK).blocks]
TOGETHER = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "tlcore")
PATIENCE = 120


@pytest.fixture
def together(own_home):
    """Start `python -m tlcore` with these words in two processes; whatever is left is ended with the test."""
    started: list[subprocess.Popen] = []

    def start(*words: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [*TOGETHER, *words],
            cwd=ROOT,
            env={**os.environ, HOME_VARIABLE: str(own_home), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            for member in (*psutil.Process(process.pid).children(recursive=True), process):
                member.kill()
        process.communicate()


@pytest.fixture
def filed(store):
    """File a run that rests, so that `resume` takes it up from its beginning."""

    def file(config, *wishes: SetRate) -> str:
        run = store.runs.submit(config, "person", f"{len(store.runs.newest(99))}").id
        for wish in wishes:
            store.runs.ask(run, wish)
        store.runs.end(run, Interrupted(sentence="Not begun.", advice=""))
        return run

    return file


@pytest.fixture
def told(store) -> Callable[[str], History]:
    return lambda run: History.of(store.runs.events(run))


def figures(history: History) -> list[float]:
    """Return every loss of a run, of steps and of epochs."""
    return [step.loss for step in history.steps] + [
        loss for epoch in history.epochs for loss in (epoch.loss, epoch.train_loss)
    ]


def rights(history: History) -> list[tuple[int, int, int, int]]:
    return [(epoch.right, epoch.count, epoch.train_right, epoch.train_count) for epoch in history.epochs]


def wait_for(fact: Callable[[], object]) -> None:
    begun = time.monotonic()
    while not fact():
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.05)


@pytest.mark.slow
def test_two_processes_give_what_one_gives_also_for_blocks_that_thaw_late(store, plan, dataset, together, filed, told):
    """The batches are of eight and seven pictures, there is dropout, and what is frozen at first is kept as rows."""
    late, asked, first = BLOCKS[-2], BLOCKS[-3], BLOCKS[-1]
    config = plan(
        dataset,
        NETWORK,
        schedule=(Phase(epochs=2, rates={first: 0.001}), Phase(epochs=2, rates={first: 0.0005}, shape="cosine")),
        changes=(Change(after=3, block=late, rate=0.001),),
        size=64,
    )
    wish = SetRate(block=asked, rate=0.001)
    one = store.runs.submit(config, "person", "one", Claimant.here()).id
    store.runs.ask(one, wish)
    two = filed(config, wish)
    carry_out(store, one)
    store.beginnings.empty()  # what was computed in one process must come out the same in two
    process = together("resume", two)
    _, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaints
    expected, found = told(one), told(two)
    assert isinstance(found.end, Finished)
    assert found.started.device == f"{expected.started.device}, 2 processes"
    assert rights(found) == rights(expected)
    assert figures(found) == pytest.approx(figures(expected), abs=1e-4)
    assert {change.block for change in found.changes} == {asked, late}
    weights, others = (load_file(store.blobs.path(each.checkpoint.sha256)) for each in (expected, found))
    for name, value in weights.items():
        torch.testing.assert_close(others[name], value, atol=1e-4, rtol=0.0)


@pytest.mark.slow
def test_a_killed_process_ends_the_run_in_words_and_it_goes_on_from_its_last_epoch(
    store, plan, dataset, together, filed, told
):
    config = plan(
        dataset, NETWORK, schedule=(Phase(epochs=20, rates={BLOCKS[-1]: 0.0003, BLOCKS[-2]: 0.0003}),), size=64
    )
    run = filed(config)

    def saved() -> bool:
        return any(isinstance(entry.event, Saved) for entry in store.runs.events(run, seen))

    seen = store.runs.events(run)[-1].sequence
    process = together("resume", run)
    wait_for(saved)
    store.runs.ask(run, Pause())
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert isinstance(told(run).rest, Paused)

    seen = store.runs.events(run)[-1].sequence
    process = together("resume", run)
    wait_for(saved)
    second = next(child for child in psutil.Process(process.pid).children() if child.environ().get("RANK") == "1")
    second.kill()
    _, complaints = process.communicate(timeout=PATIENCE)
    rest = told(run).rest
    assert process.returncode == 1
    assert rest.sentence == "One of the 2 processes that trained together is gone, or does not answer."
    assert rest.sentence in complaints
    assert "Let the run go on" in rest.advice

    begun = told(run).saved.step
    assert store.runs.resume(run, Claimant.here())
    carry_out(store, run)
    found = told(run)
    assert isinstance(found.end, Finished)
    assert found.started.step == begun > 0
    whole = store.runs.submit(config, "person", "whole", Claimant.here()).id
    carry_out(store, whole)
    assert rights(found) == rights(told(whole))
    assert figures(found) == pytest.approx(figures(told(whole)), abs=1e-4)


@pytest.mark.slow
def test_what_stops_another_process_is_told_by_the_first(plan, dataset, together, filed, told):
    """The first answers the first picture of three, the second the others; one of those has changed."""
    spoilt = dataset.manifest.of("val")[1]
    run = filed(plan(dataset, NETWORK, schedule=(Phase(epochs=1, rates={BLOCKS[-1]: 0.001}),), size=64))
    path = dataset.file(spoilt)
    content = path.read_bytes()
    try:
        path.write_bytes(b"")
        process = together("resume", run)
        process.communicate(timeout=PATIENCE)
    finally:
        path.write_bytes(content)
    assert process.returncode == 1
    sentence = f"{spoilt.name} has changed since the set was read."
    assert told(run).rest.sentence == f"One of the 2 processes could not go on: {sentence}"


@pytest.mark.slow
def test_train_in_two_processes_reads_the_pictures_once_and_prints_once(store, together, pictures):
    words = ("--backbone", NETWORK, "--weights", "scratch", "--epochs", "1", "--image-size", "64", "--json")
    process = together("train", str(pictures), *words)
    printed, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaints
    assert json.loads(printed)["state"] == "finished"
    assert len(store.runs.newest(9)) == 1


def test_a_process_has_a_seat_only_where_torchrun_gave_it_one():
    given = {"RANK": "3", "LOCAL_RANK": "1", "WORLD_SIZE": "4", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}
    assert Seat.taken(given) == Seat(rank=3, local=1, count=4)
    assert Seat.taken({"RANK": "3", "WORLD_SIZE": "4"}).alone
    assert Seat.taken({}).alone
