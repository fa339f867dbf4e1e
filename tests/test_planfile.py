"""A plan as YAML comes back as it went; whatever is wrong in one is told with its line and the nearest right thing."""

import re
from dataclasses import replace

import pytest

from tlcore.catalog.backbones import BACKBONES
from tlcore.config import Change, Phase
from tlcore.draft import Draft
from tlcore.errors import ChoiceError
from tlcore.plan import preview
from tlcore.planfile import LARGEST, from_yaml, to_yaml
from tlcore.strategies import STRATEGIES, Slope

PLAN = """\
backbone: resnet18
phases:
  - epochs: 3
    rates:
      head: 0.001
"""

RICH = Draft(
    backbone="resnet18",
    strategy="own",
    weights="f" * 64,
    epochs=9,
    seed=7,
    batch_size=16,
    image_size=96,
    augment="strong",
    views=4,
    weight_decay=0.05,
    schedule=(
        Phase(epochs=4, rates={"head": 0.001}, shape="one_cycle", warmup=0.5),
        Phase(epochs=5, rates={"layer4": 0.00003, "head": 1e-7}, shape="step", moving_statistics=True),
    ),
    changes=(Change(after=12, block="layer3", rate=0.00002), Change(after=12, block="head", rate=0.0)),
)


def groups(draft: Draft):
    return preview(replace(draft, data="").config("x"), classes=5)


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_plan_comes_back_as_it_went(name, strategy):
    draft = Draft(epochs=7, seed=3).on(name).by_strategy(strategy)
    back = from_yaml(to_yaml(draft))
    assert (back.strategy, back.phases, groups(back)) == (strategy, draft.phases, groups(draft))
    assert to_yaml(back) == to_yaml(draft)


def test_every_setting_comes_back():
    assert from_yaml(to_yaml(RICH)) == RICH


def test_a_run_is_written_as_the_draft_that_it_came_from():
    assert to_yaml(replace(RICH, data="0" * 64).config("mine")) == to_yaml(RICH)


def test_a_weights_file_whose_sha256_looks_like_a_number_comes_back():
    for sha256 in ("1" * 64, "1e" + "5" * 62):
        assert from_yaml(to_yaml(replace(RICH, weights=sha256))).weights == sha256


def test_rates_are_written_out():
    text = to_yaml(RICH)
    assert "layer4: 0.00003\n" in text
    assert "head: 0.0000001\n" in text
    assert not re.search(r"\de-", text)


def test_rates_by_a_slope_of_ones_own_come_back_as_own_rates():
    draft = Draft(slope=Slope(rate=0.002, decay=0.5)).by_strategy("depth")
    back = from_yaml(to_yaml(draft))
    assert (back.strategy, back.phases) == ("own", draft.phases)


def test_a_short_plan_has_the_usual_settings():
    draft = from_yaml(PLAN)
    assert replace(draft, schedule=()) == Draft(backbone="resnet18", epochs=3)


@pytest.mark.parametrize("name", ["resnet18", "swin_v2_t", "inception_v3"])
def test_a_short_plan_has_pictures_of_the_size_that_the_app_would_take(name):
    assert from_yaml(PLAN.replace("resnet18", name)).image_size == Draft().on(name).image_size


@pytest.mark.parametrize("rate", ["1e-4", "1E-4", "0.0001", "1.0e-04", ".0001", "+0.0001"])
def test_a_number_is_a_number_however_it_is_written(rate):
    assert from_yaml(PLAN.replace("0.001", rate)).phases[0].rate("head") == 0.0001


def with_line(line: str) -> str:
    return PLAN + line + "\n"


