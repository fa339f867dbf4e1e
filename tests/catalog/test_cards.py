"""The catalog holds the whole zoo, agrees with itself and with what was published, and is read without torch."""

import re
from dataclasses import fields
from math import isqrt

import pytest

from tlcore.catalog.backbones import (
    BACKBONES,
    DEFAULT,
    RECOMMENDED,
    backbone,
    card_file,
    known,
    more_backbones,
    opened_backbones,
    published,
    titles,
)
from tlcore.catalog.cards import BackboneCard, Sizes
from tlcore.errors import ChoiceError
from tlcore.records import to_json

CARDS = pytest.mark.parametrize("card", BACKBONES.values(), ids=BACKBONES)


def test_the_zoo_is_whole():
    libraries = [card.library for card in BACKBONES.values()]
    assert libraries.count("torchvision") == 80
    assert 20 <= libraries.count("timm") <= 30
    assert set(RECOMMENDED) <= set(BACKBONES)
    assert len(set(titles().values())) == len(BACKBONES)
    assert not more_backbones() & set(BACKBONES)
    assert len(more_backbones()) > 1000


def test_names_and_titles_cost_little_and_no_torch(fresh_process):
    told = fresh_process(
        "import sys, time, json\n"
        "began = time.perf_counter()\n"
        "from tlcore.catalog.backbones import BACKBONES, titles\n"
        "names = list(BACKBONES), titles()\n"
        "seconds = time.perf_counter() - began\n"
        "list(BACKBONES.values())\n"
        "print(json.dumps([seconds, [name for name in ('torch', 'timm', 'torchvision') if name in sys.modules]]))"
    )
    assert told[0] < 0.5
    assert told[1] == []


def test_the_default_is_ready_without_a_download():
    assert backbone(DEFAULT).weights[0].source == "package"
    packaged = [card.name for card in BACKBONES.values() if any(one.source == "package" for one in card.weights)]
    assert packaged == [DEFAULT]


def test_an_unknown_backbone_names_the_nearest():
    with pytest.raises(ChoiceError, match=r"resnet19 is not a backbone. Did you mean resnet18\?"):
        backbone("resnet19")
    with pytest.raises(ChoiceError, match=r"Known: efficientnet_lite0, .* and \d+ more."):
        backbone("my own network")


def test_a_network_that_was_never_opened_here_says_how_to_open_it():
    with pytest.raises(ChoiceError, match=r"resnet10t was not opened here yet\. Search for it"):
        backbone("resnet10t")


def test_an_opened_network_is_found_in_the_home_folder_under_a_known_name_only():
    path = card_file("resnet10t")
    path.parent.mkdir(parents=True)
    path.write_text(to_json(backbone("resnet18")), encoding="utf-8")
    (path.parent / "stranger.json").write_text("{}", encoding="utf-8")
    assert backbone("resnet10t") == backbone("resnet18")
    assert opened_backbones() == ["resnet10t"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"name": "resnet10t"}'])
def test_a_card_that_cannot_be_read_counts_as_not_opened(content):
    path = card_file("resnet10t")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert known("resnet10t") is None
    assert opened_backbones() == []
    with pytest.raises(ChoiceError, match=r"resnet10t was not opened here yet\."):
        backbone("resnet10t")


@pytest.mark.parametrize("name", ["../resnet18", "a/../../b", "", ".hidden", "x" * 300])
def test_no_name_leads_out_of_the_home_folder(name):
    with pytest.raises(ChoiceError):
        backbone(name)
    with pytest.raises(ChoiceError):
        card_file(name)


def test_unknown_weights_name_the_nearest():
    assert published("resnet50", "IMAGENET1K_V2").accuracy == 80.9
    with pytest.raises(ChoiceError, match=r"Did you mean IMAGENET1K_V2\?"):
        published("resnet50", "IMAGENET1K_V3")


@CARDS
def test_a_card_speaks_in_blocks_from_the_stem_to_the_head(card):
    names = [block.name for block in card.blocks]
    labels = [block.label for block in card.blocks]
    assert 4 <= len(set(names)) == len(names) <= 16
    assert len(set(labels)) == len(labels)
    assert (names[0], names[-1]) == ("stem", "head")
    assert card.head.layout == "vector"
    assert all(block.label and block.prefixes and block.output for block in card.blocks)
    assert labels[-1] == "Your classes"
    assert labels[0] in ("Edges", "Patches")


@CARDS
def test_names_are_the_familys_own_words(card):
    parts = {prefix for block in card.blocks for prefix in block.prefixes}
    for block in card.blocks[1:-1]:
        first = re.sub(r"-\d+$", "", block.name).split(".")[-1]
        assert any(re.search(rf"(^|\.|_){first}$", part) for part in parts), block.name


