"""Frozen is three things together: no gradient, no stale gradient, no moving statistics."""

import pytest
import torch
from torch import nn

from tlcore.catalog.cards import BackboneCard, Block, Sizes
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.optimizer import build_optimizer, set_rates
from tlcore.plan import plan_groups

CARD = BackboneCard(
    name="tiny",
    title="Tiny",
    family="",
    library="torchvision",
    builder="tiny",
    blocks=(
        Block(name="stem", label="", prefixes=("0", "1"), output="1", tensors=4, values=28),
        Block(name="head", label="", prefixes=("3",), output="3", layout="vector", tensors=2, values=5),
    ),
    weights=(),
    sizes=Sizes(usual=32),
)
BLOCKS = CARD.blocks


@pytest.fixture
def module():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))


def groups(**rates):
    return plan_groups(CARD, 2, rates, 0.1)


def test_a_frozen_parameter_has_no_gradient_not_even_an_old_one(module):
    module(torch.rand(8, 4)).sum().backward()
    apply_groups(module, BLOCKS, groups(head=0.1))
    frozen = [*module[0].parameters(), *module[1].parameters()]
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in frozen)
    assert all(parameter.grad is not None and parameter.requires_grad for parameter in module[3].parameters())


def test_a_block_that_thaws_learns_again(module):
    apply_groups(module, BLOCKS, groups(head=0.1))
    apply_groups(module, BLOCKS, groups(head=0.1, stem=0.1))
    assert all(parameter.requires_grad for parameter in module.parameters())


def test_the_statistics_of_a_frozen_block_stand_still(module):
    train_mode(module, BLOCKS, groups(head=0.1))
    before = {name: value.clone() for name, value in module.named_buffers()}
    module(torch.rand(8, 4) + 5)
    assert all(torch.equal(value, before[name]) for name, value in module.named_buffers())
    assert module[3].training


def test_the_classic_mistake_leaves_the_statistics_of_a_frozen_block_moving(module):
    apply_groups(module, BLOCKS, groups(head=0.1))
    train_mode(module, BLOCKS, groups(head=0.1), moving_statistics=True)
    before = module[1].running_mean.clone()
    module(torch.rand(8, 4) + 5)
    assert not torch.equal(module[1].running_mean, before)
    assert not any(parameter.requires_grad for parameter in module[1].parameters())


def test_a_group_that_is_not_what_the_plan_says_is_noticed(module):
    with pytest.raises(AssertionError, match="head"):
        build_optimizer(module, BLOCKS, plan_groups(CARD, 3, {"head": 0.1}, 0.1))


def test_the_statistics_of_a_learning_block_move(module):
    train_mode(module, BLOCKS, groups(head=0.1))
    train_mode(module, BLOCKS, groups(head=0.1, stem=0.1))
    before = module[1].running_mean.clone()
    module(torch.rand(8, 4) + 5)
    assert not torch.equal(module[1].running_mean, before)


def test_a_gradient_left_behind_would_move_a_frozen_weight_and_ours_does_not(module):
    everything = groups(head=0.1, stem=0.1)
    optimizer = build_optimizer(module, BLOCKS, everything)
    module(torch.rand(8, 4)).sum().backward()
    optimizer.step()
    apply_groups(module, BLOCKS, groups(head=0.1))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    for _ in range(3):
        optimizer.step()  # The rates are still those of a learning block; what protects it is the missing gradient.
    state = module.state_dict()
    assert all(torch.equal(state[name], before[name]) for name in before if name[0] in "01")
    assert not torch.equal(state["3.weight"], before["3.weight"])


def test_all_groups_are_there_from_the_first_step_and_keep_what_they_learned(module):
    optimizer = build_optimizer(module, BLOCKS, groups(head=0.1))
    assert [(group["name"], group["lr"]) for group in optimizer.param_groups] == [("stem", 0.0), ("head", 0.1)]
    module(torch.rand(8, 4)).sum().backward()
    optimizer.step()
    held = {id(parameter): state for parameter, state in optimizer.state.items()}
    set_rates(optimizer, {"head": 0.2, "stem": 0.3})
    assert [group["lr"] for group in optimizer.param_groups] == [0.3, 0.2]
    assert {id(parameter): state for parameter, state in optimizer.state.items()} == held
