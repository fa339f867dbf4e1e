"""The command line: every verb has help, one JSON object where asked, and a plain sentence for what cannot be done."""

import argparse
import json
import re
from zipfile import ZipFile

import pytest

from tlcore import __version__
from tlcore.commands.parser import build_parser, main


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


def test_without_runs_it_says_how_to_begin(said):
    assert said("runs") == (0, "No runs yet. Begin with: python -m tlcore train digits\n", "")


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
