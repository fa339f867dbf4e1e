"""The plan puts every parameter into one group, and counts what learns."""

import pytest
from tlcore.catalog.facts import census

from tlcore.catalog.backbones import BACKBONES, backbone
from tlcore.catalog.cards import Block
from tlcore.config import Phase
from tlcore.errors import ChoiceError
from tlcore.plan import learning, partition, plan_groups, preview

STEM = Block(name="stem", label="", prefixes=("conv", "bn"), output="bn")
HEAD = Block(name="head", label="", prefixes=("fc",), output="fc", layout="vector")
COUNTS = {"conv.weight": 6, "bn.weight": 2, "bn.bias": 2, "fc.weight": 8}


def test_a_block_holds_its_names_and_none_that_only_begin_alike():
    assert STEM.holds("conv")
    assert STEM.holds("conv.weight")
    assert not STEM.holds("conv2.weight")


def test_every_name_goes_to_its_block_in_order():
    assert partition((STEM, HEAD), COUNTS) == {
        "stem": ("conv.weight", "bn.weight", "bn.bias"),
        "head": ("fc.weight",),
    }


@pytest.mark.parametrize(
    ("blocks", "said"), [((STEM,), "fc.weight is in 0 blocks."), ((STEM, HEAD, HEAD), "fc.weight is in 2 blocks.")]
)
def test_a_name_in_no_block_or_in_two_is_an_error(blocks, said):
    with pytest.raises(ChoiceError) as caught:
        partition(blocks, COUNTS)
    assert str(caught.value).startswith(said)


def test_groups_carry_rates_and_count_values():
    stem, head = plan_groups(COUNTS, (STEM, HEAD), Phase(epochs=1, rates={"head": 0.1}), 0.01)
    assert (stem.block, stem.rate, stem.values) == ("stem", 0.0, 10)
    assert (head.block, head.rate, head.values, head.weight_decay) == ("head", 0.1, 8, 0.01)
    assert learning((stem, head)) == 8


def test_a_phase_that_names_a_strange_block_gets_the_nearest_one():
    with pytest.raises(ChoiceError, match=r"hed is not a block of this network. Did you mean head\?"):
        plan_groups(COUNTS, (STEM, HEAD), Phase(epochs=1, rates={"hed": 0.1}), 0.0)


@pytest.mark.parametrize("name", BACKBONES)
def test_a_preview_needs_no_network_and_counts_every_value_once(plan, name):
    (groups,) = preview(plan("0" * 64, name=name, size=224), classes=7)
    counts = census(name, 7)
    assert [group.block for group in groups] == [block.name for block in backbone(name).blocks]
    assert sum(group.values for group in groups) == sum(counts.values())
    assert sorted(name for group in groups for name in group.parameters) == sorted(counts)


def test_a_transformer_is_refused_at_another_size_before_anything_starts(plan):
    with pytest.raises(ChoiceError, match="takes pictures of 224 pixels, not 96"):
        preview(plan("0" * 64, name="vit_b_16", size=96), classes=2)
