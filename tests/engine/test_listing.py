"""The PyTorch lines that a plan is shown as run, and do what the engine does."""

import pytest
import torch

from tlcore.catalog.backbones import BACKBONES, DEFAULT, backbone
from tlcore.config import Phase
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.modality.image import build_module
from tlcore.engine.state import published_state
from tlcore.listing import listing
from tlcore.plan import plan_groups
from tlcore.strategies import fill

CLASSES = 3


def ran(config):
    lines = {}
    exec(listing(config, CLASSES), lines)
    return lines


@pytest.mark.parametrize("card", BACKBONES.values(), ids=BACKBONES)
def test_the_lines_make_the_groups_of_the_plan_and_freeze_what_it_freezes(card, plan):
    names = [block.name for block in card.blocks]
    schedule = fill("gradual", names, 3)
    with torch.device("meta"):
        lines = ran(plan("0" * 64, name=card.name, schedule=schedule))
        module = build_module(card, CLASSES)
    model = lines["model"]
    counts = {name: parameter.numel() for name, parameter in module.named_parameters()}
    by_name = {id(parameter): name for name, parameter in model.named_parameters()}
    for number, phase in enumerate(schedule, start=1):
        groups = plan_groups(counts, card.blocks, phase, 0.01)
        lines["enter"](lines[f"phase_{number}"])
        lines["train_mode"](lines[f"phase_{number}"])
        apply_groups(module, groups)
        train_mode(module, card.blocks, groups)
        held = lines["optimizer"].param_groups
        assert [(group["name"], group["lr"], group["weight_decay"]) for group in held] == [
            (group.block, group.rate, group.weight_decay) for group in groups
        ]
        assert [tuple(by_name[id(one)] for one in group["params"]) for group in held] == [
            group.parameters for group in groups
        ]
        learns = {name: parameter.requires_grad for name, parameter in module.named_parameters()}
        assert {name: parameter.requires_grad for name, parameter in model.named_parameters()} == learns
        training = {name: part.training for name, part in module.named_modules()}
        assert {name: part.training for name, part in model.named_modules()} == training


def test_the_lines_load_the_published_weights_and_begin_the_head_anew(plan):
    card = backbone(DEFAULT)
    config = plan("0" * 64, name=DEFAULT, weights="imagenet", schedule=(Phase(epochs=1, rates={"head": 0.001}),))
    state, published = ran(config)["model"].state_dict(), published_state(card)
    assert all(torch.equal(state[name], published[name]) for name in state if not card.head.holds(name))
    assert not state["classifier.bias"].any()
    assert float(state["classifier.weight"].std()) == pytest.approx(0.01, rel=0.1)
