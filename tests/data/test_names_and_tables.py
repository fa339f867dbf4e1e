"""Classes from the names of files and from tables: what is read, what is left out, and what agrees with folders."""

import pytest

from tlcore.data.layout import Found
from tlcore.data.readings import UndecidedError, readings, surest
from tlcore.data.settle import settle
from tlcore.data.survey import Table
from tlcore.data.ways import read


def pictures(folder, count=3):
    return [f"{folder}/{number}.jpg" for number in range(count)]


def labels(names, column=lambda place: "ab"[place % 2]):
    return Table(path="labels.csv", rows=tuple((name, column(place), "") for place, name in enumerate(names)))


def offers(found):
    return {way.key: dict(way.classes) for way in readings(found)}


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (["cat_001.jpg", "cat_002.JPG", "dog-1.jpeg", "dog-2.jpg"], ("cat", "dog")),
        (["cat (1).jpg", "cat (2).jpg", "Dog 3", "dog 4"], ("Dog", "cat")),
        (["cat1.jpg", "cat2.jpg", "sea lion 1.jpg", "sea lion 2.jpg"], ("cat", "sea lion")),
        (["n0144_1.JPEG", "n0144_2.JPEG", "n0145_7.JPEG", "n0145_8.JPEG"], ("n0144", "n0145")),
        (["7_0001.png", "7_0002.png", "3_0001.png", "3_0002.png"], ("3", "7")),
        (["cat_black.jpg", "cat_white.jpg", "dog_brown.jpg", "dog_white.jpg"], ("cat", "dog")),
    ],
)
def test_a_class_is_read_from_the_beginning_of_a_file_name(names, classes):
    assert read(Found.of(names), "prefix").classes == classes


def test_a_file_name_without_a_class_is_left_out_and_named():
    layout = read(Found.of(["cat_1.jpg", "cat_2.jpg", "dog_1.jpg", "dog_2.jpg", "0815.jpg"]), "prefix")
    assert [(one.name, one.code) for one in layout.left_out] == [("0815.jpg", "NO_PREFIX")]


def test_sides_are_honoured_by_file_names_and_innermost_folders():
    paths = [f"{side}/{name}_{number}.jpg" for side in ("train", "val") for name in "xy" for number in range(2)]
    layout = read(Found.of(paths), "prefix")
    assert {(paths[one.index].split("/")[0], one.split) for one in layout.placed} == {
        ("train", "train"),
        ("val", "val"),
    }
    paths = [path for side in ("train", "val") for name in ("a1/c1", "b1/d1") for path in pictures(f"{side}/{name}")]
    assert {(paths[one.index].split("/")[0], one.split) for one in read(Found.of(paths), "inner").placed} == {
        ("train", "train"),
        ("val", "val"),
    }


def test_a_table_beside_a_flat_folder_says_the_classes():
    names = [f"{number}.jpg" for number in range(8)]
    key, layout = surest(Found.of(names, tables=[labels(names)]))
    assert (key, layout.classes) == ("table", ("a", "b"))


def test_a_table_that_agrees_with_the_folders_raises_no_question(survey_of):
    paths = [*pictures("ants"), *pictures("bees")]
    table = labels(paths, lambda place: "0" if place < 3 else "1")
    assert surest(Found.of(paths, tables=[table]))[0] == "folders"
    told = settle("set", survey_of(paths, [table]), (), 0).left_out
    assert ("labels.csv", "TABLE_UNUSED") in [(one.name, one.code) for one in told]


def test_a_table_that_disagrees_with_the_folders_is_asked_about():
    paths = [*pictures("ants", 4), *pictures("bees", 4)]
    found = Found.of(paths, tables=[labels(paths)])
    with pytest.raises(UndecidedError, match="table"):
        surest(found)
    assert offers(found) == {"folders": {"ants": 4, "bees": 4}, "table": {"a": 4, "b": 4}}
