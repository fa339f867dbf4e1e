"""A run is one row: asked for once, seen by its workspace only, worked on one at a time, ended once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tlcore.controls import Pause, SetRate, Stop, StopAfterEpoch
from tlcore.errors import ProcessError
from tlcore.events import Failed, Finished, Interrupted, Paused, Resumed, Stepped, Stopped
from tlcore.store import Store
from tlcore.store.claims import Claimant

HERE = Claimant.here()
GONE = Claimant(pid=2**22 - 1, started=1.0)
FREEZE = SetRate(block="layer4", rate=0.0)
INTERRUPTED = Interrupted(sentence="Interrupted.", advice="Go on.")
FAILED = Failed(sentence="Interrupted.", advice="Start again.")


@pytest.fixture
def submit(store, plan):
    def submit(nonce="once", workspace="person", claimant=None):
        return store.runs.submit(plan("0" * 64), workspace, nonce, claimant)

    return submit


def test_ten_clicks_at_once_are_one_run(store, plan):
    def click(_):
        own = Store(store.home)
        try:
            return own.runs.submit(plan("0" * 64), "person", "one form").id
        finally:
            own.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(click, range(10)))) == 1
    assert len(store.runs.open()) == 1


def test_the_same_nonce_of_another_person_is_another_run(submit):
    assert submit(workspace="person").id != submit(workspace="other").id


def test_a_foreign_run_and_an_unknown_one_look_the_same(store, submit):
    run = submit()
    assert store.runs.get(run.id, ["person"]) == run
    assert store.runs.get(run.id, ["other"]) is None
    assert store.runs.get("f" * 32, ["other"]) is None
    assert store.runs.get(run.id, []) is None
    assert store.runs.recent(["other"], 10) == []


def test_runs_are_worked_on_one_at_a_time_in_the_order_of_asking(store, submit):
    runs = [submit(str(number)).id for number in range(3)]
    done = []
    while (claimed := store.runs.claim_next(HERE)) is not None:
        assert store.runs.claim_next(HERE) is None
        done.append(claimed)
        store.runs.append(claimed, [Finished(seconds=1.0)])
    assert done == runs


def test_a_run_that_the_command_line_works_on_is_not_for_the_supervisor(store, submit):
    submit("by hand", claimant=HERE)
    submit("waiting")
    assert store.runs.claim_next(HERE) is None


def test_the_place_in_the_queue_counts_open_runs_only(store, submit):
    first, second, third = (submit(str(number)) for number in range(3))
    assert store.runs.ahead_of(third) == 2
    store.runs.append(first.id, [Finished(seconds=1.0)])
    assert store.runs.ahead_of(third) == 1
    assert store.runs.ahead_of(second) == 0


def test_a_waiting_run_that_is_stopped_ends_at_once(store, submit):
    run = submit()
    store.runs.ask(run.id, Stop())
    assert [entry.event for entry in store.runs.events(run.id)] == [Stopped(seconds=0.0)]
    assert store.runs.claim_next(HERE) is None


def test_a_run_at_work_that_is_stopped_is_asked_to(store, submit):
    run = submit()
    store.runs.claim_next(HERE)
    assert store.runs.named(run.id).wish is None
    store.runs.ask(run.id, Stop())
    assert store.runs.named(run.id).wish is Stop
    assert store.runs.events(run.id) == []


def test_the_newest_wish_counts_and_rates_are_no_wishes(store, submit):
    run = submit()
    store.runs.claim_next(HERE)
    for control in (StopAfterEpoch(), Pause(), FREEZE):
        store.runs.ask(run.id, control)
    assert store.runs.named(run.id).wish is Pause
    assert store.runs.get(run.id, ["person"]).wish is Pause


def test_what_was_asked_comes_in_its_order_and_after_the_last_one_seen(store, submit):
    run, other = submit(), submit("other")
    for control in (FREEZE, SetRate(block="head", rate=0.0003)):
        store.runs.ask(run.id, control)
        store.runs.ask(other.id, Pause())
    asked = store.runs.controls(run.id)
    assert [one.control for one in asked] == [FREEZE, SetRate(block="head", rate=0.0003)]
    assert asked[0].id < asked[1].id
    assert asked[0].time <= asked[1].time
    assert store.runs.controls(run.id, after=asked[0].id) == asked[1:]


def test_a_waiting_run_that_is_paused_rests_at_once_and_is_not_worked_on(store, submit):
    run = submit()
    store.runs.ask(run.id, Pause())
    assert [entry.event for entry in store.runs.events(run.id)] == [Paused(seconds=0.0)]
    assert store.runs.claim_next(HERE) is None
    assert store.runs.open() == []


@pytest.mark.parametrize("rest", [Paused(seconds=1.0), INTERRUPTED])
def test_a_resting_run_goes_back_into_the_queue_and_keeps_the_rates_that_were_asked_for(store, submit, rest):
    run, waiting = submit(), submit("waiting")
    store.runs.claim_next(HERE)
    for control in (FREEZE, Pause()):
        store.runs.ask(run.id, control)
    store.runs.append(run.id, [rest])
    assert store.runs.claim_next(HERE) == waiting.id, "a resting run lets the next one go first"
    store.runs.append(waiting.id, [Finished(seconds=1.0)])
    assert store.runs.resume(run.id)
    assert store.runs.named(run.id).claimant is None
    assert store.runs.named(run.id).wish is None
    assert [asked.control for asked in store.runs.controls(run.id)] == [FREEZE]
    assert store.runs.claim_next(HERE) == run.id


def test_a_run_can_go_on_in_the_process_that_resumes_it(store, submit):
    run = submit()
    store.runs.ask(run.id, Pause())
    assert store.runs.resume(run.id, HERE)
    assert store.runs.named(run.id).claimant == HERE
    assert store.runs.claim_next(GONE) is None


def test_resuming_twice_is_resuming_once(store, submit):
    run = submit()
    store.runs.ask(run.id, Pause())
    assert [store.runs.resume(run.id) for _ in range(3)] == [True, False, False]
    assert [entry.event for entry in store.runs.events(run.id)] == [Paused(seconds=0.0), Resumed()]


@pytest.mark.parametrize("end", [None, Finished(seconds=1.0), Stopped(seconds=1.0), FAILED])
def test_only_a_resting_run_is_resumed(store, submit, end):
    run = submit()
    if end is not None:
        store.runs.append(run.id, [end])
    before = store.runs.events(run.id)
    assert not store.runs.resume(run.id)
    assert not store.runs.resume("f" * 32)
    assert store.runs.events(run.id) == before


@pytest.mark.parametrize("rest", [Paused(seconds=1.0), INTERRUPTED])
def test_a_resting_run_that_is_stopped_ends_at_once(store, submit, rest):
    run = submit()
    store.runs.append(run.id, [rest])
    store.runs.ask(run.id, Stop())
    store.runs.ask(run.id, Stop())
    assert [entry.event for entry in store.runs.events(run.id)] == [rest, Stopped(seconds=0.0)]
    assert not store.runs.resume(run.id)


@pytest.mark.parametrize("control", [Pause(), StopAfterEpoch(), SetRate(block="head", rate=0.1)])
@pytest.mark.parametrize("event", [Finished(seconds=1.0), Paused(seconds=1.0), INTERRUPTED])
def test_nothing_is_asked_of_a_run_that_does_not_go_on(store, submit, event, control):
    run = submit()
    store.runs.append(run.id, [event])
    store.runs.ask(run.id, control)
    assert store.runs.controls(run.id) == []
    assert len(store.runs.events(run.id)) == 1


def test_a_resting_run_takes_no_events_of_the_worker_that_had_it(store, submit):
    run = submit()
    store.runs.end(run.id, INTERRUPTED)
    with pytest.raises(ProcessError):
        store.runs.append(run.id, [Stepped(step=1, loss=0.5, right=1, count=2, seconds=0.1)])


@pytest.mark.parametrize("end", [None, Finished(seconds=1.0), FAILED])
def test_stopping_twice_or_too_late_changes_nothing(store, submit, end):
    run = submit()
    if end is None:
        store.runs.ask(run.id, Stop())
    else:
        store.runs.append(run.id, [end])
    before = store.runs.events(run.id)
    store.runs.ask(run.id, Stop())
    assert store.runs.events(run.id) == before


def test_stopping_an_unknown_run_is_harmless(store):
    store.runs.ask("f" * 32, Stop())
    assert store.runs.controls("f" * 32) == []


def test_a_run_ends_once(store, submit):
    run = submit()
    store.runs.end(run.id, FAILED)
    store.runs.end(run.id, FAILED)
    assert len(store.runs.events(run.id)) == 1


def test_events_are_asked_for_after_the_last_one_seen(store, submit):
    run = submit()
    store.runs.append(run.id, [Stepped(step=number, loss=0.5, right=1, count=2, seconds=0.1) for number in range(5)])
    assert [entry.sequence for entry in store.runs.events(run.id, after=3)] == [4, 5]
    assert store.runs.events(run.id, after=5) == []


def test_runs_are_found_by_the_first_letters_of_their_ids_and_no_more_than_two(store, submit):
    runs = [submit(str(number)) for number in range(3)]
    assert store.runs.beginning_with(runs[0].id[:16]) == [runs[0]]
    assert len(store.runs.beginning_with("")) == 2
    assert store.runs.beginning_with("%") == store.runs.beginning_with("_" * 32) == []


def test_the_newest_run_comes_first(store, submit):
    runs = [submit(str(number), workspace).id for number, workspace in enumerate(("person", "other", "person"))]
    assert [run.id for run in store.runs.newest(2)] == [runs[2], runs[1]]
    assert [run.id for run in store.runs.recent(["person"], 10)] == [runs[2], runs[0]]


def test_nothing_is_added_to_a_run_that_has_ended(store, submit):
    run = submit()
    store.runs.end(run.id, FAILED)
    with pytest.raises(ProcessError, match="ended already"):
        store.runs.append(run.id, [Finished(seconds=1.0)])
    assert len(store.runs.events(run.id)) == 1


def test_a_process_is_known_by_its_number_and_its_start():
    assert HERE.alive
    assert not GONE.alive
    assert not Claimant(HERE.pid, HERE.started - 100).alive


def test_dead_processes_are_swept_out_when_somebody_looks(store):
    store.processes.register("app", "ready")
    assert store.processes.living("app") == [(HERE, "ready")]
    store.processes.register("app", "busy")
    assert store.processes.living("app") == [(HERE, "busy")]
    store._database.write("INSERT INTO processes VALUES (?, ?, 'worker', '')", GONE.pid, GONE.started)
    assert store.processes.living("worker") == []
    assert store._database.rows("SELECT * FROM processes WHERE role = 'worker'") == []
