"""The rules that cut networks into blocks, on networks small enough to see why; and what they refuse."""

import pytest
import torch
from torch import nn

from tlcore.catalog.backbones import backbone, card_file
from tlcore.engine import survey
from tlcore.engine.blocks import find_blocks
from tlcore.engine.modality.image import Outlining
from tlcore.engine.stretches import grid, layout_of
from tlcore.engine.survey import measure_sizes, survey_by_name, survey_card
from tlcore.engine.trace import Trace
from tlcore.errors import WeightsError


def unit(before, after, stride=1):
    """Two convolutions, which make a part that counts as one block."""
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1), nn.ReLU(), nn.Conv2d(after, after, 3, 1, 1))


def network(*body, width, classes, **named):
    parts = {"body": nn.Sequential(*body), **named, "pool": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten()}
    module = nn.Sequential()
    for name, part in (*parts.items(), ("fc", nn.Linear(width, classes))):
        module.add_module(name, part)
    return module


def blocks_of(build, size=64):
    def outline(classes):
        with Outlining():
            module = build(classes)
        return module.to("meta")

    return find_blocks(outline, size)


def test_loose_layers_before_the_first_part_are_the_stem_and_those_after_one_join_it():
    found = blocks_of(
        lambda classes: network(
            nn.Conv2d(3, 4, 3, 4, 1), nn.BatchNorm2d(4), nn.MaxPool2d(2),
            unit(4, 8), unit(8, 12, 2), unit(12, 16), nn.Conv2d(16, 20, 1), nn.BatchNorm2d(20),
            width=20, classes=classes,
        )
    )  # fmt: skip
    assert [block.name for block in found] == ["stem", "body.3", "body.4", "body.5", "head"]
    assert [block.prefixes for block in found] == [
        ("body.0", "body.1", "body.2"), ("body.3",), ("body.4",), ("body.5", "body.6", "body.7"), ("fc",),
    ]  # fmt: skip
    assert [block.output for block in found] == ["body.2", "body.3", "body.4", "body.7", "fc"]
    assert [block.shape for block in found] == [(4, 8, 8), (8, 8, 8), (12, 4, 4), (20, 4, 4), (1,)]
    assert [block.label for block in found] == ["Edges", "Textures", "Parts", "Objects", "Your classes"]


def test_parts_at_half_the_pictures_side_belong_to_the_stem():
    found = blocks_of(
        lambda classes: network(
            nn.Conv2d(3, 4, 3, 2, 1), unit(4, 4), unit(4, 8, 2), unit(8, 12), unit(12, 16), width=16, classes=classes
        )
    )
    assert found[0].prefixes == ("body.0", "body.1")


def test_a_layer_that_changes_the_grid_begins_the_block_of_the_part_that_follows():
    found = blocks_of(
        lambda classes: network(
            nn.Conv2d(3, 4, 4, 4), unit(4, 8), nn.Conv2d(8, 8, 2, 2), unit(8, 12), unit(12, 16),
            width=16, classes=classes,
        )
    )  # fmt: skip
    assert [(block.name, block.prefixes) for block in found[1:3]] == [
        ("body.1", ("body.1",)),
        ("body.3", ("body.2", "body.3")),
    ]


def test_in_a_network_of_single_layers_a_block_begins_where_the_grid_has_changed():
    layers = [nn.Conv2d(3, 4, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, 1, 1), nn.Conv2d(6, 8, 3, 1, 1)]
    layers += [nn.MaxPool2d(2), nn.Conv2d(8, 9, 3, 1, 1)]
    found = blocks_of(lambda classes: network(*layers, width=9, classes=classes))
    assert [block.prefixes for block in found] == [
        ("body.0", "body.1", "body.2"), ("body.3", "body.4", "body.5"), ("body.6",), ("fc",),
    ]  # fmt: skip
    assert found[0].output == "body.2"


def test_layers_without_a_grid_before_the_head_are_a_block_of_their_own():
    def build(classes):
        module = network(nn.Conv2d(3, 4, 4, 4), unit(4, 6), unit(6, 8), unit(8, 9), width=12, classes=classes)
        head = module.fc
        del module.fc
        module.add_module("before", nn.Dropout())
        module.add_module("wide", nn.Linear(9, 12))
        module.add_module("after", nn.Dropout())
        module.add_module("fc", head)
        return module

    found = blocks_of(build)
    assert (found[-2].prefixes, found[-2].output) == (("pool", "flat", "before", "wide", "after"), "after")
    assert (found[-2].name, found[-2].layout, found[-2].shape) == ("wide", "vector", (12,))
    assert found[-2].label == "Whole picture"


def test_many_alike_layers_are_merged_evenly_and_named_from_first_to_last():
    body = [nn.Conv2d(3, 4, 8, 8), *(unit(4, 4) for _ in range(24))]
    found = blocks_of(lambda classes: network(*body, width=4, classes=classes))
    assert [block.name for block in found[1:-1]] == [f"body.{first}-{first + 2}" for first in range(1, 25, 3)]


