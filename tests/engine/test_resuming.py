"""A run that rested or was cut off goes on as if nothing had happened: to the bit on the CPU."""

import errno
import os
from contextlib import nullcontext

import pytest
import torch
from safetensors import SafetensorError
from torch import nn
from torch._subclasses import FakeTensorMode

from tlcore.catalog.backbones import backbone
from tlcore.config import Change, Phase
from tlcore.controls import Pause, SetRate, Stop
from tlcore.engine import standing, task, tensor_file, work
from tlcore.engine.peers import Peers, PeersError
from tlcore.engine.standing import SavePoint, Standing, Tally
from tlcore.engine.trainer import Trainer
from tlcore.errors import WeightsError
from tlcore.events import Changed, Evaluated, Finished, Interrupted, Paused, PhaseStarted, Saved, Started, Stepped
from tlcore.history import History
from tlcore.store.claims import Claimant

BLOCKS = [block.name for block in backbone("mobilenet_v2").blocks]


class CutOffError(BaseException):
    """Ends a process in the middle, as kill -9 does: nothing is tidied up."""


@pytest.fixture
def weights(monkeypatch):
    """The weights of the newest trainer, whenever they are looked at."""
    trainers = []

    class Watched(Trainer):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            trainers.append(self)

    monkeypatch.setattr(task, "Trainer", Watched)
    return lambda: {name: value.clone() for name, value in trainers[-1]._module.state_dict().items()}


@pytest.fixture
def go(store):
    """Work on a run until `watch` objects; return its id."""

    def work_on(config_or_run, watch=lambda _run, _event: None):
        run = config_or_run
        if not isinstance(run, str):
            run = store.runs.submit(config_or_run, "person", f"{len(store.runs.newest(99))}", Claimant.here()).id
        store.beginnings.empty()  # what was computed before must come out the same when it is computed again
        try:
            work.carry_out(store, run, lambda event: watch(run, event))
        except CutOffError:
            store.runs.end(run, Interrupted(sentence="Cut off.", advice=""))
        return run

    return work_on


def cut_off_at(step):
    def watch(_run, event):
        if isinstance(event, Stepped) and event.step == step:
            raise CutOffError

    return watch


def history(store, run):
    found = History()
    found.add(store.runs.events(run))
    return found


def tale(store, run):
    """All that a run told, without times."""
    found = history(store, run)
    return (
        [(step.step, step.loss, step.right) for step in found.steps],
        [(epoch.epoch, epoch.step, epoch.loss, epoch.right) for epoch in found.epochs],
        [(epoch.train_loss, epoch.train_right, epoch.train_count) for epoch in found.epochs],
        [(phase.phase, phase.step, dict(phase.rates)) for phase in found.phases],
        [(change.after, change.block, change.requested, change.applied, change.refused) for change in found.changes],
        found.best.epoch,
    )


def equal(first, second):
    return set(first) == set(second) and all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture
def config(plan, dataset):
    """Three phases of two epochs and twelve steps in all; schedules, a warm-up, dropout, statistics, a change."""
    return plan(
        dataset,
        schedule=(
            Phase(epochs=2, rates={"head": 0.01}, warmup=0.5),
            Phase(epochs=2, rates=dict.fromkeys(BLOCKS[-3:], 0.002), shape="cosine"),
            Phase(epochs=2, rates=dict.fromkeys(BLOCKS, 0.001), shape="one_cycle"),
        ),
        changes=(Change(after=5, block=BLOCKS[-2], rate=0.0005),),
    )


@pytest.fixture
def whole(store, go, config, weights):
    """The same run without a break: its tale and its weights."""
    run = go(config)
    return tale(store, run), weights()


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


def test_nothing_is_left_over_at_the_end_but_the_best_weights(store, go, config, files_kept):
    run = go(config, cut_off_at(9))
    assert len(files_kept()) == 2
    store.runs.resume(run)
    go(run)
    assert files_kept() == [store.blobs.path(history(store, run).checkpoint.sha256)]


def test_a_save_point_holds_only_what_may_have_moved(store, go, plan, dataset):
    head_only = plan(dataset, schedule=(Phase(epochs=4, rates={"head": 0.01}),))
    small = history(store, go(head_only, cut_off_at(4))).saved
    tensors = SavePoint.read(store.points.path(small.sha256)).tensors
    assert {name for name in tensors if name.startswith(("parameter.", "exp_avg."))} == {
        f"{kind}.classifier.1.{part}" for kind in ("parameter", "exp_avg") for part in ("weight", "bias")
    }


