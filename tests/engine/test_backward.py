"""Gradients are caught at every block in one pass, are the true ones, and leave the network as it was."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from tlcore.catalog.cards import Block
from tlcore.engine.backward import send_back
from tlcore.engine.hooks import gradients_caught


def block(name, output):
    return Block(name=name, label="", prefixes=(output,), output=output)


def deep(factor, layers=5, width=4):
    """Linear layers that each multiply what goes through them, and so the gradient on its way back, by `factor`."""
    parts = [nn.Linear(width, width, bias=False) for _ in range(layers)]
    for part in parts:
        nn.init.eye_(part.weight)
        with torch.no_grad():
            part.weight.mul_(factor)
    return nn.Sequential(nn.Flatten(), *parts).eval()


BLOCKS = tuple(block(f"layer{number}", str(number)) for number in range(1, 5))
PICTURE = torch.arange(1.0, 5.0).reshape(1, 4, 1, 1)


def length(gradient):
    return float(gradient.norm())


def test_a_network_that_shrinks_its_gradient_does_so_block_by_block():
    sent = send_back(deep(0.01), BLOCKS, PICTURE, wanted=2)
    lengths = [length(sent.gradients[name]) for name in ("layer1", "layer2", "layer3", "layer4")]
    assert lengths == pytest.approx([1e-8, 1e-6, 1e-4, 1e-2])


def test_a_network_that_enlarges_its_gradient_does_so_block_by_block():
    sent = send_back(deep(100.0), BLOCKS, PICTURE, wanted=2)
    assert length(sent.gradients["layer1"]) == pytest.approx(1e8)
    assert length(sent.gradients["layer4"]) == pytest.approx(1e2)


def test_the_gradient_is_what_a_small_change_makes_of_the_score():
    torch.manual_seed(0)
    first, second = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 2, 3)
    module = nn.Sequential(first, nn.ReLU(inplace=True), second, nn.AdaptiveAvgPool2d(1), nn.Flatten()).double().eval()
    inputs = torch.rand(1, 3, 6, 6, dtype=torch.float64)
    sent = send_back(module, (block("stem", "0"),), inputs, wanted=1)
    with torch.no_grad():
        output, rest = first(inputs), lambda values: module[2:](values.relu())[0, 1]
        for place in ((0, 0, 2, 3), (0, 3, 5, 5)):
            changed = output.clone()
            changed[place] += 1e-6
            assert float(rest(changed) - rest(output)) / 1e-6 == pytest.approx(
                float(sent.gradients["stem"][place]), rel=1e-4, abs=1e-9
            )


def test_what_follows_in_place_does_not_change_what_is_caught():
    """A full backward hook fails here: this is why the hooks are those of tensors."""
    module = nn.Sequential(nn.Flatten(), nn.Identity(), nn.Linear(2, 2), nn.ReLU(inplace=True))
    with torch.no_grad():
        module[2].weight.copy_(torch.tensor([[1.0, 2.0], [1.0, -3.0]]))
        module[2].bias.zero_()
    inputs = torch.ones(1, 2)
    sent = send_back(module, (block("stem", "2"),), inputs, wanted=1)
    assert sent.scores.tolist() == [3.0, 0.0]
    assert sent.gradients["stem"].tolist() == [[0.0, 0.0]]
    handle = module[2].register_full_backward_hook(lambda *_: None)
    with pytest.raises(RuntimeError, match="inplace"):
        module(inputs.requires_grad_())
    handle.remove()


def test_frozen_blocks_are_passed_and_stay_frozen():
    module = deep(1.0)
    for parameter in module[:3].parameters():
        parameter.requires_grad_(False)
    module[4].weight.grad = kept = torch.ones(4, 4)
    sent = send_back(module, BLOCKS, PICTURE, wanted=0)
    assert all(length(gradient) == 1.0 for gradient in sent.gradients.values())
    flags = [parameter.requires_grad for parameter in module.parameters()]
    assert flags == [False, False, True, True, True]
    assert module[4].weight.grad is kept
    assert kept.tolist() == torch.ones(4, 4).tolist()
    assert all(part.weight.grad is None for part in (module[1], module[2], module[3], module[5]))


def test_the_likeliest_class_is_taken_where_none_is_named():
    assert send_back(deep(1.0), BLOCKS, PICTURE, wanted=None).wanted == 3


def test_no_hook_is_left_after_success_nor_after_errors(hooks_left):
    module = deep(1.0)
    send_back(module, BLOCKS, PICTURE, wanted=0)
    assert hooks_left(module) == 0
    with pytest.raises(RuntimeError):
        send_back(module, BLOCKS, torch.rand(1, 7, 1, 1), wanted=0)
    with pytest.raises(IndexError):
        send_back(module, BLOCKS, PICTURE, wanted=9)
    with pytest.raises(AttributeError):
        send_back(module, (*BLOCKS, replace(BLOCKS[0], output="no.such.part")), PICTURE, wanted=0)
    assert hooks_left(module) == 0


def test_hooks_of_tensors_are_taken_away_too():
    module = deep(1.0)
    with gradients_caught(module, BLOCKS) as caught:
        scores = module(PICTURE.clone().requires_grad_())
    scores.sum().backward()
    assert caught == {}
