"""Channels that are dead by construction are counted, no others; gates that are stuck are told; sizes are right."""

import pytest
import torch
from torch import nn

from tlcore.catalog.cards import Block
from tlcore.engine.hooks import watched
from tlcore.engine.vitals import Vitals

PICTURES = torch.linspace(-1, 1, 4 * 3 * 6 * 6).reshape(4, 3, 6, 6)


def looked_at(activation, bias=(0.0, 0.0, 0.0, 0.0), layout="map"):
    """Send pictures through a block of four channels that end in `activation`, in two batches; return its health."""
    conv = nn.Conv2d(3, 4, 1)
    torch.nn.init.constant_(conv.weight, 0.5)
    with torch.no_grad():
        conv.bias.copy_(torch.tensor(bias))
    stem = nn.Sequential(conv, activation)
    module = nn.Sequential(stem, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))).eval()
    blocks = (
        Block(name="stem", label="", prefixes=("0",), output="0", layout=layout),
        Block(name="head", label="", prefixes=("1",), output="1", layout="vector"),
    )
    vitals = Vitals(module, blocks)
    with torch.inference_mode(), watched(module, vitals.entered, vitals.left):
        for batch in PICTURES.split(2):
            vitals.begin()
            module(batch)
    (health,) = vitals.told()
    return health


@pytest.mark.parametrize("activation", [nn.ReLU(), nn.ReLU(inplace=True), nn.ReLU6()])
def test_a_channel_that_is_never_above_zero_is_dead(activation):
    health = looked_at(activation, bias=(0.0, -100.0, 1.0, -100.0))
    assert (health.channels, health.dead) == (4, 2)


def test_a_channel_that_wakes_for_one_picture_alone_is_alive():
    highest = float(PICTURES.sum(1).max()) / 2
    assert looked_at(nn.ReLU(), bias=(0.0, -highest + 0.01, 0.0, 0.0)).dead == 0
    assert looked_at(nn.ReLU(), bias=(0.0, -highest - 0.01, 0.0, 0.0)).dead == 1


@pytest.mark.parametrize("activation", [nn.GELU(), nn.SiLU(), nn.Hardswish()])
def test_where_numbers_below_zero_pass_a_channel_is_dead_that_never_changes(activation):
    health = looked_at(activation, bias=(0.0, -100.0, 0.0, 0.0))
    assert (health.channels, health.dead) == (4, 1)


def test_a_block_without_an_activation_is_told_by_its_output():
    assert looked_at(nn.Identity(), bias=(0.0, 5.0, -5.0, 0.0)).dead == 0
    clamped = looked_at(nn.Threshold(0.0, 0.0), bias=(0.0, -100.0, 0.0, 0.0))
    assert (clamped.channels, clamped.dead) == (4, 1)


@pytest.mark.parametrize(
    ("activation", "bias", "stuck"),
    [
        (nn.Sigmoid(), 0.0, 0.0),
        (nn.Sigmoid(), 100.0, 1.0),
        (nn.Sigmoid(), -100.0, 1.0),
        (nn.Hardsigmoid(), 100.0, 1.0),
        (nn.Tanh(), -100.0, 1.0),
        (nn.Tanh(), 0.0, 0.0),
        (nn.Hardswish(), -100.0, 1.0),
        (nn.Hardswish(), 100.0, 1.0),
        (nn.Hardswish(), 0.5, 0.0),
    ],
)
def test_gates_at_their_ends_are_stuck(activation, bias, stuck):
    assert looked_at(activation, bias=(bias, bias, 0.3, 0.3)).stuck == stuck / 2


def test_a_block_without_gates_has_none():
    assert looked_at(nn.ReLU()).stuck is None


def test_the_size_is_the_root_mean_square_of_the_output():
    health = looked_at(nn.ReLU())
    expected = (PICTURES.sum(1, keepdim=True) / 2).relu().square().mean((1, 2, 3)).sqrt().mean()
    assert health.size == pytest.approx(float(expected), rel=1e-3)


def test_a_size_that_is_no_number_is_told_as_none():
    assert looked_at(nn.ReLU(), bias=(float("inf"), 0.0, 0.0, 0.0)).size is None


def test_channels_are_found_whether_they_come_first_or_last():
    class Turned(nn.Module):
        """A GELU on maps with their channels last, as in ConvNeXt."""

        def __init__(self):
            super().__init__()
            self.act = nn.GELU()

        def forward(self, maps):
            return self.act(maps.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    health = looked_at(Turned(), bias=(0.0, -100.0, 0.0, 0.0))
    assert (health.channels, health.dead) == (4, 1)
