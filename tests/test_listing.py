"""The PyTorch lines beside a plan do what they say."""

import pytest
import torch

from tlcore.catalog.backbones import BACKBONES, DEFAULT, backbone
from tlcore.config import RunConfig
from tlcore.listing import listing
from tlcore.plan import preview
from tlcore.strategies import STRATEGIES, fill


def _config(name: str, strategy: str, weights: str) -> RunConfig:
    schedule = fill(strategy, [block.name for block in backbone(name).blocks], 6)
    return RunConfig(name="x", data="", backbone=name, weights=weights, strategy=strategy, schedule=schedule)


@pytest.mark.parametrize("name", [name for name in BACKBONES if name != "vgg16"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_lines_hold_the_groups_of_the_preview(name: str, strategy: str) -> None:
    config = _config(name, strategy, "scratch")
    scope: dict = {}
    exec(listing(config, classes=3), scope)
    planned = preview(config, classes=3)[0]
    held = [
        (group["name"], group["lr"], sum(parameter.numel() for parameter in group["params"]))
        for group in scope["optimizer"].param_groups
    ]
    assert held == [(group.block, group.rate, group.values) for group in planned]


def test_the_lines_load_the_pretrained_trunk_and_freeze_it() -> None:
    scope: dict = {}
    exec(listing(_config(DEFAULT, "features", "imagenet"), classes=3), scope)
    model = scope["model"]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model(torch.randn(4, 3, 64, 64)).sum().backward()
    scope["optimizer"].step()
    moved = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {"classifier.weight", "classifier.bias"}
