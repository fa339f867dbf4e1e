"""Hooks are borrowed and given back, and what they capture stays as it was."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import Block
from tlcore.engine.answers.see import as_grid, as_map
from tlcore.engine.hooks import HookSession
from tlcore.engine.modality.image import build_module


@pytest.fixture(scope="module")
def card():
    return backbone("mobilenet_v2")


@pytest.fixture(scope="module")
def module(card):
    return build_module(card, 2).eval()


def test_after_success_no_hook_is_left(card, module, hooks_left):
    with HookSession(module, card.blocks) as hooks:
        assert hooks_left(module) == len(card.blocks)
        module(torch.rand(1, 3, 32, 32))
    assert hooks_left(module) == 0
    assert list(hooks.captured) == [block.name for block in card.blocks]


def test_after_an_error_no_hook_is_left(card, module, hooks_left):
    with pytest.raises(RuntimeError), HookSession(module, card.blocks):
        module(torch.rand(1, 5, 32, 32))
    assert hooks_left(module) == 0


def test_after_a_block_that_is_not_there_no_hook_is_left(card, module, hooks_left):
    wrong = (card.blocks[0], replace(card.blocks[1], output="no.such.part"))
    with pytest.raises(AttributeError), HookSession(module, wrong):
        pass
    assert hooks_left(module) == 0


def test_an_operation_in_place_does_not_change_what_was_captured():
    module = nn.Sequential(nn.Flatten(), nn.Identity(), nn.ReLU(inplace=True))
    block = Block(name="stem", label="", prefixes=("1",), output="1")
    with torch.inference_mode(), HookSession(module, (block,)) as hooks:
        assert module(torch.tensor([[1.0, -2.0]])).tolist() == [[1.0, 0.0]]
    assert hooks.captured["stem"].tolist() == [[1.0, -2.0]]


def test_tokens_lie_as_their_patches_did():
    tokens = torch.arange(5 * 3, dtype=torch.float32).reshape(5, 3)
    grid = as_grid(tokens, "tokens")
    assert grid.shape == (3, 2, 2)
    assert grid[:, 0, 1].tolist() == tokens[2].tolist()
    assert grid[:, 1, 0].tolist() == tokens[3].tolist()


def test_a_map_uses_the_whole_range_and_tells_its_ends():
    found = as_map(torch.tensor([[-1.0, 0.0], [1.0, 3.0]]))
    assert (found.low, found.high) == (-1.0, 3.0)
    assert (as_map(torch.zeros(2, 2)).low, as_map(torch.zeros(2, 2)).high) == (0.0, 0.0)
