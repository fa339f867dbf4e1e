"""Every network of the catalog is cut into blocks that hold all of it, and learns block by block as its plan says."""

from copy import deepcopy
from functools import cache

import pytest
import torch
from captum.attr import LayerGradCam
from torch.nn.functional import cross_entropy

from tlcore.catalog.backbones import BACKBONES
from tlcore.catalog.stages import channels, side
from tlcore.engine.answers.see import as_grid
from tlcore.engine.backward import send_back
from tlcore.engine.blocks import blocks_out_of_order, find_blocks
from tlcore.engine.cut import Cut
from tlcore.engine.features import pooled
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.gradcam import eigen_cam, grad_cam
from tlcore.engine.hooks import HookSession, gradients_caught, grown_from, keep_every_way, run_until, watched
from tlcore.engine.in_place import find_overwritten
from tlcore.engine.modality import published
from tlcore.engine.modality.image import build_module, build_outline
from tlcore.engine.optimizer import build_optimizer, set_rates
from tlcore.engine.trace import Trace
from tlcore.engine.vitals import Vitals
from tlcore.plan import learning, partition, plan_groups

CLASSES = 3
RATE = 0.01
SMALL = 26e6
"""Numbers up to which a network is trained here; larger ones are taken through the same steps without values."""

CARDS = pytest.mark.parametrize("card", BACKBONES.values(), ids=BACKBONES)
TRAINED = pytest.mark.parametrize(
    "card",
    [
        pytest.param(card, id=name, marks=pytest.mark.slow if card.sizes.least > 100 else ())
        for name, card in BACKBONES.items()
        if card.values(CLASSES) <= SMALL
    ],
)


@cache
def built(name):
    """Build a network without values; whoever changes it takes a copy."""
    return build_outline(BACKBONES[name], CLASSES)


def outline(card):
    return deepcopy(built(card.name))


def pictures(card, device):
    return torch.rand(2, 3, card.sizes.least, card.sizes.least, device=device)


def snapshot(module, card):
    """Copy every parameter and buffer, by block."""
    state = module.state_dict()
    return {
        block: {name: state[name].clone() for name in names} for block, names in partition(card.blocks, state).items()
    }


def moved(module, before):
    """Say of every block whether any of its parameters or buffers differs in a single bit."""
    state = module.state_dict()
    return {
        block: any(not torch.equal(state[name], value) for name, value in values.items())
        for block, values in before.items()
    }


def planned(card, frozen):
    """Return the groups of a plan that freezes the first `frozen` blocks."""
    return plan_groups(card, CLASSES, {block.name: RATE for block in card.blocks[frozen:]}, 0.01)


@CARDS
def test_every_parameter_and_buffer_is_in_exactly_one_block(card):
    module = outline(card)
    held = partition(card.blocks, module.state_dict())
    assert sum(len(names) for names in held.values()) == len(module.state_dict())
    assert all(held.values())
    sizes = {name: parameter.numel() for name, parameter in module.named_parameters()}
    for block in card.blocks:
        own = [sizes[name] for name in held[block.name] if name in sizes]
        assert (len(own), sum(own)) == (block.tensors, card.values_of(block.name, CLASSES)), block.name
    assert sum(sizes.values()) == card.values(CLASSES)


@CARDS
def test_a_new_head_answers_with_the_persons_classes_and_everything_can_learn(card):
    module = outline(card).train()
    logits = module(pictures(card, "meta"))
    assert logits.shape == (2, CLASSES)
    logits.sum().backward()
    assert all(parameter.grad is not None for parameter in module.parameters())
    (head,) = card.head.prefixes
    assert module.get_submodule(head).weight.shape[0] == CLASSES
    assert (module.get_submodule(head).bias is None) == (card.head.tensors == 1)


@CARDS
def test_a_hook_on_every_block_gives_a_map_of_the_told_shape(card, hooks_left):
    module = outline(card).eval()
    size = card.sizes.usual
    with torch.no_grad(), HookSession(module, card.blocks) as hooks:
        module(torch.zeros(1, 3, size, size, device="meta"))
    assert hooks_left(module) == 0
    for block in card.blocks[:-1]:
        output = hooks.captured[block.name][0]
        found = as_grid(output, block.layout)
        assert pooled(hooks.captured[block.name], block.layout).shape == (1, found.shape[0])
        if block.layout == "vector":
            assert found.shape == block.shape
        else:
            assert output.shape == block.shape, block.name
            assert (found.ndim, found.shape[1]) == (3, found.shape[2]), block.name
            assert found.shape[1] == side(block) > 1
        assert pooled(hooks.captured[block.name], block.layout).shape == (1, channels(block)), block.name
    assert as_grid(hooks.captured["head"][0], "vector").shape == (CLASSES,)


