"""Hooks fire in the network's order and are gone afterwards; what shares the network's memory changes with it."""

import pytest
import torch
from torch import nn

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import Block
from tlcore.engine.answers.inspect import there, there_and_back
from tlcore.engine.desk import Desk
from tlcore.engine.hooks import WAYS, gradients_caught, hooks_on, keep_every_way
from tlcore.engine.in_place import find_overwritten
from tlcore.engine.modality.image import build_module
from tlcore.errors import ThawError
from tlcore.questions import Inspect, Keep, Network, Shown


class Adding(nn.Module):
    """Adds what it was given to what its convolution makes of it, in place, as a residual block does."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, given):
        out = self.conv(given)
        out += given
        return out


@pytest.fixture
def toy():
    """A convolution, a ReLU in place, and a ReLU that is not."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(inplace=True), nn.Conv2d(4, 2, 1), nn.ReLU()).eval()


@pytest.fixture
def inputs():
    return torch.randn(1, 3, 4, 4)


@pytest.fixture(scope="module")
def card():
    return backbone("squeezenet1_0")


@pytest.fixture(scope="module")
def network(card):
    torch.manual_seed(0)
    return build_module(card, 2).eval()


@pytest.fixture
def looked_at(dataset):
    """The network and the picture of a question about the small set."""
    named = Network(
        backbone="squeezenet1_0", weights="scratch", checkpoint=None, classes=dataset.manifest.classes, image_size=32
    )
    shown = Shown(data=dataset.manifest.digest, picture=dataset.manifest.examples[0].id, workspace="person")
    return {"network": named, "picture": shown}


@pytest.mark.parametrize("passing", [there, there_and_back])
def test_hooks_are_counted_before_during_and_after_a_pass(card, network, passing, hooks_left):
    told = passing(network, card.blocks, torch.rand(1, 3, 32, 32))
    assert (told.before, told.during, told.after) == (0, len(card.blocks), 0)
    assert hooks_left(network) == 0


def test_a_hook_that_somebody_else_left_is_counted(card, network):
    handle = network.register_forward_hook(lambda *_: None)
    told = there(network, card.blocks, torch.rand(1, 3, 32, 32))
    handle.remove()
    assert (told.before, told.during, told.after) == (1, len(card.blocks) + 1, 1)


def test_every_kind_of_hook_counts(toy):
    handles = [
        toy[0].register_forward_hook(lambda *_: None),
        toy[0].register_forward_pre_hook(lambda *_: None),
        toy[2].register_full_backward_hook(lambda *_: None),
        toy.register_full_backward_pre_hook(lambda *_: None),
    ]
    assert hooks_on(toy) == len(handles)
    for handle in handles:
        handle.remove()
    assert hooks_on(toy) == 0


@pytest.mark.parametrize("passing", [there, there_and_back])
def test_after_an_error_in_the_middle_of_a_pass_no_hook_is_left(card, network, passing, hooks_left):
    with pytest.raises(RuntimeError):
        passing(network, card.blocks, torch.rand(1, 5, 32, 32))
    assert hooks_left(network) == 0


def test_hooks_fire_from_the_stem_to_the_head_and_back_again(card, network):
    inputs = torch.rand(1, 3, 32, 32)
    forward, backward = there(network, card.blocks, inputs), there_and_back(network, card.blocks, inputs)
    assert [firing.block for firing in forward.fired] == list(card.block_names)
    assert [firing.block for firing in backward.fired] == list(card.block_names)[::-1]
    assert {one.block: one.shape for one in forward.fired} == {one.block: one.shape for one in backward.fired}
    assert all(firing.size > 0 for firing in (*forward.fired, *backward.fired))


def test_a_gradient_that_is_caught_is_the_one_that_autograd_gives(toy, inputs):
    block = Block(name="last", label="", prefixes=("2",), output="2")
    with gradients_caught(toy, (block,)) as caught:
        (asked,) = torch.autograd.grad(toy(inputs.requires_grad_()).sum(), [inputs], retain_graph=True)
        output = toy[:3](inputs)
        (expected,) = torch.autograd.grad(toy[3](output).sum(), [output])
    assert torch.equal(caught["last"], expected)
    assert asked.shape == inputs.shape


def test_a_relu_in_place_is_found_and_one_that_is_not_is_left_out(toy, inputs, hooks_left):
    (found,) = find_overwritten(toy, inputs)
    assert (found.part, found.by) == ("0", "1")
    assert torch.equal(found.output, found.copy.relu())
    assert hooks_left(toy) == 0


def test_an_addition_in_place_is_laid_to_the_module_whose_code_it_is(inputs):
    (found,) = find_overwritten(nn.Sequential(Adding(), nn.ReLU()), inputs)
    assert (found.part, found.by) == ("0.conv", "0")


def test_what_changes_no_number_is_no_change(inputs):
    assert find_overwritten(nn.Sequential(nn.ReLU(), nn.ReLU(inplace=True)), inputs) == []


def test_of_a_part_that_puts_out_twice_the_last_time_counts(inputs):
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 3, 1)
    shared = nn.Sequential(conv, nn.Tanh(), conv, nn.ReLU(inplace=True))
    (found,) = find_overwritten(shared, inputs)
    assert found.part == "0"
    kept = keep_every_way(shared, "0", inputs)
    assert torch.equal(kept["output.clone()"], found.copy)


def test_only_a_clone_stays_as_the_hook_saw_it(toy, inputs, hooks_left):
    expected = toy[0](inputs)
    assert (expected < 0).any()
    kept = keep_every_way(toy, "0", inputs)
    assert set(kept) == set(WAYS)
    assert torch.equal(kept["output"], expected.relu())
    assert torch.equal(kept["output.detach()"], expected.relu())
    assert torch.equal(kept["output.clone()"], expected)
    assert torch.equal(kept["output.detach().clone()"], expected)
    assert [code for code, tensor in kept.items() if tensor.requires_grad] == ["output", "output.clone()"]
    assert hooks_left(toy) == 0


def test_after_an_error_behind_the_part_its_hook_is_gone(toy, hooks_left):
    broken = nn.Sequential(toy[0], nn.Conv2d(9, 9, 1))
    with pytest.raises(RuntimeError):
        keep_every_way(broken, "0", torch.rand(1, 3, 4, 4))
    assert hooks_left(broken) == 0


def test_the_desk_tells_of_the_hooks_and_of_what_a_hook_keeps(store, looked_at):
    desk = Desk(store)
    told = desk._answer(Inspect(**looked_at))
    assert told.forward.plain > 0
    assert told.backward.hooked > 0
    place = told.places[0]
    assert (place.part, place.by, place.operation) == ("features.0", "features.1", "ReLU")
    kept = desk._answer(Keep(**looked_at, part=place.part))
    assert 0 < kept.changed < 1
    assert (kept.seen.low, kept.seen.high) == (kept.afterwards.low, kept.afterwards.high)
    assert kept.seen.png != kept.afterwards.png
    assert [(way.code, way.size > 0, way.way_back, way.difference > 0) for way in kept.ways] == [
        ("output", False, True, True),
        ("output.detach()", False, False, True),
        ("output.clone()", True, True, False),
        ("output.detach().clone()", True, False, False),
    ]


def test_a_part_that_the_network_lacks_is_refused_in_words(store, looked_at):
    with pytest.raises(ThawError, match=r"no.such is not a part of SqueezeNet"):
        Desk(store)._answer(Keep(**looked_at, part="no.such"))
