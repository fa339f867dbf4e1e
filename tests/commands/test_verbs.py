"""The command line: every verb has help, one JSON object where asked, and a plain sentence for what cannot be done."""

import argparse
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch
from safetensors import safe_open

import tlcore
from tlcore import __version__
from tlcore.catalog.backbones import BACKBONES
from tlcore.commands.parser import build_parser, main
from tlcore.config import Phase
from tlcore.draft import Draft
from tlcore.engine.work import carry_out
from tlcore.events import Checkpointed, Evaluated
from tlcore.paths import HOME_VARIABLE
from tlcore.plan import preview
from tlcore.planfile import from_yaml, to_yaml
from tlcore.store import Store
from tlcore.store.claims import Claimant

QUICK = ("--backbone=squeezenet1_0", "--strategy=scratch", "--epochs=2", "--image-size=32", "--batch-size=8")
ROOT = Path(tlcore.__file__).parent.parent
TOLD = {
    "run", "state", "accuracy", "best_epoch", "seconds", "classes", "train_examples", "val_examples", "left_out",
}  # fmt: skip


@pytest.fixture
def trained(said, pictures):
    status, out, _ = said("train", str(pictures), *QUICK, "--json")
    assert status == 0
    return json.loads(out)


def verbs():
    actions = build_parser()._actions
    (choices,) = [action for action in actions if isinstance(action, argparse._SubParsersAction)]
    return choices


@pytest.mark.parametrize("verb", verbs().choices)
def test_every_verb_has_help(verb, capsys):
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m tlcore {verb}")


@pytest.mark.parametrize(
    ("flags", "split_by", "judged"),
    [
        ((), "seed 0", 3),
        (("--validation", "0.3"), "seed 0, 30 %", 6),
        (("--fold", "2/3"), "seed 0, fold 2 of 3", 6),
    ],
)
def test_the_split_is_what_this_command_says_and_not_what_an_earlier_one_said(
    said, pictures, store, flags, split_by, judged
):
    for given in (("--fold", "1/2"), flags):
        status, out, err = said("train", str(pictures), *QUICK, *given, "--json")
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


def test_the_verbs_for_people_are_listed_with_a_sentence_each():
    listed = {choice.dest: choice.help for choice in verbs()._choices_actions}
    assert {"train", "plan", "runs", "export", "weights", "doctor"} <= set(listed)
    assert all(listed.values())


