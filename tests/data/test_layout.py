"""Folders as people really have them: the classes are those they mean, never train, val or a wrapper."""

import pytest

from tlcore.data.folders import by_folders
from tlcore.data.layout import Found
from tlcore.errors import PictureError


def pictures(folder, count=2):
    return [f"{folder}/{number}.jpg" for number in range(count)]


def read_layout(paths):
    return by_folders(Found.of(paths))


def seen(paths):
    """Return classes and, for each placed file, its path, class and split."""
    layout = read_layout(paths)
    rows = {paths[one.index]: (layout.classes[one.label], one.split) for one in layout.placed}
    return layout, rows


@pytest.mark.parametrize("wrapper", ["", "set/", "archive/hymenoptera_data/", "a/b/c/d/"])
def test_class_folders_are_found_below_any_wrapper(wrapper):
    layout, rows = seen(pictures(f"{wrapper}ants") + pictures(f"{wrapper}bees"))
    assert layout.classes == ("ants", "bees")
    assert set(rows.values()) == {("ants", ""), ("bees", "")}


@pytest.mark.parametrize(
    ("train", "val"),
    [("train", "val"), ("Train", "VALID"), ("training", "validation"), ("train", "test"), ("set/train", "set/val")],
)
def test_a_split_by_folders_is_honoured(train, val):
    paths = [path for side in (train, val) for name in ("ants", "bees") for path in pictures(f"{side}/{name}")]
    layout, rows = seen(paths)
    assert layout.classes == ("ants", "bees")
    assert rows[f"{train}/ants/0.jpg"] == ("ants", "train")
    assert rows[f"{val}/bees/1.jpg"] == ("bees", "val")


def test_with_val_the_test_folder_is_kept_apart_by_name():
    paths = [path for side in ("train", "val", "test") for name in "ab" for path in pictures(f"{side}/class {name}")]
    layout, rows = seen(paths)
    assert not any(path.startswith("test/") for path in rows)
    assert {one.code for one in layout.left_out} == {"KEPT_APART"}
    assert len(layout.left_out) == 4


def test_pictures_without_a_class_in_test_are_left_out_and_named():
    layout, _ = seen(pictures("train/cat") + pictures("train/dog") + pictures("test"))
    assert layout.classes == ("cat", "dog")
    assert [one.name for one in layout.left_out] == ["test/0.jpg", "test/1.jpg"]


def test_each_side_may_have_its_own_wrapper():
    paths = pictures("train/data/a1") + pictures("train/data/b1") + pictures("val/a1") + pictures("val/b1")
    _, rows = seen(paths)
    assert rows["train/data/a1/0.jpg"] == ("a1", "train")
    assert rows["val/b1/0.jpg"] == ("b1", "val")


def test_trains_may_be_a_class():
    layout, _ = seen(pictures("bus") + pictures("car") + pictures("train"))
    assert layout.classes == ("bus", "car", "train")


def test_a_class_that_is_only_judged_by_is_left_out_and_named():
    paths = pictures("train/a1") + pictures("train/b1") + pictures("val/a1") + pictures("val/wasp")
    layout, _ = seen(paths)
    assert layout.classes == ("a1", "b1")
    assert {(one.name, one.code) for one in layout.left_out} == {
        ("val/wasp/0.jpg", "NOT_IN_TRAIN"),
        ("val/wasp/1.jpg", "NOT_IN_TRAIN"),
    }


def test_a_lone_class_in_val_with_folders_inside_stays_that_class():
    paths = pictures("train/a1") + pictures("train/b1") + pictures("val/a1/near") + pictures("val/a1/far")
    _, rows = seen(paths)
    assert rows["val/a1/near/0.jpg"] == ("a1", "val")


def test_system_files_make_no_class_and_are_not_left_out():
    system = [
        ".DS_Store",
        "ants/.DS_Store",
        "ants/Thumbs.db",
        "bees/desktop.ini",
        "__MACOSX/ants/._0.jpg",
        "ants/._0.jpg",
        ".git/objects/00.jpg",
        "ants/.ipynb_checkpoints/0-checkpoint.jpg",
        "@eaDir/ants/0.jpg",
    ]
    layout, _ = seen(pictures("ants") + pictures("bees") + system)
    assert layout.classes == ("ants", "bees")
    assert layout.left_out == ()


