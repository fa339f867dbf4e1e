"""A manifest is right at birth, tells the same set by the same digest, and survives being written down."""

from dataclasses import replace
from hashlib import sha256

import pytest

from tlcore import records
from tlcore.data.manifest import Example, LeftOut, Manifest, Notice, in_order
from tlcore.errors import ChoiceError


def example(number, label=0, split="train", where=None):
    id_ = sha256(bytes([number])).hexdigest()
    return Example(id=id_, where=where or f"{number}.jpg", name=f"{number}", label=label, split=split)


def manifest(**changes):
    examples = in_order([example(1), example(2, 1), example(3, 0, "val"), example(4, 1), example(5, 1, "val")])
    facts = {"name": "set", "classes": ("a", "b"), "examples": examples, "split_by": "seed 3"}
    return Manifest(**{**facts, **changes})


def test_counts_and_sides():
    one = manifest()
    assert one.counts("train") == (1, 2)
    assert one.counts("val") == (1, 1)
    assert [example.label for example in one.of("val")] == [0, 1]


def test_written_down_and_read_again_it_is_equal():
    one = manifest(
        left_out=(LeftOut(name="x", code="CORRUPT", sentence="It is damaged."),),
        notices=(Notice(sentence="Small.", count=2, name="y"),),
        ignored=3,
    )
    assert records.from_json(Manifest, records.to_json(one)) == one


def test_the_digest_is_of_pictures_classes_and_split_alone():
    one = manifest()
    elsewhere = in_order([replace(example, where=f"up/{example.id}", name="other") for example in one.examples])
    assert manifest(examples=elsewhere, name="another", ignored=9, split_by="folders").digest == one.digest
    assert manifest(classes=("a", "c")).digest != one.digest
    moved = in_order([replace(example, split="train") for example in one.examples])
    assert manifest(examples=moved).digest != one.digest


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ("a",)},
        {"classes": ("a", "a")},
        {"classes": ("a", "")},
        {"classes": ("a", "b", "c")},
        {"split_by": "chance"},
        {"examples": (example(1),)},
        {"examples": (example(1), example(2, 7))},
        {"examples": (example(2, 1), example(1))},
    ],
)
def test_a_manifest_that_cannot_be_is_refused_at_birth(changes):
    with pytest.raises(ChoiceError):
        manifest(**changes)


@pytest.mark.parametrize("changes", [{"id": "x"}, {"split": "test"}, {"where": ""}, {"label": -1}])
def test_an_example_that_cannot_be_is_refused_at_birth(changes):
    with pytest.raises(ChoiceError):
        replace(example(1), **changes)
