"""Layouts as people really have them: the classes that are meant, or a question; never train, val or a wrapper."""

from random import Random

import pytest

from tlcore.data.layout import Found
from tlcore.data.marks import ReadAs
from tlcore.data.readings import UndecidedError, decided, readings, surest
from tlcore.data.settle import settle
from tlcore.data.survey import Table
from tlcore.data.ways import KEYS, read, title_of
from tlcore.errors import PictureError

WRAPPERS = {"train", "val", "test", "__macosx", "set", "data", "photos"}


def pictures(folder, count=3, ending="jpg"):
    return [f"{folder}/{number}.{ending}" for number in range(count)]


def offers(found):
    return {way.key: dict(way.classes) for way in readings(found)}


SURE = {
    "a zip made on a Mac": (
        [*pictures("set/ants"), *pictures("set/bees"), *pictures("__MACOSX/set/ants"), "set/ants/._0.jpg"],
        "folders",
        ("ants", "bees"),
    ),
    "system folders": (
        [*pictures("ants"), *pictures("bees"), *pictures(".git"), *pictures("ants/@eaDir"), *pictures("#recycle")],
        "folders",
        ("ants", "bees"),
    ),
    "accents coded in two ways": (
        [*pictures("cafe\u0301"), *pictures("caf\u00e9"), *pictures("tea")],
        "folders",
        ("caf\u00e9", "tea"),
    ),
    "hostile names": (
        [*pictures("a\u202egpj\nb"), *pictures("🐝"), *pictures("x" * 300)],
        "folders",
        ("agpj b", "x" * 119 + "…", "🐝"),
    ),
    "a double wrapper": ([*pictures("set/data/ants"), *pictures("set/data/bees")], "folders", ("ants", "bees")),
    "train and val": (
        [path for side in ("train", "val") for name in ("ants", "bees") for path in pictures(f"set/{side}/{name}")],
        "sides",
        ("ants", "bees"),
    ),
    "train, val and test": (
        [
            path
            for side in ("Train", "valid", "test")
            for name in ("ants", "bees")
            for path in pictures(f"{side}/{name}")
        ],
        "sides",
        ("ants", "bees"),
    ),
    "train alone": ([*pictures("train/ants"), *pictures("train/bees")], "folders", ("ants", "bees")),
    "train and val inside classes": (
        [path for name in ("ants", "bees") for side in ("train", "val") for path in pictures(f"{name}/{side}")],
        "inner_sides",
        ("ants", "bees"),
    ),
    "deep folders in a class": (
        [*pictures("ants/small/red"), *pictures("ants"), *pictures("bees")],
        "folders",
        ("ants", "bees"),
    ),
    "folders in a class beside its pictures": (
        [*pictures("ants"), *pictures("ants/more/near"), *pictures("ants/more/far"), *pictures("bees/all")],
        "folders",
        ("ants", "bees"),
    ),
    "any ending and none": (
        [*pictures("ants", ending="JPG"), *pictures("ants", ending="Png"), "bees/one", "bees/two", "bees/3.jfif"],
        "folders",
        ("ants", "bees"),
    ),
    "three spellings": (
        [*pictures("Cat"), *pictures("cat"), *pictures("cat "), *pictures("dog")],
        "folders",
        ("Cat", "dog"),
    ),
    "strays beside classes": (
        [*pictures("ants"), *pictures("bees"), "stray.jpg", "README.md"],
        "folders",
        ("ants", "bees"),
    ),
    "a thousand classes": (
        [path for number in range(1000) for path in pictures(f"class {number}", 2)],
        "folders",
        tuple(sorted(f"class {number}" for number in range(1000))),
    ),
}

ASKED = {
    "a flat folder": (
        [*(f"cat_{number:03d}.jpg" for number in range(4)), *(f"dog.{number}.jpg" for number in range(4))],
        {"prefix": {"cat": 4, "dog": 4}},
    ),
    "train and val without classes": (
        [f"{side}/{name}.{number}.jpg" for side in ("train", "val") for name in ("cat", "dog") for number in range(2)],
        {"prefix": {"cat": 4, "dog": 4}, "folders": {"train": 4, "val": 4}},
    ),
    "one folder of breeds": (
        [f"images/{name}_{number}.jpg" for name in ("Abyssinian", "american_pit_bull") for number in range(3)],
        {"prefix": {"Abyssinian": 3, "american_pit_bull": 3}},
    ),
    "two levels": (
        [*pictures("animals/cat"), *pictures("animals/dog"), *pictures("plants/oak")],
        {"folders": {"animals": 6, "plants": 3}, "inner": {"cat": 3, "dog": 3, "oak": 3}},
    ),
    "a wrapper beside pictures": (
        [*pictures("data/cat"), *pictures("data/dog"), *pictures("more")],
        {"folders": {"data": 6, "more": 3}, "inner": {"cat": 3, "dog": 3, "more": 3}},
    ),
    "wrappers in wrappers": (
        [path for shop in ("amazon", "dslr") for name in ("mug", "pen") for path in pictures(f"{shop}/images/{name}")],
        {"folders": {"amazon": 6, "dslr": 6}, "inner": {"mug": 6, "pen": 6}},
    ),
    "train beside other folders": (
        [*pictures("train/cat"), *pictures("train/dog"), *pictures("more")],
        {
            "sides": {"cat": 3, "dog": 3},
            "inner": {"cat": 3, "dog": 3, "more": 3},
            "folders": {"more": 3, "train": 6},
        },
    ),
    "a train among vehicles": (
        [*pictures("bus"), *pictures("car"), *pictures("train")],
        {"folders": {"bus": 3, "car": 3, "train": 3}},
    ),
    "val and test alone": (
        [*pictures("val/cat"), *pictures("val/dog"), *pictures("test/cat")],
        {"inner": {"cat": 6, "dog": 3}, "folders": {"test": 3, "val": 6}},
    ),
}


