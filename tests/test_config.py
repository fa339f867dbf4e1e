"""A bad choice fails at birth with its name and its range; a draft becomes the plan that it shows."""

from dataclasses import replace

import pytest

from tlcore.catalog.backbones import BACKBONES
from tlcore.config import Compute, Loader, Optimizer, Phase, RunConfig
from tlcore.draft import Draft
from tlcore.errors import ChoiceError
from tlcore.records import from_json, to_json
from tlcore.strategies import STRATEGIES, fill, rates_by_depth

BLOCKS = ("stem", "a", "b", "c", "d", "head")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Phase(epochs=0, rates={"head": 0.1}), "Epochs of a phase is 0. It takes 1 to 200."),
        (lambda: Phase(epochs=201, rates={"head": 0.1}), "Epochs of a phase is 201."),
        (
            lambda: Phase(epochs=1, rates={"head": 2.0}),
            "The rate of head is 2. It takes 0 (frozen) to 1; the nearest is 1.",
        ),
        (lambda: Phase(epochs=1, rates={"head": -0.1}), "The rate of head is -0.1."),
        (lambda: Phase(epochs=1, rates={"head": float("nan")}), "The rate of head is nan."),
        (lambda: Phase(epochs=1, rates={"head": float("inf")}), "The rate of head is inf."),
        (lambda: Phase(epochs=1, rates={"head": 0.0}), "Every block of a phase is frozen"),
        (lambda: Phase(epochs=1, rates={}), "Every block of a phase is frozen"),
        (lambda: Optimizer(weight_decay=-1), "Weight decay is -1."),
        (lambda: Optimizer(weight_decay=float("nan")), "Weight decay is nan."),
        (lambda: Loader(batch_size=1), "Batch size is 1. It takes 2 to 512."),
        (lambda: Loader(augment="gentel"), "Augmentation is gentel. Did you mean gentle?"),  # type: ignore[arg-type]
        (lambda: Loader(image_size=16), "Picture size is 16. It takes 32 to 512."),
        (lambda: Compute(device="tpu"), "Device is tpu. Did you mean cpu?"),
        (lambda: Compute(precision="bfloat"), "Precision is bfloat. Did you mean bfloat16?"),  # type: ignore[arg-type]
    ],
)
def test_a_bad_value_is_told_with_its_name_and_its_range(make, said):
    with pytest.raises(ChoiceError) as caught:
        make()
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schedule": ()}, "The schedule has no phase."),
        ({"schedule": (Phase(epochs=150, rates={"head": 0.1}),) * 2}, "Epochs in all is 300."),
        ({"seed": -1}, "Seed is -1."),
        ({"seed": 2**31}, "Seed is 2147483648."),
    ],
)
def test_a_run_without_sense_is_refused(plan, change, said):
    with pytest.raises(ChoiceError) as caught:
        replace(plan("0" * 64), **change)
    assert str(caught.value).startswith(said)


def test_the_rates_of_a_phase_cannot_be_changed_behind_its_back():
    rates = {"head": 0.1}
    phase = Phase(epochs=1, rates=rates)
    rates["stem"] = 0.5
    assert phase.rate("stem") == 0.0
    with pytest.raises(TypeError):
        phase.rates["head"] = 0.0


def test_a_run_survives_being_written_down(plan):
    config = plan("0" * 64, schedule=(Phase(epochs=2, rates={"head": 1e-3}), Phase(epochs=3, rates={"stem": 1e-5})))
    assert from_json(RunConfig, to_json(config)) == config
    assert config.epochs == 5


def test_a_mistyped_setting_of_a_run_gets_the_nearest_one(plan):
    text = to_json(plan("0" * 64)).replace("batch_size", "bacth_size")
    with pytest.raises(
        ChoiceError, match=r"bacth_size is not a setting of RunConfig.loader. Did you mean batch_size\?"
    ):
        from_json(RunConfig, text)


def test_rates_fall_with_depth_by_one_formula():
    rates = rates_by_depth(("stem", "mid", "head"), 0.001, 0.5)
    assert rates == {"stem": 0.00025, "mid": 0.0005, "head": 0.001}


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("epochs", [1, 2, 3, 10, 11, 200])
def test_every_strategy_spends_exactly_the_epochs_it_is_given(strategy, epochs):
    schedule = fill(strategy, BLOCKS, epochs)
    assert sum(phase.epochs for phase in schedule) == epochs
    assert all(phase.rate("head") > 0 for phase in schedule)
    assert all(set(phase.rates) <= set(BLOCKS) for phase in schedule)


def test_feature_extraction_thaws_the_head_alone():
    (phase,) = fill("features", BLOCKS, 10)
    assert [block for block in BLOCKS if phase.rate(block) > 0] == ["head"]


def test_gradual_thawing_goes_from_the_head_backwards():
    thawed = [{block for block in BLOCKS if phase.rate(block) > 0} for phase in fill("gradual", BLOCKS, 10)]
    assert thawed == [{"head"}, {"c", "d", "head"}, {"a", "b", "c", "d", "head"}]


def test_discriminative_rates_grow_towards_the_head():
    (phase,) = fill("depth", BLOCKS, 10)
    rates = [phase.rate(block) for block in BLOCKS]
    assert rates == sorted(rates)
    assert len(set(rates)) == len(rates)


def test_an_unknown_strategy_names_the_nearest():
    with pytest.raises(ChoiceError, match=r"Did you mean gradual\?"):
        fill("gradually", BLOCKS, 3)


def test_a_draft_becomes_the_run_that_it_shows():
    draft = Draft(data="0" * 64, backbone="resnet18", epochs=6, seed=3).by_strategy("gradual")
    config = draft.config("mine")
    assert (config.schedule, config.epochs, config.seed, config.weights) == (draft.phases, 6, 3, "imagenet")


def test_a_rate_set_by_hand_changes_one_rate_and_nothing_else():
    draft = Draft(epochs=6).by_strategy("gradual")
    by_hand = draft.with_rate(1, "stem", 0.01)
    assert by_hand.strategy == "own"
    assert by_hand.phases[1].rate("stem") == 0.01
    assert by_hand.phases[1].rate("head") == draft.phases[1].rate("head")
    assert (by_hand.phases[0], by_hand.phases[2]) == (draft.phases[0], draft.phases[2])


def test_another_backbone_drops_rates_that_named_the_first_ones_blocks():
    draft = Draft(backbone="resnet18").with_rate(0, "layer4", 0.01).on("vgg16")
    blocks = {block.name for block in BACKBONES["vgg16"].blocks}
    assert draft.strategy == "features"
    assert all(set(phase.rates) <= blocks for phase in draft.phases)


def test_the_same_backbone_again_keeps_what_was_set_by_hand():
    draft = Draft(backbone="resnet18").with_rate(0, "layer4", 0.01)
    assert draft.on("resnet18") is draft


def test_from_scratch_needs_no_weights_and_leaving_it_takes_them_back():
    draft = Draft().by_strategy("scratch")
    assert draft.weights == "scratch"
    assert draft.by_strategy("low").weights == "imagenet"
    assert Draft(weights="f" * 64).by_strategy("low").weights == "f" * 64


def test_a_rate_by_hand_on_an_own_weights_file_keeps_the_file():
    draft = Draft(data="0" * 64, weights="f" * 64)
    assert draft.with_rate(0, "head", 0.01).config("x").weights == "f" * 64