@CARDS
def test_blocks_work_one_after_another_and_each_puts_out_once(card):
    trace = Trace(outline(card), card.sizes.usual)
    assert blocks_out_of_order(trace, card.blocks) == []


@CARDS
def test_the_card_says_what_the_network_and_its_library_say_today(card):
    assert card.options == published.options_of(card.library, card.builder)
    assert card.weights == published.weights_of(card.library, card.builder)
    assert card.auxiliary == published.auxiliary_of(card.library, card.builder, card.options)
    assert card.blocks == find_blocks(lambda classes: build_outline(card, classes), card.sizes.usual)


@CARDS
def test_freezing_a_prefix_leaves_no_gradient_in_it_and_groups_are_the_plans(card):
    module = outline(card)
    parts, own = ({block.name: [] for block in card.blocks} for _ in range(2))
    for named, held in ((module.named_modules(), parts), (module.named_parameters(), own)):
        for name, part in named:
            for block in card.blocks:
                if block.holds(name):
                    held[block.name].append(part)
    for frozen in (0, 1, len(card.blocks) - 1):
        groups = planned(card, frozen)
        held = build_optimizer(module, card.blocks, groups).param_groups
        assert [(group["name"], group["lr"]) for group in held] == [(group.block, group.rate) for group in groups]
        apply_groups(module, card.blocks, groups)
        train_mode(module, card.blocks, groups)
        learns = sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
        assert learns == learning(groups)
        module(pictures(card, "meta")).sum().backward()
        names = {block.name for block in card.blocks[:frozen]}
        for block in card.block_names:
            assert all(part.training != (block in names) for part in parts[block]), block
            assert all((parameter.grad is None) == (block in names) for parameter in own[block]), block


@TRAINED
def test_hooks_fire_in_order_and_a_kept_map_differs_only_where_something_overwrites_it(card, hooks_left):
    torch.manual_seed(0)
    module = build_module(card, CLASSES).eval()
    example = pictures(card, "cpu")[:1]
    with torch.inference_mode(), HookSession(module, card.blocks) as hooks:
        module(example)
    assert tuple(hooks.captured) == card.block_names
    with gradients_caught(module, card.blocks) as caught:
        torch.autograd.grad(module(example.requires_grad_()).flatten(1)[0].max(), example)
    assert tuple(caught) == card.block_names[::-1]
    overwritten = find_overwritten(module, example)
    assert all(found.by is not None and as_grid(found.output[0], "map").ndim == 3 for found in overwritten)
    if overwritten:
        kept = keep_every_way(module, overwritten[0].part, example)
        assert torch.equal(kept["output.clone()"], overwritten[0].copy)
        assert torch.equal(kept["output"], overwritten[0].output)
        assert not torch.equal(kept["output"], kept["output.clone()"])
    assert hooks_left(module) == 0


@TRAINED
def test_frozen_blocks_do_not_move_and_thawed_ones_do(card):
    """One block more is frozen in every step, after each has learned, and all of them thaw at the end.

    So every prefix of the blocks is tried, and every block has moments in the optimizer when it freezes: a stale
    gradient or a moving statistic would show.
    """
    torch.manual_seed(0)
    module = build_module(card, CLASSES)
    optimizer = build_optimizer(module, card.blocks, planned(card, 0))
    for frozen in (*range(len(card.blocks)), 0):
        groups = planned(card, frozen)
        apply_groups(module, card.blocks, groups)
        train_mode(module, card.blocks, groups)
        set_rates(optimizer, {group.block: group.rate for group in groups})
        optimizer.zero_grad()
        before = snapshot(module, card)
        cross_entropy(module(pictures(card, "cpu")), torch.tensor([0, 1])).backward()
        optimizer.step()
        assert moved(module, before) == {block.name: place >= frozen for place, block in enumerate(card.blocks)}


