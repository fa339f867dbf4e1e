"""The cards and their measured facts agree, and are read without torch."""

from dataclasses import replace

import pytest
from tlcore.catalog.facts import census, facts

from tlcore.catalog.backbones import BACKBONES, DEFAULT, backbone
from tlcore.errors import ChoiceError

CARDS = pytest.mark.parametrize("card", BACKBONES.values(), ids=BACKBONES)


def test_the_default_is_ready_without_a_download():
    assert backbone(DEFAULT).weights.source == "package"
    assert [card.name for card in BACKBONES.values() if card.weights.source == "package"] == [DEFAULT]


def test_an_unknown_backbone_names_the_nearest():
    with pytest.raises(ChoiceError, match=r"resnet19 is not a backbone. Did you mean resnet18\?"):
        backbone("resnet19")


@CARDS
def test_a_card_speaks_in_blocks_from_the_stem_to_the_head(card):
    names = [block.name for block in card.blocks]
    assert len(set(names)) == len(names) >= 5
    assert card.head.name == names[-1] == "head"
    assert card.head.layout == "vector"
    assert all(block.label and block.prefixes and block.output for block in card.blocks)
    assert card.block("head") == card.head


@CARDS
def test_a_download_is_secure_and_checked(card):
    if card.weights.source == "download":
        assert card.weights.url.startswith("https://")
        assert card.weights.url.endswith(card.weights.file)
        assert len(card.weights.sha256) >= 8
        int(card.weights.sha256, 16)
        assert card.weights.accuracy is not None


@CARDS
def test_facts_are_there_for_every_block(card):
    measured = facts(card.name)
    assert list(measured.blocks) == [block.name for block in card.blocks]
    assert all(block.parameters for block in measured.blocks.values())
    assert measured.multiply_adds == sum(block.multiply_adds for block in measured.blocks.values()) > 1e8
    for block in card.blocks:
        assert len(measured.blocks[block.name].shape) == {"map": 3, "tokens": 2, "vector": 1}[block.layout]


@CARDS
def test_only_the_head_grows_with_the_classes(card):
    two, five = census(card.name, 2), census(card.name, 5)
    grown = {name for name in two if two[name] != five[name]}
    assert grown == {name for name in two if card.head.holds(name)}
    assert all(five[name] * 2 == two[name] * 5 for name in grown)


@pytest.mark.parametrize(
    ("name", "millions"), [("resnet18", 11.69), ("resnet50", 25.56), ("vgg16", 138.36), ("vit_b_16", 86.57)]
)
def test_with_imagenets_classes_the_count_is_the_published_one(name, millions):
    assert sum(census(name, 1000).values()) / 1e6 == pytest.approx(millions, abs=0.005)


@pytest.mark.parametrize(("name", "giga"), [("resnet18", 1.81), ("resnet50", 4.09), ("vgg16", 15.47)])
def test_the_work_for_one_picture_is_the_published_one(name, giga):
    assert facts(name).multiply_adds / 1e9 == pytest.approx(giga, rel=0.02)


def test_another_input_size_cuts_the_same_share_off():
    steps = replace(backbone("resnet18").preprocessing)
    assert (steps.resize, steps.crop) == (256, 224)
    assert (steps.at(112).resize, steps.at(112).crop) == (128, 112)
    assert steps.at(224) == steps
