"""What the supervisor does in one look at the store, with stand-ins for the processes that it starts."""

import subprocess
import sys
import time
from io import BytesIO

import psutil
import pytest

from tlcore.data.server_folders import FOLDERS_VARIABLE
from tlcore.errands import CANCELLED, MakeSample, ReadFolder, ReadUpload
from tlcore.events import Finished, Interrupted
from tlcore.jobs import supervisor as supervisor_room
from tlcore.jobs.processes import start
from tlcore.jobs.settings import tell_settings
from tlcore.jobs.supervisor import Child, Supervisor, ensure_supervisor
from tlcore.store.claims import Claimant
from tlcore.store.errands import AT_A_TIME

GONE = Claimant(pid=2**22 - 1, started=1.0)
LISTEN = "import sys; sys.stdin.read()"


@pytest.fixture
def started(monkeypatch):
    """Let the supervisor start idle processes, and collect their verbs."""
    verbs, processes = [], []

    def begin(_store, *verb, **_):
        verbs.append(verb)
        code = "raise SystemExit(3)" if verb[0] == "errand" else LISTEN
        processes.append(subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, text=True))
        return processes[-1]

    monkeypatch.setattr(supervisor_room, "start", begin)
    yield verbs, processes
    for process in processes:
        process.kill()
        process.wait()
        process.stdin.close()


@pytest.fixture
def tick(store, started):
    verbs, _ = started
    assert verbs == []
    supervisor = Supervisor(store)

    def tick(until=lambda: True):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            supervisor.tick()
            if until():
                return supervisor
            time.sleep(0.02)
        raise AssertionError("nothing came of it in 10 s")

    return tick


def last_event(store, run):
    entries = store.runs.events(run.id)
    return entries[-1].event if entries else None


def test_a_run_whose_process_is_gone_after_a_restart_is_interrupted(store, plan, tick):
    run = store.runs.submit(plan("0" * 64), "person", "before the restart", claimant=GONE)
    tick()
    tick()
    (told,) = [entry.event for entry in store.runs.events(run.id)]
    assert isinstance(told, Interrupted)
    assert store.runs.open() == []


def test_a_run_that_the_command_line_works_on_is_left_alone(store, plan, tick):
    run = store.runs.submit(plan("0" * 64), "person", "by hand", claimant=Claimant.here())
    tick()
    assert last_event(store, run) is None


def test_a_waiting_run_is_handed_to_the_worker_by_its_id(store, plan, tick, started):
    run = store.runs.submit(plan("0" * 64), "person", "once")
    tick()
    worker = started[1][0]
    assert store.runs.get(run.id, ["person"]).claimant == Claimant.of(worker.pid)


def test_a_dying_worker_gets_no_more_runs(store, plan, tick, started, monkeypatch):
    tick()
    worker = started[1][0]
    monkeypatch.setattr(worker, "poll", lambda: None)  # As long as one of its threads is still on its way out.
    worker.kill()
    end = time.monotonic() + 10
    while Claimant.of(worker.pid).alive and time.monotonic() < end:
        time.sleep(0.01)
    run = store.runs.submit(plan("0" * 64), "person", "once")
    tick()
    assert store.runs.get(run.id, ["person"]).claimant is None
    assert last_event(store, run) is None


def test_an_errand_whose_process_dies_says_so(store, tick):
    errand = store.errands.add(MakeSample(sample="digits", seed=0), "person")
    tick(lambda: not store.errands.get(errand.id).open)
    assert "was ended" in store.errands.get(errand.id).fault


def test_an_errand_whose_process_is_gone_after_a_restart_says_so(store, tick, started):
    errand = store.errands.add(MakeSample(sample="digits", seed=0), "person")
    store.errands.claim(errand.id, GONE)
    tick()
    assert "was ended" in store.errands.get(errand.id).fault
    assert ("errand", errand.id) not in started[0]


def test_an_errand_that_is_cancelled_before_it_began_ends_and_its_files_go(store, tick, started):
    upload = store.intake.receive("a.zip", BytesIO(b"zip"))
    errand = store.errands.add(ReadUpload(upload=upload, name="x", seed=0), "person")
    store.errands.cancel(errand.id)
    tick()
    assert store.errands.get(errand.id).fault == CANCELLED
    assert not store.intake.folder(upload).exists()
    assert ("errand", errand.id) not in started[0]


