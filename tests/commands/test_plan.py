"""A plan by flags and a plan from a file are one plan, and it is the plan of the run; contradictions are refused."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open

from tlcore.config import Phase
from tlcore.draft import Draft
from tlcore.engine.work import carry_out
from tlcore.events import Checkpointed
from tlcore.plan import preview
from tlcore.planfile import from_yaml, to_yaml
from tlcore.store import Store
from tlcore.store.claims import Claimant


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
        (("--views", "3"), "views: 0"),
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


def test_a_rate_by_hand_thaws_one_block_more(quick, said, pictures, own_home):
    words = (quick[0], *quick[2:], "--weights=scratch", "--rate=features.10=1e-4", "--json")
    _, out, _ = said("train", str(pictures), *words)
    opened = Store(own_home)
    (phase,) = opened.runs.named(json.loads(out)["run"]).config.schedule
    opened.close()
    assert dict(phase.rates) == {"head": 0.001, "features.10": 0.0001}