def test_a_damaged_save_point_means_a_new_beginning_with_the_same_end(store, go, config, weights, whole):
    run = go(config, cut_off_at(9))
    path = store.points.path(history(store, run).saved.sha256)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    store.runs.resume(run)
    go(run)
    starts = [entry.event for entry in store.runs.events(run) if isinstance(entry.event, Started)]
    assert [(start.step, start.anew) for start in starts] == [(0, False), (0, True)]
    assert tale(store, run) == whole[0]
    assert equal(weights(), whole[1])


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


def test_a_standing_survives_being_written_down(tmp_path):
    standing = Standing(
        epoch=3,
        step=17,
        batch=2,
        seconds=1 / 3,
        tally=Tally(0.1 + 0.2, 5, 8),
        overrides={"head": 1e-4 / 3},
        learned=("head",),
    )
    SavePoint(standing, {"shuffle": torch.Generator().get_state()}).write(tmp_path / "point")
    again = SavePoint.read(tmp_path / "point")
    assert again.standing == standing
    assert torch.equal(again.tensors["shuffle"], torch.Generator().get_state())


def test_only_epochs_that_are_not_the_last_are_saved(store, go, config):
    events = [entry.event for entry in store.runs.events(go(config))]
    assert [event.epoch for event in events if isinstance(event, Saved)] == [1, 2, 3, 4, 5]
    assert len([event for event in events if isinstance(event, Evaluated)]) == 6
    assert len([event for event in events if isinstance(event, Changed)]) == 1


def test_a_paused_run_that_is_stopped_leaves_no_save_point_after_the_next_sweep(store, go, config, files_kept):
    def pause(run, event):
        if isinstance(event, Stepped) and event.step == 3:
            store.runs.ask(run, Pause())

    run = go(config, pause)
    store.sweep()
    assert len(files_kept()) == 2
    store.runs.ask(run, Stop())
    assert history(store, run).state(store.runs.named(run)) == "stopped"
    store.sweep()
    assert files_kept() == [store.blobs.path(history(store, run).checkpoint.sha256)]
    store.runs.resume(run)
    assert history(store, run).state(store.runs.named(run)) == "stopped"


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


def test_a_full_disk_interrupts_a_run_and_what_was_saved_before_goes_on(store, go, config, weights, whole, monkeypatch):
    with monkeypatch.context() as patched:
        writes = []
        write = SavePoint.write

        def full(self, path):
            writes.append(path)
            if len(writes) == 3:
                raise OSError(errno.ENOSPC, "No space left on device")
            write(self, path)

        patched.setattr(SavePoint, "write", full)
        run = go(config)
    rest = history(store, run).rest
    assert (rest.sentence, rest.advice) == ("The disk is full.", "Free some space, then let the run go on.")
    assert history(store, run).saved.epoch == 2
    store.runs.resume(run)
    go(run)
    assert tale(store, run) == whole[0]
    assert equal(weights(), whole[1])


FULL = "Error while serializing: I/O error: No space left on device (os error 28)"


@pytest.mark.parametrize(
    ("complaint", "told"),
    [
        (FULL, "The disk is full."),
        ("Error while serializing", f"A file could not be read or written: {os.strerror(errno.EIO)}."),
    ],
)
def test_a_disk_that_takes_no_tensors_interrupts_a_run_in_its_own_words(
    store, go, config, monkeypatch, complaint, told
):
    """safetensors has a kind of error for all that happens, which is no OSError."""

    def refuse(*_):
        raise SafetensorError(complaint)

    monkeypatch.setattr(tensor_file, "save_file", refuse)
    rest = history(store, go(config)).rest
    assert (type(rest), rest.sentence) == (Interrupted, told)


def test_tensors_that_find_no_folder_say_so_as_the_system_does(tmp_path):
    """The numbers of the system come through as safetensors words them now."""
    with pytest.raises(FileNotFoundError):
        tensor_file.write_tensors({"a": torch.zeros(2)}, tmp_path / "none" / "file")


def test_the_count_of_steps_goes_back_to_the_gpu_where_the_fused_optimizer_reads_it():
    with FakeTensorMode():  # tensors without numbers, on a device that need not be there
        parameter = nn.Parameter(torch.empty(3, 3, device="cuda"))
        optimizer = torch.optim.AdamW([parameter])
        for kind, value in (("step", torch.tensor(7.0)), ("exp_avg", torch.empty(3, 3))):
            standing._restore_moment(optimizer, parameter, kind, value)
        assert [value.device.type for value in optimizer.state[parameter].values()] == ["cuda"] * 2


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


def test_a_point_that_no_run_names_is_swept_after_a_day(store, go, config, files_kept):
    go(config, cut_off_at(9))
    (named,) = store.points.root.glob("*/*[0-9a-f]")
    stray = store.points.root / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half")
    store.sweep()
    assert stray in files_kept()
    os.utime(stray, (0, 0))
    os.utime(named, (0, 0))
    store.sweep()
    assert stray not in files_kept()
    assert named in files_kept()
