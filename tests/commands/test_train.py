"""The verb `train`: what it tells a program and a person, the split that it draws, and how it ends."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tlcore
from tlcore.events import Evaluated
from tlcore.paths import HOME_VARIABLE
from tlcore.store import Store

ROOT = Path(tlcore.__file__).parent.parent
TOLD = {
    "run", "state", "accuracy", "best_epoch", "seconds", "classes", "train_examples", "val_examples", "left_out",
    "ignored", "notices", "device", "computed_in",
}  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "split_by", "judged"),
    [
        ((), "seed 0", 3),
        (("--validation", "0.3"), "seed 0, 30 %", 6),
        (("--fold", "2/3"), "seed 0, fold 2 of 3", 6),
    ],
)
def test_the_split_is_what_this_command_says_and_not_what_an_earlier_one_said(
    quick, said, pictures, store, flags, split_by, judged
):
    for given in (("--fold", "1/2"), flags):
        status, out, err = said("train", str(pictures), *quick, *given, "--json")
        assert status == 0, err
    assert json.loads(out)["val_examples"] == judged
    (album,) = store.albums.of(store.command_line_workspace())
    assert store.albums.dataset(album).manifest.split_by == split_by


@pytest.mark.parametrize("fold", ["2", "x/y", "3/2", "1/99", "-1/3"])
def test_a_fold_that_cannot_be_is_refused_before_anything_is_read(said, fold):
    status, _, err = said("train", "no-such-folder", f"--fold={fold}")
    assert status == 1
    assert "fold" in err.lower()
    assert "no-such-folder" not in err


def test_training_tells_one_json_object_and_nothing_else(quick, thaw, pictures):
    done = thaw("train", str(pictures), *quick, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    told = json.loads(done.stdout)
    assert set(told) == TOLD
    assert (told["classes"], told["train_examples"], told["val_examples"]) == (["blue", "green", "red"], 15, 3)
    assert 0 <= told["accuracy"] <= 1
    assert told["best_epoch"] in (1, 2)
    assert told["left_out"] == []
    assert done.stderr == ""


def test_training_without_json_speaks_to_a_person(quick, thaw, pictures):
    done = thaw("train", str(pictures), *quick)
    assert done.returncode == 0
    assert re.search(r"% of 3 validation pictures right \(best: epoch \d\), \d+ s", done.stdout)
    assert "2 epochs" in done.stderr


def test_what_was_left_out_is_told_file_by_file(quick, said, pictures, tmp_path):
    folder = tmp_path / "set"
    for name in ("blue", "red"):
        (folder / name).mkdir(parents=True)
        for path in (pictures / name).iterdir():
            (folder / name / path.name).write_bytes(path.read_bytes())
    (folder / "red" / "broken.png").write_bytes((pictures / "red" / "0.png").read_bytes()[:500])
    status, out, _ = said("train", str(folder), *quick, "--json")
    (left,) = json.loads(out)["left_out"]
    assert status == 0
    assert left["name"].endswith("broken.png")
    assert left["code"] == "TRUNCATED"
    assert left["sentence"]


def test_a_timm_network_by_name_is_measured_and_trained(said, pictures, own_home):
    words = ("--backbone=resnet10t", "--weights=scratch", "--epochs=1", "--image-size=32", "--json")
    status, out, err = said("train", str(pictures), *words)
    assert status == 0, err
    assert json.loads(out)["accuracy"] is not None
    assert (own_home / "cards" / "resnet10t.json").is_file()


def test_a_folder_that_makes_no_set_is_told(quick, said, pictures):
    status, _, err = said("train", str(pictures / "red"), *quick)
    assert status == 1
    assert err.strip()


def test_a_run_that_fails_ends_with_its_sentence(said, pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    status, _, err = said("train", str(pictures), "--backbone=resnet18", "--image-size=32")
    assert status == 1
    assert "The weights of ResNet-18 (ImageNet-1K) are not on this machine (45 MB)." in err


def test_spaces_and_accents_are_no_obstacle(quick, thaw, pictures, tmp_path):
    home, folder = tmp_path / "Mein Zuhause für Thaw", tmp_path / "Fotos von Łódź & Œuvres"
    for path in pictures.rglob("*.png"):
        (folder / f"Klasse {path.parent.name} é").mkdir(parents=True, exist_ok=True)
        (folder / f"Klasse {path.parent.name} é" / path.name).write_bytes(path.read_bytes())
    done = thaw("train", str(folder), *quick, "--json", **{HOME_VARIABLE: str(home)})
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["classes"] == ["Klasse blue é", "Klasse green é", "Klasse red é"]
    taken = thaw("export", told["run"], str(home / "Gewichte für zuhause.zip"), "--home", str(home))
    assert taken.returncode == 0, taken.stderr
    assert (home / "Gewichte für zuhause.zip").is_file()


def test_a_full_disk_is_told_in_words_and_the_run_can_be_resumed(said, pictures, monkeypatch, store):
    def full(_self, _path):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tlcore.engine.standing.SavePoint.write", full)
        small = ("--backbone", "mobilenet_v2", "--strategy", "scratch", "--epochs", "2", "--image-size", "32")
        status, out, err = said("train", str(pictures), *small, "--device", "cpu")
    assert (status, out) == (1, "")
    assert "The disk is full." in err
    assert "Traceback" not in err
    (run,) = store.runs.newest(5)
    assert said("resume", run.id, "--json")[0] == 0


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C cannot be sent to one process on this system")
def test_one_ctrl_c_stops_and_keeps_the_best_weights(quick, own_home, pictures):
    words = ["train", str(pictures), *quick[:2], "--epochs=200", *quick[3:], "--json"]
    command = [sys.executable, "-m", "tlcore", *words]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    opened = Store(own_home)

    def evaluated():
        entries = [entry for run in opened.runs.newest(1) for entry in opened.runs.events(run.id)]
        return any(isinstance(entry.event, Evaluated) for entry in entries)

    until = time.monotonic() + 60
    while not evaluated() and time.monotonic() < until:
        time.sleep(0.05)
    opened.close()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    told = json.loads(out)
    assert told["accuracy"] is not None
    assert told["best_epoch"] >= 1


def test_train_computes_with_the_numbers_that_it_is_told(said, pictures):
    small = ("--backbone=mobilenet_v2", "--weights=scratch", "--epochs=1", "--image-size=32", "--device=cpu")
    status, out, err = said("train", str(pictures), *small, "--precision=bfloat16")
    assert status == 0, err
    assert ": bfloat16, channels last\n" in out