def test_the_help_shows_commands_that_are_understood(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = [line.split("  ")[0].split() for line in re.findall(r"python -m tlcore (\w.*)", capsys.readouterr().out)]
    assert len(shown) >= 5
    for words in shown:
        build_parser().parse_args(words)


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"Thaw {__version__}\n"


def test_training_tells_one_json_object_and_nothing_else(thaw, pictures):
    done = thaw("train", str(pictures), *QUICK, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    told = json.loads(done.stdout)
    assert set(told) == TOLD
    assert (told["classes"], told["train_examples"], told["val_examples"]) == (["blue", "green", "red"], 15, 3)
    assert 0 <= told["accuracy"] <= 1
    assert told["best_epoch"] in (1, 2)
    assert told["left_out"] == []
    assert done.stderr == ""


def test_training_without_json_speaks_to_a_person(thaw, pictures):
    done = thaw("train", str(pictures), *QUICK)
    assert done.returncode == 0
    assert re.search(r"% of 3 validation pictures right \(best: epoch \d\), \d+ s", done.stdout)
    assert "epochs" in done.stderr


def test_what_was_left_out_is_told_file_by_file(said, pictures, tmp_path):
    folder = tmp_path / "set"
    for name in ("blue", "red"):
        (folder / name).mkdir(parents=True)
        for path in (pictures / name).iterdir():
            (folder / name / path.name).write_bytes(path.read_bytes())
    (folder / "red" / "broken.png").write_bytes((pictures / "red" / "0.png").read_bytes()[:500])
    status, out, _ = said("train", str(folder), *QUICK, "--json")
    (left,) = json.loads(out)["left_out"]
    assert status == 0
    assert left["name"].endswith("broken.png")
    assert left["code"] == "TRUNCATED"
    assert left["sentence"]


def test_a_run_is_listed_and_taken_along_by_the_beginning_of_its_id(said, trained, tmp_path):
    status, out, _ = said("runs", "--json")
    (row,) = json.loads(out)["runs"]
    assert status == 0
    assert (row["run"], row["state"], row["accuracy"]) == (trained["run"], "finished", trained["accuracy"])
    target = tmp_path / "taken along.zip"
    status, out, _ = said("export", trained["run"][:8], str(target), "--json")
    assert status == 0
    assert json.loads(out)["file"] == str(target)
    with ZipFile(target) as archive:
        assert sorted(archive.namelist()) == ["predict.py", "thaw.json", "weights.safetensors"]


def test_runs_are_listed_for_a_person(said, trained):
    _, out, _ = said("runs")
    assert out.startswith(trained["run"][:8])
    assert "finished" in out


@pytest.fixture
def plan_file(tmp_path):
    """Write a plan: two phases, the first with a schedule."""
    draft = Draft(backbone="squeezenet1_0", weights="scratch", image_size=32, batch_size=8, seed=5).with_schedule(
        [
            Phase(epochs=1, rates={"head": 0.001}, shape="cosine", warmup=0.5),
            Phase(epochs=1, rates={"features.12": 0.0003, "head": 0.001}),
        ]
    )
    path = tmp_path / "a plan.yaml"
    path.write_text(to_yaml(draft), encoding="utf-8")
    return path


def test_a_plan_from_a_file_is_the_plan_of_the_run(said, pictures, own_home, plan_file):
    status, out, err = said("train", str(pictures), "--plan", str(plan_file), "--json")
    assert status == 0, err
    opened = Store(own_home)
    config = opened.runs.named(json.loads(out)["run"]).config
    opened.close()
    assert to_yaml(config) == plan_file.read_text(encoding="utf-8")


def test_the_plan_of_a_run_is_written_as_yaml(said, pictures, plan_file):
    _, out, _ = said("train", str(pictures), "--plan", str(plan_file), "--json")
    run = json.loads(out)["run"]
    assert said("plan", "--of", run[:8]) == (0, plan_file.read_text(encoding="utf-8"), "")
    assert json.loads(said("plan", "--of", run, "--json")[1]) == {"plan": plan_file.read_text(encoding="utf-8")}


def test_flags_become_a_plan_that_can_be_read_again(said, tmp_path):
    words = ("--backbone=vgg16", "--strategy=gradual", "--epochs=7", "--seed=3", "--rate", "head=1e-4")
    _, text, _ = said("plan", *words)
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    assert said("plan", "--plan", str(tmp_path / "plan.yaml"))[1] == text
    assert from_yaml(text).phases[0].rate("head") == 0.0001


@pytest.mark.parametrize(
    ("flag", "said_by_plan"),
    [
        (("--backbone", "vgg16"), "backbone: squeezenet1_0"),
        (("--strategy", "gradual"), "strategy: own"),
        (("--epochs", "3"), "epochs: 2"),
        (("--seed", "0"), "seed: 5"),
        (("--weights", "imagenet"), "weights: scratch"),
        (("--batch-size", "32"), "batch_size: 8"),
        (("--image-size", "224"), "image_size: 32"),
        (("--augment", "strong"), "augment: none"),
        (("--rate", "head=0.1"), "head: 0.001"),
    ],
)
def test_a_flag_that_contradicts_the_plan_is_refused_even_if_it_is_the_usual_one(said, plan_file, flag, said_by_plan):
    status, _, err = said("train", "digits", "--plan", str(plan_file), *flag)
    assert status == 1
    assert f"contradicts the plan, which says {said_by_plan}." in err


def test_a_flag_that_says_the_same_as_the_plan_is_no_contradiction(said, plan_file):
    words = ("--epochs=2", "--seed=5", "--weights=scratch", "--rate", "head=0.001", "--batch-size=8")
    assert said("plan", "--plan", str(plan_file), *words)[0] == 0


def test_a_plan_with_a_weights_file_that_is_not_here_is_refused(said, plan_file):
    text = plan_file.read_text(encoding="utf-8").replace("weights: scratch", f"weights: {'a' * 64}")
    plan_file.write_text(text, encoding="utf-8")
    status, _, err = said("train", "digits", "--plan", str(plan_file))
    assert status == 1
    assert "The plan begins with a weights file of somebody's own, aaaaaaaa…, which is not here." in err
    assert "--weights FILE" in err


def test_pictures_have_a_size_that_the_network_takes_unless_one_is_given(said):
    assert f"image_size: {Draft().on('swin_v2_t').image_size}\n" in said("plan", "--backbone", "swin_v2_t")[1]
    assert "image_size: 224\n" in said("plan", "--backbone", "resnet18")[1]


def test_a_plan_that_is_no_text_is_told(said, tmp_path):
    (tmp_path / "plan.yaml").write_bytes(b"\xff\xfe\x00")
    status, _, err = said("plan", "--plan", str(tmp_path / "plan.yaml"))
    assert (status, "which is not text" in err) == (1, True)


@pytest.mark.slow
def test_the_app_a_file_and_the_flags_give_the_same_groups_and_the_same_weights(said, pictures, own_home, tmp_path):
    draft = Draft(
        backbone="squeezenet1_0", weights="scratch", epochs=4, image_size=32, batch_size=8, seed=3
    ).by_strategy("gradual")
    path = tmp_path / "plan.yaml"
    path.write_text(to_yaml(replace(draft, weights="scratch")), encoding="utf-8")
    flags = ("--backbone=squeezenet1_0", "--weights=scratch", "--strategy=gradual", "--epochs=4", "--image-size=32")
    runs = []
    for words in ((*flags, "--batch-size=8", "--seed=3"), ("--plan", str(path))):
        status, out, err = said("train", str(pictures), *words, "--device=cpu", "--json")
        assert status == 0, err
        runs.append(json.loads(out)["run"])
    opened = Store(own_home)
    first = opened.runs.named(runs[0])
    # The app files what its draft says, and a worker carries it out.
    config = replace(replace(draft, data=first.config.data).config("by the app"), compute=first.config.compute)
    by_app = opened.runs.submit(config, first.workspace, "app", Claimant.here())
    carry_out(opened, by_app.id)
    configs = [opened.runs.named(run).config for run in (*runs, by_app.id)]
    assert len({preview(config, classes=3) for config in configs}) == 1
    weights = []
    for run in (*runs, by_app.id):
        kept = [entry.event for entry in opened.runs.events(run) if isinstance(entry.event, Checkpointed)]
        with safe_open(opened.blobs.path(kept[-1].sha256), framework="pt") as file:
            weights.append({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    opened.close()
    for other in weights[1:]:
        assert other.keys() == weights[0].keys()
        assert all(torch.equal(other[name], weights[0][name]) for name in other)


def test_without_runs_it_says_how_to_begin(said):
    assert said("runs") == (0, "No runs yet. Begin with: python -m tlcore train digits\n", "")


def test_weights_are_listed_with_what_is_here(said, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    _, out, _ = said("weights", "--json")
    rows = {(row["backbone"], row["weights"]): row for row in json.loads(out)["weights"]}
    assert list(rows) == [(card.name, weights.name) for card in BACKBONES.values() for weights in card.weights]
    assert [name for name, row in rows.items() if row["here"]] == [("efficientnet_lite0", "imagenet")]
    assert rows["resnet50", "IMAGENET1K_V2"]["accuracy"] == 80.9
    assert "download, 528 MB" in said("weights")[1]


def test_weights_are_packed_on_one_machine_and_unpacked_on_another(said, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "one"))
    cache = tmp_path / "one" / "hub" / "checkpoints"
    cache.mkdir(parents=True)
    file = BACKBONES["convnextv2_atto"].weights[0].file
    (cache / file).write_bytes(b"weights")
    words = ("weights", "pack", "convnextv2_atto", "efficientnet_lite0", "--to", str(tmp_path / "usb"), "--json")
    assert json.loads(said(*words)[1]) == {"files": [file]}
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "two"))
    assert said("weights", "unpack", str(tmp_path / "usb")) == (0, f"{file}\n", "")
    assert (tmp_path / "two" / "hub" / "checkpoints" / file).read_bytes() == b"weights"


def test_a_timm_network_by_name_is_measured_and_trained(said, pictures, own_home):
    words = ("--backbone=resnet10t", "--weights=scratch", "--epochs=1", "--image-size=32", "--json")
    status, out, err = said("train", str(pictures), *words)
    assert status == 0, err
    assert json.loads(out)["accuracy"] is not None
    assert (own_home / "cards" / "resnet10t.json").is_file()


def test_train_computes_with_the_numbers_that_it_is_told(said, pictures):
    small = ("--backbone=mobilenet_v2", "--weights=scratch", "--epochs=1", "--image-size=32", "--device=cpu")
    status, out, err = said("train", str(pictures), *small, "--precision=bfloat16")
    assert status == 0, err
    assert ": bfloat16, channels last\n" in out


def test_doctor_knows_this_machine(said):
    status, out, err = said("doctor", "--json")
    assert status == 0, err + out
    told = json.loads(out)
    assert told["app"]["torch_loaded"] is False
    assert told["engine"]["torch_loaded"] is True
    assert told["weights"]["efficientnet_lite0"] is True
    assert told["missing"] == []
    assert told["device"]


WRONG = {
    "folder": (("train", "no such folder"), "no such folder is not a folder."),
    "sample": (("train", "digit"), "digit is not a folder."),
    "backbone": (("train", "digits", "--backbone", "resnet19"), "Did you mean resnet18?"),
    "strategy": (("train", "digits", "--strategy", "gradually"), "Did you mean gradual?"),
    "rate of nothing": (("train", "digits", "--rate", "hed=0.1"), "Did you mean head?"),
    "rate too high": (
        ("train", "digits", "--rate", "head=3"),
        "The rate of head is 3. It takes 0 (frozen) to 1; the nearest is 1.",
    ),
    "rate no number": (("train", "digits", "--rate", "head=fast"), "--rate got head=fast."),
    "rate without value": (("train", "digits", "--rate", "head"), "It takes BLOCK=RATE, such as layer4=0.0001."),
    "rate nan": (("train", "digits", "--rate", "head=nan"), "The rate of head is nan."),
    "all frozen": (("train", "digits", "--rate", "head=0"), "Every block of a phase is frozen"),
    "epochs": (("train", "digits", "--epochs", "0"), "It takes 1 to 200."),
    "epochs in phases": (("train", "digits", "--epochs", "-1", "--strategy", "gradual"), "Epochs in all is -1."),
    "plan": (("train", "digits", "--plan", "no plan.yaml"), "--plan got no plan.yaml: No such file or directory."),
    "plan of a run": (("plan", "--of", "ffff"), "0 runs begin with ffff."),
    "plan of a run and more": (("plan", "--of", "ffff", "--seed", "1"), "--of takes no other flags of a plan."),
    "batch": (("train", "digits", "--batch-size", "1"), "Batch size is 1. It takes 2 to 512."),
    "size": (("train", "digits", "--image-size", "9999"), "Picture size is 9999. It takes 32 to 512."),
    "seed": (("train", "digits", "--seed", "-1"), "Seed is -1."),
    "device": (("train", "digits", "--device", "tpu"), "Device is tpu. Did you mean cpu?"),
    "precision": (("train", "digits", "--precision", "bfloat"), "Precision is bfloat. Did you mean bfloat16?"),
    "weights": (
        ("train", "digits", "--weights", "mine.pth"),
        "It takes imagenet, in1k, scratch, or a file that is there.",
    ),
    "weights from scratch": (
        ("train", "digits", "--strategy", "scratch", "--weights", "imagenet"),
        "--weights imagenet contradicts --strategy scratch, which begins with random numbers.",
    ),
    "run": (("export", "ffff", "x.zip"), "0 runs begin with ffff."),
    "download": (("weights", "download", "resnet19"), "Did you mean resnet18?"),
    "variant": (("weights", "download", "resnet50:IMAGENET1K_V3"), "Did you mean IMAGENET1K_V2?"),
    "download of nothing": (("weights", "download"), "weights download got no name."),
    "pack to nowhere": (("weights", "pack", "resnet18"), "weights pack got no folder. Name one: --to FOLDER."),
    "pack what is there": (("weights", "pack", "efficientnet_lite0", "--to", "x"), "There is nothing to pack"),
    "list one": (("weights", "list", "resnet18"), "weights list takes no names"),
    "list to": (("weights", "list", "--to", "x"), "weights list takes no folder with --to."),
    "unpack nothing": (("weights", "unpack", "no such folder"), "no such folder holds no packed weights."),
}


@pytest.mark.parametrize(("words", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_told_in_a_plain_sentence(said, own_home, words, sentence):
    status, out, err = said(*words)
    assert (status, out) == (1, "")
    assert sentence in err.replace("\n", " ")
    assert "Traceback" not in err
    assert not (own_home / "samples").exists(), "a typed choice fails before any picture is read"


def test_with_json_a_fault_is_one_json_object_too(said):
    status, out, err = said("train", "digits", "--backbone", "resnet19", "--json")
    assert (status, err) == (1, "")
    assert json.loads(out) == {"error": "resnet19 is not a backbone.", "hint": "Did you mean resnet18?"}


def test_a_folder_that_makes_no_set_is_told(said, pictures):
    status, _, err = said("train", str(pictures / "red"), *QUICK)
    assert status == 1
    assert err.strip()


def test_a_run_that_fails_ends_with_its_sentence(said, pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    status, _, err = said("train", str(pictures), "--backbone=resnet18", "--image-size=32")
    assert status == 1
    assert "The weights of ResNet-18 (ImageNet-1K) are not on this machine (45 MB)." in err


def test_a_zip_that_cannot_be_written_is_told(said, trained, tmp_path):
    status, _, err = said("export", trained["run"], str(tmp_path / "no folder" / "x.zip"))
    assert status == 1
    assert "x.zip cannot be written: No such file or directory." in err


def test_words_that_are_not_understood_end_with_two(capsys):
    for words in ([], ["tarin"], ["train", "digits", "--epochs", "many"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_home_that_is_named_goes_before_the_environment(said, own_home, tmp_path):
    said("runs", "--home", str(tmp_path / "named"))
    assert (tmp_path / "named" / "thaw.sqlite3").is_file()
    assert not own_home.exists()
    said("runs")
    assert (own_home / "thaw.sqlite3").is_file()


def test_a_home_that_cannot_be_made_is_told(said, tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, _, err = said("runs", "--home", str(tmp_path / "file" / "home"))
    assert status == 1
    assert err.startswith("The home folder home cannot be made: ")


def test_spaces_and_accents_are_no_obstacle(thaw, pictures, tmp_path):
    home, folder = tmp_path / "Mein Zuhause für Thaw", tmp_path / "Fotos von Łódź & Œuvres"
    for path in pictures.rglob("*.png"):
        (folder / f"Klasse {path.parent.name} é").mkdir(parents=True, exist_ok=True)
        (folder / f"Klasse {path.parent.name} é" / path.name).write_bytes(path.read_bytes())
    done = thaw("train", str(folder), *QUICK, "--json", **{HOME_VARIABLE: str(home)})
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["classes"] == ["Klasse blue é", "Klasse green é", "Klasse red é"]
    taken = thaw("export", told["run"], str(home / "Gewichte für zuhause.zip"), "--home", str(home))
    assert taken.returncode == 0, taken.stderr
    assert (home / "Gewichte für zuhause.zip").is_file()


def test_own_weights_are_taken_from_a_file(said, pictures, trained, own_home, tmp_path):
    said("export", trained["run"], str(tmp_path / "x.zip"))
    with ZipFile(tmp_path / "x.zip") as archive:
        archive.extract("weights.safetensors", tmp_path)
    words = ("--backbone=squeezenet1_0", "--epochs=1", "--image-size=32", "--json")
    status, out, _ = said("train", str(pictures), *words, "--weights", str(tmp_path / "weights.safetensors"))
    assert status == 0
    opened = Store(own_home)
    config = opened.runs.named(json.loads(out)["run"]).config
    assert len(config.weights) == 64
    assert opened.blobs.path(config.weights).is_file()
    opened.close()
    (tmp_path / "plan.yaml").write_text(to_yaml(config), encoding="utf-8")
    assert said("plan", "--plan", str(tmp_path / "plan.yaml"))[0] == 0


def test_a_rate_by_hand_thaws_one_block_more(said, pictures, own_home):
    words = (QUICK[0], *QUICK[2:], "--weights=scratch", "--rate=features.10=1e-4", "--json")
    _, out, _ = said("train", str(pictures), *words)
    opened = Store(own_home)
    (phase,) = opened.runs.named(json.loads(out)["run"]).config.schedule
    opened.close()
    assert dict(phase.rates) == {"head": 0.001, "features.10": 0.0001}


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
def test_one_ctrl_c_stops_and_keeps_the_best_weights(own_home, pictures):
    words = ["train", str(pictures), *QUICK[:2], "--epochs=200", *QUICK[3:], "--json"]
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