@CARDS
def test_facts_are_there_for_every_block(card):
    assert all(block.tensors and block.values for block in card.blocks)
    assert card.multiply_adds > 3e7
    assert all(block.multiply_adds > 0 for block in card.blocks)
    for block in card.blocks:
        assert len(block.shape) == {"map": 3, "map_last": 3, "tokens": 2, "vector": 1}[block.layout]
        if block.layout == "tokens":
            assert 0 <= block.shape[0] - isqrt(block.shape[0]) ** 2 <= 5


@CARDS
def test_the_usual_weights_come_first_and_every_name_is_its_own(card):
    names = [weights.name for weights in card.weights]
    assert names[0] == "imagenet"
    assert len(set(names)) == len(names)
    assert "scratch" not in names
    assert card.published(names[-1]) == card.weights[-1]
    assert card.published("scratch") is None


@CARDS
def test_a_download_is_secure_and_named(card):
    for weights in card.weights:
        if weights.source == "download":
            assert re.fullmatch(r"https://(download\.pytorch\.org|huggingface\.co)/.+", weights.url)
            assert re.fullmatch(r"[\w.-]+\.(pth|safetensors)", weights.file)
        if card.library == "torchvision":
            assert weights.file == weights.url.rpartition("/")[2]
            assert re.fullmatch(r"[0-9a-f]{8,}", weights.sha256)
            assert weights.accuracy > 50
            assert weights.megabytes > 1


@CARDS
def test_sizes_are_sides_that_the_network_takes(card):
    sizes = card.sizes
    assert sizes.takes(sizes.usual)
    assert sizes.takes(sizes.nearest(1))
    assert sizes.takes(sizes.nearest(10**6))


def test_a_side_between_two_steps_goes_to_the_nearer_one():
    sizes = Sizes(usual=224, least=42, step=14)
    assert [sizes.nearest(size) for size in (1, 100, 220, 10_000)] == [42, 98, 224, 504]
    assert not sizes.takes(200)


@pytest.mark.parametrize(
    ("name", "millions"), [("resnet18", 11.69), ("resnet50", 25.56), ("vgg16", 138.36), ("vit_b_16", 86.57)]
)
def test_with_imagenets_classes_the_count_is_the_published_one(name, millions):
    assert backbone(name).values(1000) / 1e6 == pytest.approx(millions, abs=0.005)


@pytest.mark.parametrize(
    ("name", "giga"),
    [
        ("resnet18", 1.81),
        ("resnet50", 4.09),
        ("vgg16", 15.47),
        ("vit_b_16", 17.56),
        ("swin_t", 4.49),
        ("inception_v3", 5.71),
        ("convnext_tiny", 4.46),
    ],
)
def test_the_work_for_one_picture_is_the_published_one(name, giga):
    assert backbone(name).multiply_adds / 1e9 == pytest.approx(giga, rel=0.01)


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("resnet152", "stem layer1 layer2 layer3 layer4 head"),
        (
            "efficientnet_lite0",
            "stem blocks.1 blocks.2 blocks.3 blocks.4 blocks.5 blocks.6 head",
        ),
        ("vgg16", "stem features.5 features.10 features.17 features.24 classifier.0 head"),
        ("vit_b_16", "stem layers.0-1 layers.2-3 layers.4-5 layers.6-7 layers.8-9 layers.10-11 head"),
        ("swin_t", "stem features.1 features.3 features.5 features.7 head"),
        ("densenet121", "stem denseblock1 denseblock2 denseblock3 denseblock4 head"),
        ("regnet_y_400mf", "stem block1 block2 block3 block4 head"),
        ("convnextv2_atto", "stem stages.0 stages.1 stages.2 stages.3 head"),
    ],
)
def test_the_blocks_are_those_that_the_papers_draw(name, blocks):
    assert [block.name for block in backbone(name).blocks] == blocks.split()


def test_heads_for_training_only_are_told_and_left_out():
    assert backbone("googlenet").auxiliary == ("aux1", "aux2")
    assert backbone("inception_v3").auxiliary == ("AuxLogits",)
    assert backbone("repvit_m1_0").auxiliary == ("head.head_dist",)


def test_weights_bring_their_own_preprocessing():
    card = backbone("regnet_y_16gf")
    assert card.preprocessing("imagenet").crop == 224
    assert card.preprocessing("IMAGENET1K_SWAG_E2E_V1").crop == 384
    assert card.preprocessing("scratch") == card.preprocessing("imagenet")


def test_another_input_size_cuts_the_same_share_off():
    steps = backbone("resnet18").preprocessing("imagenet")
    assert (steps.resize, steps.crop) == (256, 224)
    assert (steps.at(112).resize, steps.at(112).crop) == (128, 112)
    assert steps.at(224) == steps


def test_the_cards_on_disk_leave_out_what_has_its_default():
    assert {field.name for field in fields(BackboneCard)} > {"auxiliary", "attention"}
    assert '"auxiliary":[]' not in card_text()
    assert len(card_text()) < 500_000


def card_text():
    from importlib.resources import files

    return files("tlcore.catalog").joinpath("cards.json").read_text(encoding="utf-8")