def test_stray_pictures_and_documents_beside_class_folders_are_named():
    layout, _ = seen([*pictures("ants"), *pictures("bees"), "stray.jpg", "README.md", "notes/a.txt", "labels.csv"])
    assert layout.classes == ("ants", "bees")
    assert {one.name for one in layout.left_out} == {"stray.jpg", "README.md", "notes/a.txt", "labels.csv"}
    assert {one.code for one in layout.left_out} == {"STRAY"}


def test_a_wrapper_may_have_a_readme_and_a_stray_picture_in_it():
    layout, _ = seen(["set/README.md", "set/cover.png", *pictures("set/data/ants"), *pictures("set/data/bees")])
    assert layout.classes == ("ants", "bees")
    assert len(layout.left_out) == 2


def test_deep_folders_inside_a_class_belong_to_it():
    layout, rows = seen(pictures("ants/small/red") + pictures("ants") + pictures("bees"))
    assert rows["ants/small/red/0.jpg"] == ("ants", "")
    assert [(one.count, one.name) for one in layout.notices] == [(1, "small")]


def test_folders_of_any_depth_are_read():
    deep = "d/" * 5000
    layout, _ = seen(pictures(f"ants/{deep}x") + pictures("bees"))
    assert layout.classes == ("ants", "bees")
    with pytest.raises(PictureError):
        read_layout(pictures(f"{deep}x"))


def test_spellings_of_one_class_are_merged_under_the_first():
    decomposed, composed = "cafe\u0301", "caf\u00e9"
    layout, rows = seen([path for name in ("cat", "Cat", "cat ", decomposed, composed) for path in pictures(name)])
    assert layout.classes == ("Cat", composed)
    assert rows["cat /0.jpg"] == ("Cat", "")
    assert layout.notices[0].count == 2


def test_single_letters_keep_their_case():
    assert seen(pictures("a") + pictures("A") + pictures("b"))[0].classes == ("A", "a", "b")


def test_hostile_class_names_become_one_visible_line():
    layout, _ = seen(pictures("a\u202egpj\nb") + pictures("<img src=x>") + pictures("🐝 bee") + pictures("\u200b"))
    assert layout.classes == ("<img src=x>", "agpj b", "unnamed", "🐝 bee")


def test_classes_and_labels_do_not_depend_on_the_order_of_files():
    paths = [path for name in ("10", "2", "Cat", "cat", "zebra") for path in pictures(name)]
    layout, rows = seen(paths)
    again, rows_again = seen(paths[::-1])
    assert again.classes == layout.classes
    assert rows_again == rows


def test_one_name_may_be_a_file_and_a_folder_and_occur_twice():
    layout = read_layout([*pictures("ants"), *pictures("ants"), *pictures("bees"), "bees"])
    assert len(layout.placed) == 6
    assert [one.name for one in layout.left_out] == ["bees"]


@pytest.mark.parametrize(
    ("paths", "code", "words"),
    [
        ([], "NO_PICTURES", "no picture"),
        (["a/readme.txt", ".DS_Store"], "NO_PICTURES", "no picture"),
        (["0.jpg", "1.jpg"], "NO_CLASSES", "class folders. Pictures by folder: the top folder: 2."),
        (["train/0.jpg", "val/1.jpg"], "NO_CLASSES", "train: 1"),
        (["set/ants/0.jpg", "set/ants/1.jpg"], "ONE_CLASS", "set/ants: 2"),
        (["train/ants/0.jpg", "val/ants/1.jpg"], "ONE_CLASS", "ants"),
        (["val/ants/0.jpg", "test/ants/1.jpg"], "NO_CLASSES", "There is no train folder"),
        ([f"{number}/0.jpg" for number in range(1001)], "TOO_MANY_CLASSES", "1001"),
    ],
)
def test_folders_that_make_no_set_are_refused_with_what_was_seen(paths, code, words):
    with pytest.raises(PictureError) as caught:
        read_layout(paths)
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.hint
