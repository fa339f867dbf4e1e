"""Records turn into JSON and back without loss, and refuse what they do not know in words that help."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pytest

from tlcore import errands, events
from tlcore.errors import ChoiceError, ThawError, did_you_mean
from tlcore.questions import seen
from tlcore.records import digest, from_json, from_plain, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A small record."""

    side: int
    share: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A record of every kind of value that ours have."""

    name: str
    kind: Literal["oak", "elm"] = "oak"
    leaves: tuple[Leaf, ...] = ()
    spot: tuple[int, float] = (1, 2.0)
    note: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    tall: bool = False


def refusal(plain):
    with pytest.raises(ChoiceError) as caught:
        from_plain(Tree, plain)
    return str(caught.value)


def test_a_record_survives_being_written_down():
    one = Tree(name="Łódź", leaves=(Leaf(side=3), Leaf(side=4, share=0.1)), note="n", rates={"head": 1e-05}, tall=True)
    assert from_json(Tree, to_json(one)) == one


def test_a_whole_number_will_do_for_a_share_but_not_the_other_way_round():
    assert from_plain(Leaf, {"side": 3, "share": 1}) == Leaf(side=3, share=1.0)
    with pytest.raises(ChoiceError, match=r"side is 3\.0"):
        from_plain(Leaf, {"side": 3.0})


def test_a_name_that_is_mistyped_gets_the_nearest_one():
    assert refusal({"name": "a", "leafs": []}) == "leafs is not a setting of Tree. Did you mean leaves?"


def test_a_name_that_is_missing_is_named():
    assert refusal({"kind": "elm"}).startswith("Tree lacks name.")


@pytest.mark.parametrize(
    ("plain", "where"),
    [
        ({"name": 3}, "Tree.name is 3."),
        ({"name": "a", "kind": "palm"}, "Tree.kind is 'palm'."),
        ({"name": "a", "leaves": [{"side": 1}, {"side": True}]}, "Tree.leaves[1].side is True."),
        ({"name": "a", "leaves": {"side": 1}}, "Tree.leaves is"),
        ({"name": "a", "spot": [1]}, "Tree.spot has 1 values."),
        ({"name": "a", "rates": {"head": "fast"}}, "Tree.rates.head is 'fast'."),
        ({"name": "a", "rates": [1]}, "Tree.rates is [1]."),
        ({"name": "a", "tall": 1}, "Tree.tall is 1."),
        ({"name": "a", "note": 5}, "Tree.note is 5."),
        ([], "Tree is []."),
    ],
)
def test_a_value_of_another_type_is_told_with_its_place(plain, where):
    assert refusal(plain).startswith(where)


def test_equal_values_have_one_digest_whatever_their_order():
    one = Tree(name="a", rates={"stem": 0.1, "head": 0.2})
    other = Tree(rates={"head": 0.2, "stem": 0.1}, name="a")
    assert digest(one) == digest(other)
    assert digest(one) != digest(Tree(name="a", rates={"stem": 0.1, "head": 0.3}))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_never_written_down(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(Leaf(side=1, share=value))


@pytest.mark.parametrize("kinds", [events.KINDS, errands.KINDS])
def test_what_is_sent_between_processes_is_found_by_its_name(kinds):
    assert all(name == kind.__name__ for name, kind in kinds.items())


def test_an_answer_survives_being_written_down():
    grey = seen.Map(png="AAAA", low=-1.5, high=2.0)
    answer = seen.Seen(
        crop="AAAA",
        blocks=(
            seen.BlockSeen(block="stem", shape=(4, 2, 2), mean=grey),
            seen.BlockSeen(block="head", shape=(2,), mean=None),
        ),
        answers=(seen.Likely(number=1, name="bees", probability=1.0),),
    )
    assert from_json(seen.Seen, to_json(answer)) == answer


def test_a_hint_names_the_nearest_word_or_else_all_of_them():
    assert did_you_mean("resnet19", ["resnet18", "vgg16"]) == "Did you mean resnet18?"
    assert did_you_mean("zzz", ["vgg16", "resnet18"]) == "Known: resnet18, vgg16."


def test_a_fault_reads_as_a_sentence_and_what_to_do():
    fault = ThawError("The disk is full.", "Free some space.")
    assert (fault.message, fault.hint, str(fault)) == (
        "The disk is full.",
        "Free some space.",
        "The disk is full. Free some space.",
    )
