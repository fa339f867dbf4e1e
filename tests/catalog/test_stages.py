"""Every network's stages: their strides come from the shapes on its card, and the last block of each is taken."""

import pytest

from tlcore.catalog.backbones import BACKBONES, backbone
from tlcore.catalog.stages import PYRAMID, side, stages, stride

CARDS = pytest.mark.parametrize("card", BACKBONES.values(), ids=BACKBONES)


@CARDS
def test_stages_go_from_fine_to_coarse_and_hold_the_last_block_of_their_stride(card):
    found = stages(card)
    strides = [stage.stride for stage in found]
    assert strides == sorted(set(strides))
    assert set(strides) <= set(PYRAMID) if len(found) > 1 else strides[0] in (14, 16, 32)
    order = [card.block_names.index(stage.block.name) for stage in found]
    assert order == sorted(order)
    for stage, place in zip(found, order, strict=True):
        after = card.blocks[place + 1]
        assert side(after) != side(stage.block) or stride(card.sizes.usual, side(after)) != stage.stride
    assert found[-1].block == [block for block in card.blocks if side(block) > 1][-1]


@CARDS
def test_squares_of_that_stride_fill_the_picture_up_to_its_edge(card):
    for stage in stages(card):
        # Inception, SqueezeNet and AlexNet put no border around the picture, and lose squares at its edge.
        missing = card.sizes.usual / stage.stride - side(stage.block)
        assert -1 < missing < 3, stage.block.name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("resnet18", {4: "layer1", 8: "layer2", 16: "layer3", 32: "layer4"}),
        ("vit_b_16", {16: "layers.10-11"}),
        ("swin_t", {4: "features.1", 8: "features.3", 16: "features.5", 32: "features.7"}),
        ("efficientnet_b1", {4: "features.2", 8: "features.3", 16: "features.5", 32: "features.7"}),
        ("efficientnet_lite0", {4: "blocks.1", 8: "blocks.2", 16: "blocks.4", 32: "blocks.6"}),
    ],
)
def test_stages_of_networks_that_one_knows(name, told):
    assert {stage.stride: stage.block.name for stage in stages(backbone(name))} == told


@pytest.mark.parametrize(
    ("pixels", "squares", "found"),
    [
        (224, 56, 4),
        (240, 8, 32),
        (260, 17, 16),
        (299, 35, 8),
        (299, 17, 16),
        (299, 8, 32),
        (224, 16, 14),
        (336, 24, 14),
    ],
)
def test_the_stride_is_what_gives_as_many_squares(pixels, squares, found):
    assert stride(pixels, squares) == found