def test_an_errand_that_does_not_hear_that_it_was_cancelled_is_killed_with_all_that_it_started(
    store, tick, monkeypatch
):
    family = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']); print(1, flush=True); input()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", family], **pipes) as deaf:
        deaf.stdout.readline()
        (child,) = psutil.Process(deaf.pid).children()
        errand = store.errands.add(MakeSample(sample="digits", seed=0), "person")
        store.errands.claim(errand.id, Claimant.of(deaf.pid))
        store.errands.cancel(errand.id)
        tick()
        assert store.errands.get(errand.id).open
        monkeypatch.setattr(supervisor_room, "_GRACE", 0.0)
        tick(lambda: not store.errands.get(errand.id).open)
        assert store.errands.get(errand.id).fault == CANCELLED
        deaf.wait(10)
        child.wait(10)


def test_an_errand_that_was_past_cancelling_is_not_killed(store, tick, monkeypatch):
    monkeypatch.setattr(supervisor_room, "_GRACE", -1.0)
    with subprocess.Popen([sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, text=True) as keeping:
        errand = store.errands.add(MakeSample(sample="digits", seed=0), "person")
        store.errands.claim(errand.id, Claimant.of(keeping.pid))
        store.errands.seal(errand.id)
        store.errands.cancel(errand.id)
        tick().tick()
        assert keeping.poll() is None
        assert store.errands.get(errand.id).open
        keeping.kill()


def test_errands_that_read_wait_for_their_turn(store, tick, started):
    for number in range(4):
        store.errands.add(ReadUpload(upload=f"{number}", name="x", seed=0), f"person {number}")
    tick()
    assert sum(verb[0] == "errand" for verb in started[0]) == AT_A_TIME
    assert sum(one.claimant is None and one.fault is None for one in store.errands.open()) == 4 - AT_A_TIME


def test_an_errand_is_started_once(store, tick, started):
    store.errands.add(MakeSample(sample="digits", seed=0), "person")
    supervisor = tick()
    supervisor.tick()
    assert sum(verb[0] == "errand" for verb in started[0]) == 1


def test_the_desk_waits_until_the_worker_stands(store, tick, started):
    tick()
    assert [verb[0] for verb in started[0]] == ["work"]
    store.processes.register("worker", "ready")
    tick()
    assert [verb[0] for verb in started[0]] == ["work", "answer"]


def test_a_supervisor_is_needed_while_something_is_open_or_somebody_is_there(store, plan, tick):
    supervisor = tick()
    assert not supervisor.busy()
    run = store.runs.submit(plan("0" * 64), "person", "by hand", claimant=Claimant.here())
    assert supervisor.busy()
    store.runs.append(run.id, [Finished(seconds=1.0)])
    assert not supervisor.busy()
    store.processes.register("app")
    assert supervisor.busy()


def test_closing_lets_the_worker_go_and_ends_the_desk(store, tick, started):
    store.processes.register("worker", "ready")
    tick().close()
    assert [process.wait(10) is not None for process in started[1]] == [True, True]


def test_a_process_that_dies_at_once_is_not_started_again_at_once():
    begun = []

    class Dead:
        def poll(self):
            return 1

    child = Child(lambda: begun.append(1) or Dead())
    assert child.tend() is None
    assert child.tend() == 1
    for _ in range(5):
        assert child.tend() is None
    assert len(begun) == 1


def test_a_supervisor_that_is_there_is_not_started_again(store, started):
    ensure_supervisor(store)
    assert started[0] == [("supervise",)]
    store.processes.register("supervisor")
    ensure_supervisor(store)
    assert started[0] == [("supervise",)]


def test_errands_keep_to_what_the_newest_app_allows_whatever_their_supervisor_was_started_with(
    store, pictures, monkeypatch
):
    monkeypatch.setattr(Supervisor, "_tend_worker", lambda _: None)
    asked = ReadFolder(folder=pictures.name, place="", seed=0)
    monkeypatch.setenv(FOLDERS_VARIABLE, str(pictures))
    faults = []
    for opened in (str(pictures), ""):
        with monkeypatch.context() as app:
            app.setenv(FOLDERS_VARIABLE, opened)
            tell_settings(store)
        errand, supervisor = store.errands.add(asked, "person"), Supervisor(store)
        until = time.monotonic() + 60
        while store.errands.get(errand.id).open or supervisor.busy():
            assert time.monotonic() < until
            supervisor.tick()
            time.sleep(0.05)
        faults.append(store.errands.get(errand.id).fault)
    assert faults[0] is None
    assert faults[1].startswith("This folder is not among those")


def test_a_process_of_ours_knows_its_home_and_writes_into_its_log(store):
    process = start(store, "runs", log="runs.log")
    assert process.wait(60) == 0
    assert "No runs yet" in (store.logs / "runs.log").read_text(encoding="utf-8")