@pytest.mark.parametrize("name", SURE)
def test_classes_are_the_folders_that_are_meant(name):
    paths, key, classes = SURE[name]
    found = Found.of(paths)
    taken, layout = surest(found)
    assert (taken, layout.classes) == (key, classes)
    assert offers(found)[key].keys() == set(classes)


@pytest.mark.parametrize("name", ASKED)
def test_where_it_is_in_doubt_every_way_is_offered_and_none_is_taken(name):
    paths, ways = ASKED[name]
    found = Found.of(paths)
    with pytest.raises(UndecidedError) as caught:
        surest(found)
    assert caught.value.code == "UNDECIDED"
    assert all(way.title in caught.value.hint for way in readings(found))
    assert "(" not in caught.value.hint, "keys are for the command line"
    assert offers(found) == ways
    assert list(offers(found)) == list(ways)
    for key, classes in ways.items():
        assert read(found, key).classes == tuple(sorted(classes))


def test_train_val_and_wrappers_are_never_classes_without_a_click():
    for paths, _, _ in SURE.values():
        _, layout = surest(Found.of(paths))
        assert not {name.casefold() for name in layout.classes} & WRAPPERS


def test_capitals_can_tell_classes_apart_where_a_person_says_so():
    paths = [*pictures("Cat"), *pictures("cat"), *pictures("cat "), *pictures("dog")]
    assert offers(Found.of(paths)) == {
        "folders": {"Cat": 9, "dog": 3},
        "spelled": {"Cat": 3, "cat": 6, "dog": 3},
    }


def test_long_names_that_begin_alike_stay_two_classes():
    layout = read(Found.of([*pictures("x" * 300 + "a"), *pictures("x" * 300 + "b")]), "folders")
    assert len(set(layout.classes)) == 2
    assert all(len(name) <= 120 for name in layout.classes)
    assert layout.notices == ()


def test_a_decision_counts_until_another_one_or_until_it_is_taken_back(survey_of):
    found = survey_of(ASKED["two levels"][0])
    outer, inner = ReadAs(reading="folders"), ReadAs(reading="inner")
    assert settle("set", found, (outer,), 0).classes == ("animals", "plants")
    assert settle("set", found, (outer, inner), 0).classes == ("cat", "dog", "oak")
    assert decided((outer, inner)) == "inner"
    with pytest.raises(UndecidedError):
        settle("set", found, (), 0)


def test_an_unknown_reading_is_refused_with_the_nearest_one():
    with pytest.raises(PictureError, match="Did you mean prefix"):
        read(Found.of(pictures("ants")), "prefixes")
    assert all(title_of(key) for key in KEYS)


def test_what_a_way_would_leave_without_a_class_is_counted():
    found = Found.of([*ASKED["train beside other folders"][0], "broken.jpg"], pictures=9)
    assert {way.key: way.without for way in readings(found)} == {"sides": 3, "inner": 0, "folders": 0}
    assert readings(found)[0].example == ("train/cat/0.jpg", "cat")


def test_any_paths_give_classes_a_question_or_a_plain_refusal():
    parts = [
        "train",
        "val",
        "test",
        "Test ",
        "cat",
        "Cat",
        "cat ",
        "dog",
        "__MACOSX",
        ".git",
        "a\u202eb",
        "",
        "x" * 300,
    ]
    names = ["cat_1.jpg", "cat.2.JPG", "dog (3)", "._x.jpg", "Thumbs.db", "notes.txt", "0001.png", "été_1.webp", "."]
    for seed in range(400):
        draw = Random(seed)
        paths = [
            "/".join([*draw.choices(parts, k=draw.randint(0, 4)), draw.choice(names)])
            for _ in range(draw.randint(1, 30))
        ]
        table = Table(path="cat/t.csv", rows=tuple((path, draw.choice(parts) or "x", "") for path in paths[::2]))
        try:
            found = Found.of(paths, tables=[table] * draw.randint(0, 1))
            key, layout = surest(found)
        except PictureError:
            continue
        assert key in KEYS
        assert len(layout.classes) >= 2
        assert key == "table" or not {name.casefold() for name in layout.classes} & WRAPPERS
        assert sorted([*(one.index for one in layout.placed), *(one.place for one in layout.left_out)]) == sorted(
            found.root.below()
        )
