"""What the browser sends of a map is taken as numbers of pictures, or not at all; sets of a thousand stay small."""

import pytest

from tlcore.data.manifest import Example, Manifest, in_order
from tlcore.packing import pack, unpack
from tlcore.records import digest, to_json
from tlcore.ui.components.set_map import COLOURS, read_pictures
from tlcore.ui.marks_of_map import by_answer, by_class


@pytest.mark.parametrize("sent", [None, "1", 1, {"a": 1}, [None], ["0"], [True], [1.0], [-1], [5], [[1]]])
def test_what_names_no_picture_is_not_taken(sent):
    assert read_pictures(sent, range(5)) == ()


def test_pictures_are_taken_once_and_in_order():
    assert read_pictures([3, 1, 3, "x", 99], range(5)) == (1, 3)


def test_packed_numbers_come_back():
    numbers = [0, 1, 255, 256, 65_535]
    assert unpack(pack(numbers)) == numbers
    assert unpack("") == []
    assert len(pack(range(2000))) < 6000
    with pytest.raises(OverflowError):
        pack([65_536])


def test_a_class_keeps_one_mark_and_all_marks_differ():
    names = tuple(f"class {number}" for number in range(2 * COLOURS))
    examples = [
        Example(id=digest([label]), where=f"{label}.jpg", name="", label=label, split="train")
        for label in range(len(names))
    ]
    manifest = Manifest(name="", classes=names, examples=in_order(examples), split_by="seed 0")
    colouring = by_class(manifest, list(range(16)), list(range(16)))
    assert list(colouring.group_of) == list(range(16))
    assert len({(group.colour, group.shape, group.hollow) for group in colouring.groups}) == 16
    assert not [group for group in colouring.groups if "ice" in group.colour or "ember" in group.colour]
    assert to_json(colouring.groups)


def test_a_mistake_is_another_class_than_its_own():
    colouring = by_answer([0, 1, 2], [0, 2, 2])
    assert list(colouring.group_of) == [0, 1, 0]
    assert [group.count for group in colouring.groups] == [2, 1]
