"""The PyTorch lines that a plan is shown as run, and do what the engine does, for every network of the catalog."""

from dataclasses import replace
from typing import get_args

import pytest
import torch

from tlcore.catalog.backbones import BACKBONES, DEFAULT, backbone
from tlcore.config import Change, Phase, Shape
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.modality.image import Outlining, build_outline
from tlcore.engine.state import published_state
from tlcore.listing import listing
from tlcore.plan import plan_groups
from tlcore.schedules import factor
from tlcore.strategies import STRATEGIES, fill

CLASSES = 3
HEAD_ALONE = (Phase(epochs=1, rates={"head": 0.001}),)


def ran(config):
    lines = {}
    exec(listing(config, CLASSES), lines)
    return lines


@pytest.mark.parametrize("card", BACKBONES.values(), ids=BACKBONES)
def test_the_lines_make_the_groups_of_the_plan_and_freeze_what_it_freezes(card, plan):
    schedule = fill("gradual", [block.name for block in card.blocks], 3)
    with Outlining():
        lines = ran(plan("0" * 64, name=card.name, schedule=schedule))
    module, model = build_outline(card, CLASSES), lines["model"]
    by_name = {id(parameter): name for name, parameter in model.named_parameters()}
    for number, phase in enumerate(schedule, start=1):
        groups = plan_groups(card, CLASSES, phase.rates, 0.01)
        lines["enter"](lines[f"phase_{number}"])
        lines["train_mode"](lines[f"phase_{number}"])
        apply_groups(module, card.blocks, groups)
        train_mode(module, card.blocks, groups)
        held = lines["optimizer"].param_groups
        assert [
            (group["name"], group["lr"], group["weight_decay"], sum(one.numel() for one in group["params"]))
            for group in held
        ] == [(group.block, group.rate, group.weight_decay, group.values) for group in groups]
        for group, block in zip(held, card.blocks, strict=True):
            assert all(block.holds(by_name[id(one)]) for one in group["params"])
        learns = {name: parameter.requires_grad for name, parameter in module.named_parameters()}
        assert {name: parameter.requires_grad for name, parameter in model.named_parameters()} == learns
        training = {name: part.training for name, part in module.named_modules()}
        assert {name: part.training for name, part in model.named_modules()} == training


@pytest.mark.parametrize("shape", get_args(Shape))
@pytest.mark.parametrize("warmup", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("per_epoch", [1, 7, 40])
def test_the_lines_give_every_step_the_rate_that_the_engine_gives_it(plan, shape, warmup, per_epoch):
    phase = Phase(epochs=3, rates={"layer4": 0.0001, "head": 0.001}, shape=shape, warmup=warmup)
    other = Phase(epochs=1, rates={"head": 0.001}, shape="cosine")
    with torch.device("meta"):
        lines = ran(plan("0" * 64, name="resnet18", schedule=(phase, other)))
    lines["enter"](lines["phase_1"])
    for step in range(phase.epochs * per_epoch):
        lines["set_rates"](lines["phase_1"], lines["pace_1"], step, per_epoch)
        times = factor(phase, step, per_epoch)
        found = {group["name"]: group["lr"] for group in lines["optimizer"].param_groups}
        wanted = {block: phase.rate(block) * times for block in found}
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-18), step


def test_a_plan_without_schedules_has_no_lines_for_them(plan):
    assert "set_rates" not in listing(plan("0" * 64), CLASSES)


def test_the_lines_let_all_statistics_move_where_the_plan_does(plan):
    phase = Phase(epochs=1, rates={"head": 0.001}, moving_statistics=True)
    with torch.device("meta"):
        lines = ran(plan("0" * 64, name="resnet18", schedule=(phase,)))
    assert all(part.training for part in lines["model"].modules())


def test_the_lines_tell_of_planned_changes(plan):
    config = replace(plan("0" * 64, name="resnet18"), changes=(Change(after=7, block="layer3", rate=1e-5),))
    assert '# After step 7, to the end of the run: rates["layer3"] = 1e-05' in listing(config, CLASSES)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_can_be_said_in_lines(plan, strategy):
    schedule = fill(strategy, [block.name for block in backbone("squeezenet1_0").blocks], 6)
    lines = ran(plan("0" * 64, name="squeezenet1_0", schedule=schedule))
    for number, phase in enumerate(schedule, start=1):
        assert lines[f"phase_{number}"] == {block: rate for block, rate in phase.rates.items() if rate > 0}


def test_the_lines_load_the_published_weights_and_begin_the_head_anew(plan):
    card = backbone(DEFAULT)
    config = plan("0" * 64, name=DEFAULT, weights="imagenet", schedule=HEAD_ALONE)
    state, published = ran(config)["model"].state_dict(), published_state(card, card.weights[0])
    assert all(torch.equal(state[name], published[name]) for name in state if not card.head.holds(name))
    assert not state["classifier.bias"].any()
    assert float(state["classifier.weight"].std()) == pytest.approx(0.01, rel=0.1)


def test_a_step_of_the_lines_moves_the_head_alone(plan):
    lines = ran(plan("0" * 64, name=DEFAULT, weights="imagenet", schedule=HEAD_ALONE))
    model = lines["model"]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model(torch.randn(4, 3, 64, 64)).sum().backward()
    lines["optimizer"].step()
    moved = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {"classifier.weight", "classifier.bias"}


@pytest.mark.parametrize(
    ("name", "weights", "said"),
    [
        ("resnet50", "IMAGENET1K_V2", 'get_model("resnet50", weights="IMAGENET1K_V2")'),
        ("vit_b_16", "IMAGENET1K_SWAG_E2E_V1", "interpolate_embeddings(224, model.patch_size, pretrained)"),
        ("convnextv2_atto", "imagenet", 'timm.create_model("convnextv2_atto.fcmae_ft_in1k", pretrained=True)'),
        ("googlenet", "scratch", "aux_logits=False, init_weights=False, transform_input=True)"),
        ("vit_small_patch14_dinov2", "scratch", "dynamic_img_size=True)"),
    ],
)
def test_the_lines_name_the_chosen_weights_and_what_the_builder_is_told(plan, name, weights, said):
    lines = listing(plan("0" * 64, name=name, weights=weights, schedule=HEAD_ALONE), CLASSES)
    compile(lines, "lines", "exec")
    assert said in lines
