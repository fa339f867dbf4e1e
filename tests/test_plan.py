"""The plan puts every parameter into one group, and counts what learns."""

from dataclasses import replace

import pytest

from tlcore.catalog.backbones import BACKBONES, backbone
from tlcore.catalog.cards import BackboneCard, Block, Sizes
from tlcore.config import Change
from tlcore.errors import ChoiceError
from tlcore.plan import learning, partition, plan_groups, preview

STEM = Block(name="stem", label="", prefixes=("conv", "bn"), output="bn", tensors=3, values=10)
HEAD = Block(name="head", label="", prefixes=("fc",), output="fc", layout="vector", tensors=1, values=4)
CARD = BackboneCard(
    name="tiny",
    title="Tiny",
    family="",
    library="torchvision",
    builder="tiny",
    blocks=(STEM, HEAD),
    weights=(),
    sizes=Sizes(usual=32),
)
NAMES = ("conv.weight", "bn.weight", "bn.bias", "fc.weight")


def test_a_block_holds_its_names_and_none_that_only_begin_alike():
    assert STEM.holds("conv")
    assert STEM.holds("conv.weight")
    assert not STEM.holds("conv2.weight")


def test_every_name_goes_to_its_block_in_order():
    assert partition((STEM, HEAD), NAMES) == {
        "stem": ("conv.weight", "bn.weight", "bn.bias"),
        "head": ("fc.weight",),
    }


@pytest.mark.parametrize(
    ("blocks", "said"), [((STEM,), "fc.weight is in 0 blocks."), ((STEM, HEAD, HEAD), "fc.weight is in 2 blocks.")]
)
def test_a_name_in_no_block_or_in_two_is_an_error(blocks, said):
    with pytest.raises(ChoiceError) as caught:
        partition(blocks, NAMES)
    assert str(caught.value).startswith(said)


def test_groups_carry_rates_and_count_values():
    stem, head = plan_groups(CARD, 2, {"head": 0.1}, 0.01)
    assert (stem.block, stem.rate, stem.values) == ("stem", 0.0, 10)
    assert (head.block, head.rate, head.values, head.weight_decay) == ("head", 0.1, 8, 0.01)
    assert (stem.tensors, head.tensors) == (3, 1)
    assert learning((stem, head)) == 8


def test_a_phase_that_names_a_strange_block_gets_the_nearest_one():
    with pytest.raises(ChoiceError, match=r"hed is not a block of Tiny. Did you mean head\?"):
        plan_groups(CARD, 2, {"hed": 0.1}, 0.0)


def test_a_change_that_names_a_strange_block_is_refused_before_anything_starts(plan):
    config = replace(plan("0" * 64), changes=(Change(after=3, block="hed", rate=0.1),))
    with pytest.raises(ChoiceError, match="hed is not a block of MobileNetV2"):
        preview(config, classes=2)


@pytest.mark.parametrize("name", BACKBONES)
def test_a_preview_needs_no_network_and_counts_every_value_once(plan, name):
    card = backbone(name)
    (groups,) = preview(plan("0" * 64, name=name, size=card.sizes.usual), classes=7)
    assert [group.block for group in groups] == [block.name for block in card.blocks]
    assert learning(groups) == sum(group.values for group in groups) == card.values(7)
    assert groups[-1].values == 7 * card.head.values


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("vit_b_16", 96, "takes pictures of 224 pixels, not 96. The nearest is 224."),
        ("vit_small_patch14_dinov2", 100, "takes 42 to 512 pixels in steps of 14, not 100. The nearest is 98."),
        ("inception_v3", 64, "takes 96 to 512 pixels, not 64. The nearest is 96."),
    ],
)
def test_a_size_that_the_network_does_not_take_is_refused_before_anything_starts(plan, name, size, said):
    with pytest.raises(ChoiceError) as caught:
        preview(plan("0" * 64, name=name, size=size), classes=2)
    assert str(caught.value).endswith(said)
