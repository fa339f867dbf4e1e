"""The drift meter reads exactly zero for what did not move by a single bit, and a length for what did."""

import pytest
import torch
from torch import nn

from tlcore.catalog.cards import Block
from tlcore.engine.drift import DriftMeter

BLOCKS = (
    Block(name="stem", label="", prefixes=("0", "1"), output="1"),
    Block(name="head", label="", prefixes=("3",), output="3", layout="vector"),
)


@pytest.fixture
def module():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))


def test_a_network_that_did_not_move_reads_exactly_zero(module):
    moved = DriftMeter(module, BLOCKS).measure(0, 0.0)
    assert moved.weights == {"stem": 0.0, "head": 0.0}
    assert moved.statistics == {"stem": 0.0}
    assert moved.gradients == {}


def test_a_change_is_told_relative_to_the_length_at_the_start(module):
    meter = DriftMeter(module, BLOCKS)
    with torch.no_grad():
        for parameter in module[3].parameters():
            parameter.mul_(1.25)
    moved = meter.measure(0, 0.0)
    assert moved.weights["head"] == pytest.approx(0.25)
    assert moved.weights["stem"] == 0.0


@pytest.mark.parametrize("change", [1e-45, 1e-30, 1e-10])
def test_the_smallest_change_is_not_zero(module, change):
    with torch.no_grad():
        module[0].weight.zero_()
    meter = DriftMeter(module, BLOCKS)
    with torch.no_grad():
        module[0].weight[0, 0] += change
    assert meter.measure(0, 0.0).weights["stem"] > 0.0


def test_statistics_are_read_apart_from_weights(module):
    meter = DriftMeter(module, BLOCKS)
    module.train()(torch.rand(8, 4) + 5)
    moved = meter.measure(0, 0.0)
    assert moved.weights == {"stem": 0.0, "head": 0.0}
    assert moved.statistics["stem"] > 0.1


def test_gradients_are_told_where_there_are_some(module):
    for parameter in module[0].parameters():
        parameter.requires_grad_(False)
    for parameter in module[1].parameters():
        parameter.requires_grad_(False)
    module(torch.rand(8, 4)).sum().backward()
    moved = DriftMeter(module, BLOCKS).measure(3, 1.5)
    assert set(moved.gradients) == {"head"}
    assert moved.gradients["head"] == pytest.approx(
        float(torch.cat([parameter.grad.flatten() for parameter in module[3].parameters()]).norm())
    )
    assert (moved.step, moved.seconds) == (3, 1.5)