def test_neighbours_with_one_shape_are_one_block_where_enough_are_left():
    widths = [(4, 8), (8, 8), (8, 12), (12, 12), (12, 16), (16, 20)]
    found = blocks_of(
        lambda classes: network(nn.Conv2d(3, 4, 4, 4), *(unit(*pair) for pair in widths), width=20, classes=classes)
    )
    assert [block.prefixes for block in found[1:-1]] == [
        ("body.1", "body.2"), ("body.3", "body.4"), ("body.5",), ("body.6",),
    ]  # fmt: skip


class TwoHeads(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 4, 4), unit(4, 6), unit(6, 8), unit(8, 9))
        self.one, self.two = nn.Linear(9, classes), nn.Linear(9, classes)

    def forward(self, x):
        x = self.body(x).mean((2, 3))
        return self.one(x) + self.two(x)


class Twice(nn.Module):
    """Its last part works twice, so a hook on it has two outputs to give."""

    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 4, 4), unit(4, 6), unit(6, 8))
        self.last, self.fc = unit(8, 8), nn.Linear(8, classes)

    def forward(self, x):
        return self.fc(self.last(self.last(self.body(x))).mean((2, 3)))


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (Twice, "its parts do not work one after another: last"),
        (TwoHeads, "it has 2 heads"),
        (lambda _classes: nn.Linear(3, 4), "it has 0 heads"),
        (lambda classes: network(nn.Conv2d(3, 4, 4, 4), width=4, classes=classes), "it falls into 2 blocks"),
        (lambda classes: nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, classes)), "no part of it puts out a map"),
    ],
)
def test_what_the_rules_do_not_understand_is_refused_in_a_sentence(build, said):
    with pytest.raises(WeightsError, match=f"has no block structure that Thaw understands: {said}"):
        blocks_of(build)


@pytest.mark.parametrize(
    ("shape", "layout", "side"),
    [
        ((64, 56, 56), "map", 56),
        ((56, 56, 64), "map_last", 56),
        ((7, 7, 7), "map", 7),
        ((197, 768), "tokens", 14),
        ((261, 384), "tokens", 16),
        ((1280,), "vector", 0),
        ((1280, 1, 1), "vector", 0),
    ],
)
def test_a_layout_is_told_from_the_shape(shape, layout, side):
    assert (layout_of(shape), grid(shape)) == (layout, side)


def test_a_trace_tells_order_shapes_and_work_and_leaves_no_hook(hooks_left):
    with torch.device("meta"):
        module = network(nn.Conv2d(3, 4, 4, 4), nn.Conv2d(4, 8, 1), width=8, classes=5)
    trace = Trace(module, 64)
    assert trace.calls["body.1"].shape == (8, 16, 16)
    assert trace.order("body.0") < trace.order("body.1") < trace.order("fc")
    assert trace.multiply_adds("body.0") == 3 * 4 * 4 * 4 * 16 * 16
    assert trace.multiply_adds("fc") == 8 * 5
    assert not trace.attention
    assert hooks_left(module) == 0


@pytest.mark.parametrize(("network", "sizes"), [("alexnet", (224, 64, 512, 1)), ("vit_b_16", (224, 224, 224, 1))])
def test_the_sides_that_a_network_takes_are_found_by_trying(network, sizes):
    card = survey_card("torchvision", network)
    assert card == backbone(network)
    assert (card.sizes.usual, card.sizes.least, card.sizes.most, card.sizes.step) == sizes


def test_a_network_that_takes_no_picture_is_refused():
    with torch.device("meta"), pytest.raises(WeightsError, match="takes no pictures of 224 pixels"):
        measure_sizes(nn.Linear(5, 5), 224, 0)


def test_what_breaks_in_a_network_is_refused_and_logged_but_not_what_breaks_in_our_rules(monkeypatch, caplog):
    def broken(*_arguments, **_named):
        raise TypeError("no such option")

    monkeypatch.setattr(survey, "find_blocks", broken)
    with pytest.raises(TypeError):
        survey_by_name("resnet10t")
    assert not caplog.records
    monkeypatch.setattr(survey, "outline_named", broken)
    with pytest.raises(WeightsError, match="cannot be taken through a picture"):
        survey_by_name("resnet10t")
    assert "no such option" in caplog.text


def test_a_network_by_name_gets_a_card_in_the_home_folder():
    card = survey_by_name("resnet10t")
    assert backbone("resnet10t") == card
    assert [block.name for block in card.blocks] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert [path.name for path in card_file("resnet10t").parent.iterdir()] == ["resnet10t.json"]


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("levit_128s", "it has 2 heads"),
        ("hrnet_w18_small", "its parts do not work one after another: 0.0, stage2"),
        ("coat_lite_small", "its parts do not work one after another: crpe1, crpe2, crpe3, crpe4"),
    ],
)
def test_a_network_by_name_that_is_too_odd_is_refused_and_leaves_nothing(network, said):
    with pytest.raises(WeightsError, match=f"has no block structure that Thaw understands: {said}"):
        survey_by_name(network)
    assert not card_file(network).exists()