WRONG = {
    "empty": ("", "The file is empty."),
    "only a comment": ("# nothing\n", "The file is empty."),
    "a word": ("resnet18", "Line 1: a plan is resnet18. It takes names with values"),
    "a list": ("- backbone: resnet18", "Line 1: a plan is a list."),
    "no phases": ("backbone: resnet18", "Line 1: a plan lacks phases."),
    "no backbone": ("phases: []", "Line 1: a plan lacks backbone."),
    "empty phases": ("backbone: resnet18\nphases: []", "Line 2: the plan has no phase. It takes at least one."),
    "phases of nothing": ("backbone: resnet18\nphases:\n", "Line 2: phases is empty. It takes a list"),
    "unknown setting": (
        with_line("bacth_size: 3"),
        "Line 6: bacth_size is not a setting of a plan.",
    ),
    "unknown backbone": (
        PLAN.replace("resnet18", "resnet19"),
        "Line 1: resnet19 is not a backbone. Did you mean resnet",
    ),
    "unknown block": (PLAN.replace("head", "layr4"), "Line 5: layr4 is not a block of ResNet-18. Did you mean layer4?"),
    "unknown schedule": (with_line("    schedule: cosin"), "Line 6: cosin is not a schedule. Did you mean cosine?"),
    "unknown weights": (
        with_line("weights: imagenot"),
        "Line 6: imagenot is not a set of weights of ResNet-18.",
    ),
    "unknown of a phase": (
        with_line("    epoch: 3"),
        "Line 6: epoch is not a setting of a phase. Did you mean",
    ),
    "block of a change": (
        with_line("changes:\n  - {after: 3, block: hed, rate: 0}"),
        "Line 7: hed is not a block of ResNet-18. Did you mean head?",
    ),
    "change lacks": (with_line("changes:\n  - {after: 3, block: head}"), "Line 7: a change lacks rate."),
    "change before": (with_line("changes:\n  - {after: -3, block: head, rate: 0}"), "Line 7: A change comes after -3"),
    "given twice": (with_line("backbone: vgg16"), "Line 6: backbone is given twice."),
    "block twice": (with_line("      head: 0.1"), "Line 6: head is given twice."),
    "negative": (
        PLAN.replace("0.001", "-0.001"),
        "Line 3: The rate of head is -0.001. It takes 0 (frozen) to 1",
    ),
    "nan": (PLAN.replace("0.001", ".nan"), "Line 3: The rate of head is nan."),
    "infinite": (PLAN.replace("0.001", ".inf"), "Line 3: The rate of head is inf."),
    "a million": (
        PLAN.replace("0.001", "1e6"),
        "Line 3: The rate of head is 1000000. It takes 0 (frozen) to 1",
    ),
    "all frozen": (PLAN.replace("0.001", "0"), "Line 3: Every block of a phase is frozen"),
    "no rates": (PLAN.replace("\n      head: 0.001", " {}"), "Line 3: Every block of a phase is frozen"),
    "a rate in quotes": (PLAN.replace("0.001", '"0.001"'), "Line 5: the rate of head is 0.001. It takes a number"),
    "a rate in words": (PLAN.replace("0.001", "fast"), "Line 5: the rate of head is fast. It takes a number"),
    "epochs of half": (PLAN.replace("3", "3.5"), "Line 3: epochs is 3.5. It takes a whole number."),
    "epochs of yes": (PLAN.replace("3", "yes"), "Line 3: epochs is yes. It takes a whole number."),
    "epochs of true": (PLAN.replace("3", "true"), "Line 3: epochs is True. It takes a whole number."),
    "no epochs": (PLAN.replace("3", "0"), "Line 3: Epochs of a phase is 0. It takes 1 to 200."),
    "warm-up too long": (with_line("    warmup: 3"), "Line 3: The warm-up is 3 epochs."),
    "statistics": (
        with_line("    moving_statistics: maybe"),
        "Line 6: moving_statistics is maybe. It takes",
    ),
    "batch": (with_line("batch_size: 1"), "Line 6: Batch size is 1. It takes 2 to 512."),
    "seed": (with_line("seed: -1"), "Line 6: Seed is -1."),
    "weight decay": (with_line("weight_decay: 2"), "Line 6: Weight decay is 2.0. It takes 0.0 to 1.0."),
    "size": (with_line("image_size: 10"), "Line 6: Picture size is 10. It takes 32 to 512."),
    "size of a network": (PLAN.replace("resnet18", "vit_b_16") + "image_size: 100", "Line 6: ViT-B/16 takes"),
    "too many epochs": (
        with_line("  - {epochs: 199, rates: {head: 0.1}}"),
        "Line 3: Epochs in all is 202. It takes 1 to 200.",
    ),
    "anchor": (with_line("seed: &a 3"), "Line 6: anchors (& and *) are not read."),
    "tag": (
        with_line("seed: !!python/object/apply:os.getpid []"),
        "Line 6: the tag tag:yaml.org,2002:python",
    ),
    "merge": (with_line("<<: {seed: 3}"), "Line 6: << is not a setting of a plan."),
    "two documents": (with_line("---\nseed: 3"), "Line 6: a second document begins here."),
    "no name": (with_line("? [seed]\n: 3"), "Line 6: this is no name."),
    "no yaml": (with_line("seed: [3"), "Line 7: "),
    "tab": (with_line("\tseed: 3"), "Line 6: "),
    "zero byte": (with_line("seed: \x00"), "The file holds signs that YAML does not allow."),
    "too deep": ("[" * 5000, "Line 1: this lies too deep."),
    "too large": ("#" * (LARGEST + 1), "The file has 64,001 characters. It takes at most 64,000."),
    "a long number": (with_line(f"seed: {'9' * 5000}"), "Line 6: seed is inf. It takes a whole number."),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line(text, said):
    with pytest.raises(ChoiceError) as caught:
        from_yaml(text)
    assert str(caught.value).startswith(said)


def test_a_billion_laughs_are_not_laughed():
    laughs = "a: &a [ha, ha]\n" + "".join(
        f"{after}: &{after} [*{before}, *{before}]\n" for before, after in ("ab", "bc")
    )
    with pytest.raises(ChoiceError, match="Line 1: anchors"):
        from_yaml(laughs)