@TRAINED
def test_captured_outputs_are_those_of_a_pass_that_ends_at_the_block(card, hooks_left):
    torch.manual_seed(0)
    module = build_module(card, CLASSES).eval()
    example = pictures(card, "cpu")
    with torch.inference_mode():
        with HookSession(module, card.blocks) as hooks:
            answer = module(example)
        for block in card.blocks:
            assert torch.equal(hooks.captured[block.name], run_until(module, block.output, 0, example)), block.name
    assert hooks_left(module) == 0
    assert not any(part.training for part in module.modules())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in module.parameters())
    block = card.blocks[len(card.blocks) // 2]
    with grown_from(module.requires_grad_(False), block) as roots:
        again = module(example)
        (slope,) = torch.autograd.grad(again[0, 0], roots)
    assert torch.equal(again, answer)
    assert torch.equal(roots[0], hooks.captured[block.name])
    assert slope.shape == roots[0].shape
    with pytest.raises((RuntimeError, IndexError)), grown_from(module, block):
        module(example[:, :2])
    assert hooks_left(module) == 0
    assert all(parameter.grad is None for parameter in module.parameters())


@TRAINED
def test_gradients_at_blocks_are_those_of_what_follows_whatever_is_frozen(card, hooks_left):
    """What a block puts out is put in its place as a number of its own, and asked for its gradient."""
    torch.manual_seed(0)
    module = build_module(card, CLASSES).eval()
    apply_groups(module, card.blocks, planned(card, len(card.blocks) // 2))
    flags = [parameter.requires_grad for parameter in module.parameters()]
    example = pictures(card, "cpu")[:1]
    sent = send_back(module, card.blocks[:-1], example, wanted=1)
    assert list(sent.gradients) == list(card.block_names[-2::-1])
    for block in (card.blocks[0], card.blocks[-2]):
        own = []

        def put(_part, _inputs, output, own=own):
            own.append(output.detach().clone().requires_grad_())
            return own[0].clone()  # what follows may change it in place

        handle = module.get_submodule(block.output).register_forward_hook(put)
        (expected,) = torch.autograd.grad(module(example).flatten(1)[0, 1], own)
        handle.remove()
        assert torch.equal(sent.gradients[block.name], expected), block.name
    assert hooks_left(module) == 0
    assert flags == [parameter.requires_grad for parameter in module.parameters()]
    assert all(parameter.grad is None for parameter in module.parameters())
    assert not any(part.training for part in module.modules())


@TRAINED
def test_every_block_has_channels_to_be_examined_and_an_examination_leaves_no_hook(card, hooks_left):
    torch.manual_seed(0)
    module = build_module(card, CLASSES).eval()
    vitals = Vitals(module, card.blocks)
    with torch.inference_mode(), watched(module, vitals.entered, vitals.left):
        module(pictures(card, "cpu"))
    found = vitals.told()
    assert [health.block for health in found] == list(card.block_names[:-1])
    assert all(0 <= health.dead <= health.channels and health.channels > 2 for health in found)
    assert all(health.size is not None and health.size > 0 for health in found)
    assert hooks_left(module) == 0


@TRAINED
def test_cut_anywhere_the_rest_answers_what_the_whole_network_answers(card, hooks_left):
    """Three places stand for all, which took two minutes and held for every card."""
    torch.manual_seed(0)
    module = build_module(card, CLASSES)
    example = pictures(card, "cpu")
    with torch.no_grad():
        whole = module.eval()(example)
        module.train()
        for first in (1, len(card.blocks) // 2, len(card.blocks) - 1):
            cut = Cut(module, card.blocks, card.block_names[first:], example)
            rows = cut.before(example)
            assert rows.shape == (2, *cut.shape)
            assert cut.frozen == card.blocks[:first]
            assert all(part.training for part in module.modules())
            module.eval()
            assert torch.equal(cut.after(rows), whole), card.blocks[first].name
            module.train()
    assert hooks_left(module) == 0
    assert not any("forward" in vars(part) for part in module.modules())


@TRAINED
def test_class_activation_maps_are_captums_and_leave_nothing_behind(card, hooks_left):
    """Where Captum knows the layout, Grad-CAM is Captum's at every block; everything frozen makes no difference."""
    torch.manual_seed(0)
    module = build_module(card, CLASSES).eval().requires_grad_(False)
    picture = pictures(card, "cpu")[:1]
    blocks = [block for block in card.blocks if block.layout != "vector"]
    maps = grad_cam(module, blocks, picture, 1)
    agreed = eigen_cam(module, blocks, picture)
    assert list(agreed) == [block.name for block in blocks]
    assert hooks_left(module) == 0
    assert not any(parameter.requires_grad or parameter.grad is not None for parameter in module.parameters())
    assert not picture.requires_grad
    module.requires_grad_(True)
    for block in blocks:
        if block.layout == "map":
            layer = LayerGradCam(module, module.get_submodule(block.output))
            theirs = layer.attribute(picture, target=1, relu_attributions=True)[0, 0].detach()
            ours = maps.get(block.name, torch.zeros_like(theirs))
            torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5 * float(theirs.max()))
