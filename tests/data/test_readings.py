"""Layouts as people really have them: the classes that are meant, or a question; never train, val or a wrapper."""

from random import Random

import pytest

from tlcore.data.facts import Fact
from tlcore.data.layout import Found
from tlcore.data.manifest import LeftOut
from tlcore.data.marks import ReadAs
from tlcore.data.readings import KEYS, UndecidedError, decided, read, readings, surest, title_of
from tlcore.data.settle import settle
from tlcore.data.survey import Survey, Table
from tlcore.errors import PictureError

WRAPPERS = {"train", "val", "test", "__macosx", "set", "data", "photos"}


def pictures(folder, count=3, ending="jpg"):
    return [f"{folder}/{number}.{ending}" for number in range(count)]


def fact(number, path):
    return Fact(
        path=path,
        source=0,
        where=f"{number}.jpg",
        id=f"{number:064x}",
        kind="JPEG",
        width=300,
        height=200,
        likeness=f"{number * 2**64 // 7919:032x}",
        is_flat=False,
        is_grey=False,
        is_blank=False,
        notes=(),
    )


def survey(paths, tables=(), unfit=()):
    facts = tuple(fact(number, path) for number, path in enumerate(paths))
    return Survey(facts=facts, alike=tuple(range(len(facts))), tables=tuple(tables), unfit=tuple(unfit))


def labels(names, column=lambda place: "ab"[place % 2]):
    return Table(path="labels.csv", rows=tuple((name, column(place), "") for place, name in enumerate(names)))


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


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["IMG_2041.jpg", "IMG_2042.jpg", "IMG_2043.jpg"], "NO_CLASSES"),
        (["2021-03-04 12.33.01.jpg", "2022-03-04 12.33.02.jpg"] * 2, "NO_CLASSES"),
        ([f"{number:x}f.jpg" for number in range(4000, 4020)], "NO_CLASSES"),
        (pictures("set/ants"), "ONE_CLASS"),
        ([f"{number}/a.jpg" for number in range(1001)], "TOO_MANY_CLASSES"),
        (["notes.txt", ".DS_Store"], "NO_PICTURES"),
    ],
)
def test_what_can_be_understood_in_no_way_is_refused_without_a_question(paths, code):
    with pytest.raises(PictureError) as caught:
        settle("set", survey(paths), (), 0)
    assert caught.value.code == code
    assert caught.value.hint


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


def test_a_table_beside_a_flat_folder_says_the_classes():
    names = [f"{number}.jpg" for number in range(8)]
    key, layout = surest(Found.of(names, tables=[labels(names)]))
    assert (key, layout.classes) == ("table", ("a", "b"))


def test_a_table_that_agrees_with_the_folders_raises_no_question():
    paths = [*pictures("ants"), *pictures("bees")]
    table = labels(paths, lambda place: "0" if place < 3 else "1")
    assert surest(Found.of(paths, tables=[table]))[0] == "folders"
    told = settle("set", survey(paths, [table]), (), 0).left_out
    assert ("labels.csv", "TABLE_UNUSED") in [(one.name, one.code) for one in told]


def test_a_table_that_disagrees_with_the_folders_is_asked_about():
    paths = [*pictures("ants", 4), *pictures("bees", 4)]
    found = Found.of(paths, tables=[labels(paths)])
    with pytest.raises(UndecidedError, match="table"):
        surest(found)
    assert offers(found) == {"folders": {"ants": 4, "bees": 4}, "table": {"a": 4, "b": 4}}


def test_a_decision_counts_until_another_one_or_until_it_is_taken_back():
    found = survey(ASKED["two levels"][0])
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


def test_a_class_whose_pictures_cannot_be_used_is_dropped_and_named():
    broken = LeftOut(name="birds/cut.jpg", code="TRUNCATED", sentence="It ends too early.")
    manifest = settle("set", survey([*pictures("ants"), *pictures("bees")], unfit=[broken]), (), 0)
    assert manifest.classes == ("ants", "bees")
    assert {(one.name, one.code) for one in manifest.left_out} >= {("birds", "EMPTY_CLASS")}


def test_a_class_with_one_picture_is_learned_and_a_few_are_warned_of():
    manifest = settle("set", survey([*pictures("ants", 9), *pictures("bees", 3), *pictures("wasp", 1)]), (), 0)
    assert manifest.counts("train")[2] == 1
    assert manifest.counts("val")[2] == 0
    told = {notice.name: notice.sentence for notice in manifest.notices}
    assert "no picture to check with" in told["wasp"]
    assert "fewer than 5" in told["bees"]
    assert "ants" not in told


def test_a_thousand_classes_with_one_picture_each_have_nothing_to_judge_by():
    thousand = [f"class {number}" for number in range(1000)]
    with pytest.raises(PictureError) as caught:
        settle("set", survey([path for name in thousand for path in pictures(name, 1)]), (), 0)
    assert caught.value.code == "NOTHING_TO_JUDGE_BY"
    manifest = settle("set", survey([path for name in thousand for path in pictures(name, 2)]), (), 0)
    assert set(manifest.counts("train")) == set(manifest.counts("val")) == {1}


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
