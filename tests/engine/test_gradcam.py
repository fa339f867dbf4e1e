"""Class-activation maps are their formulas in every layout, whatever is frozen, and leave a network as it was."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from tlcore.catalog.backbones import backbone
from tlcore.engine.gradcam import eigen_cam, grad_cam
from tlcore.engine.hooks import HookSession
from tlcore.engine.modality.image import build_module
from tlcore.engine.pixel_evidence import integrated_gradients, occlusion

BY_TOKENS, BY_LAST_CHANNEL = "vit_tiny_patch16_224", "mambaout_femto"


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return build_module(backbone("mobilenet_v2"), 3).eval(), backbone("mobilenet_v2")


@pytest.fixture(scope="module")
def picture():
    return torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def with_grid(card):
    return [block for block in card.blocks if block.layout != "vector"]


def state(module):
    return [
        (part.training, [(own.requires_grad, own.grad) for own in part.parameters(recurse=False)])
        for part in module.modules()
    ]


def by_hand(module, block, picture, target, grid):
    """Grad-CAM as the paper writes it, for one block: `grid` lays an output out as (C, H, W)."""
    kept = []
    handle = module.get_submodule(block.output).register_forward_hook(
        lambda _part, _inputs, output: kept.append(output)
    )
    score = module(picture)[0, target]
    handle.remove()
    (slope,) = torch.autograd.grad(score, kept[0])
    channels, slopes = grid(kept[0][0]), grid(slope[0])
    found = torch.zeros(channels.shape[1:])
    for channel, its_slopes in zip(channels, slopes, strict=True):
        found += its_slopes.sum() / its_slopes.numel() * channel
    return found.clamp(min=0).detach()


@pytest.mark.parametrize(
    ("name", "grid"),
    [
        (BY_TOKENS, lambda tokens: tokens[1:].T.reshape(-1, 4, 4)),
        (BY_LAST_CHANNEL, lambda map_last: map_last.movedim(-1, 0)),
    ],
)
def test_tokens_and_channels_that_come_last_give_the_written_out_formula(name, grid, picture):
    torch.manual_seed(1)
    card = backbone(name)
    module = build_module(card, 3).eval()
    if name == BY_TOKENS:
        module.set_input_size((64, 64))
    blocks = [block for block in with_grid(card) if block.layout in ("tokens", "map_last")]
    maps = grad_cam(module, blocks, picture, 2)
    assert maps
    for block in blocks:
        expected = by_hand(module, block, picture, 2, grid)
        found = maps.get(block.name, torch.zeros_like(expected))
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5 * float(expected.max()))


def test_after_the_last_block_of_a_vit_no_place_counts_and_before_it_all_do(picture):
    card = backbone(BY_TOKENS)
    module = build_module(card, 3).eval()
    module.set_input_size((64, 64))
    names = [block.name for block in with_grid(card)]
    assert list(grad_cam(module, with_grid(card), picture, 0)) == names[:-1]
    assert list(eigen_cam(module, with_grid(card), picture)) == names


@pytest.mark.parametrize("frozen", [0, 5, 100])
def test_what_is_frozen_changes_no_map_and_no_flag(network, picture, frozen, hooks_left):
    module, card = network
    expected = grad_cam(module, with_grid(card), picture, 1)
    for place, parameter in enumerate(module.parameters()):
        parameter.requires_grad_(place >= frozen)
    before = state(module)
    found = grad_cam(module, with_grid(card), picture, 1)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert state(module) == before
    assert hooks_left(module) == 0
    module.requires_grad_(True)


def test_with_a_pooled_last_block_and_a_linear_head_it_is_cam_up_to_the_number_of_places(picture):
    """Zhou et al. 2016."""
    torch.manual_seed(2)
    card = backbone("resnet18")
    module = build_module(card, 3).eval()
    block = card.blocks[-2]
    with torch.no_grad(), HookSession(module, [block]) as hooks:
        module(picture)
    channels = hooks.captured[block.name][0]
    weights = module.get_parameter("fc.weight")[1].detach()
    plain = (weights[:, None, None] * channels).sum(0).relu() / channels[0].numel()
    torch.testing.assert_close(grad_cam(module, [block], picture, 1)[block.name], plain)


def test_after_an_error_no_hook_is_left(network, picture, hooks_left):
    module, card = network
    with pytest.raises(IndexError):
        grad_cam(module, with_grid(card), picture, 3)
    with pytest.raises(AttributeError):
        eigen_cam(module, [card.blocks[0], replace(card.blocks[1], output="no.such.part")], picture)
    assert hooks_left(module) == 0


def test_eigen_cam_is_the_projection_on_the_first_direction_of_the_places(network, picture):
    module, card = network
    block = card.blocks[2]
    kept = []
    handle = module.get_submodule(block.output).register_forward_hook(
        lambda _part, _inputs, output: kept.append(output)
    )
    with torch.no_grad():
        module(picture)
    handle.remove()
    places = kept[0][0].flatten(1).T
    _, directions = torch.linalg.eigh(places.T @ places)
    along = places @ directions[:, -1]
    expected = (along * along.sum().sign()).clamp(min=0).reshape(kept[0].shape[2:])
    torch.testing.assert_close(eigen_cam(module, [block], picture)[block.name], expected, rtol=1e-3, atol=1e-4)


def test_integrated_gradients_add_up_to_the_whole_difference(picture):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 8, 5, stride=4), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 15 * 15, 3)).eval()
    before = state(module)
    added = integrated_gradients(module, picture, 1, 40)
    assert added.shape == (22, 22)
    with torch.no_grad():
        difference = module(picture)[0, 1] - module(torch.zeros_like(picture))[0, 1]
    assert float(added.sum()) == pytest.approx(float(difference), rel=0.05)
    assert state(module) == before


def test_occlusion_is_bright_where_the_answer_was(picture):
    class Corner(nn.Module):
        def forward(self, pictures):
            return pictures[:, 0, :16, :16].sum((1, 2)).unsqueeze(1)

    fallen = occlusion(Corner(), picture.abs(), 0, 3)
    assert fallen.shape == (4, 4)
    assert divmod(int(fallen.argmax()), 4) == (0, 0)
    # The square covers 32 pixels a side, and with it all that this class is read from.
    assert float(fallen.max()) == pytest.approx(float(Corner()(picture.abs())), rel=1e-5)
    assert fallen[2:].abs().max() == 0
    assert fallen[:, 2:].abs().max() == 0
