"""What a run saves to go on from: when, what of it, and what becomes of it where a disk is full or a file damaged."""

import errno
import os

import pytest
import torch
from safetensors import SafetensorError
from torch import nn
from torch._subclasses import FakeTensorMode

from tests.engine.breaking import cut_off_at, equal, history, tale
from tlcore.config import Phase
from tlcore.controls import Pause, Stop
from tlcore.engine import standing, tensor_file
from tlcore.engine.standing import SavePoint, Standing, Tally
from tlcore.events import Changed, Evaluated, Interrupted, Saved, Started, Stepped


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
