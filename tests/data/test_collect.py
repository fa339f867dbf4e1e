"""A folder becomes a set: everything usable is in it, everything else is named, and the folder stays as it was."""

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tlcore.data import limits
from tlcore.data.facts import MISNAMED
from tlcore.data.manifest import LeftOut
from tlcore.data.thumbnails import thumbnail_path
from tlcore.errors import PictureError


@pytest.fixture
def read(settled):
    return settled


def codes(manifest):
    return {one.name: one.code for one in manifest.left_out}


@pytest.fixture
def refusal(settled):
    def refused(root, **options):
        with pytest.raises(PictureError) as caught:
            settled(root, **options)
        return caught.value

    return refused


def test_an_ordinary_folder_becomes_a_set(write_set, read):
    manifest = read(write_set({"cats": 10, "dogs": 5}))
    assert manifest.classes == ("cats", "dogs")
    assert manifest.counts("train") == (8, 4)
    assert manifest.counts("val") == (2, 1)
    assert manifest.split_by == "seed 1"
    assert manifest.left_out == ()


def test_a_path_with_spaces_and_accents_will_do(write_set, read):
    manifest = read(write_set({"une  chatte": 2, "à côté": 2}, folder="mes photos d'été"))
    assert manifest.classes == ("une chatte", "à côté")
    assert next(example.where for example in manifest.examples if example.label == 0).startswith("une  chatte/")


def test_folders_decide_the_split_where_they_can(write_set, read):
    manifest = read(write_set({"train/cats": 3, "train/dogs": 3, "val/cats": 1, "val/dogs": 2}))
    assert (manifest.counts("train"), manifest.counts("val")) == ((3, 3), (1, 2))
    assert manifest.split_by == "folders"


def test_the_seed_decides_where_nothing_to_be_judged_by_is_left(write_set, read):
    root = write_set({"train/cats": 5, "train/dogs": 5, "val/cats": 0})
    (root / "val" / "cats" / "broken.jpg").write_bytes(b"")
    manifest = read(root)
    assert manifest.split_by == "seed 1"
    assert manifest.counts("val") == (1, 1)


def test_the_folder_is_never_changed(write_set, tmp_path, read):
    root = write_set({"cats": 3, "dogs": 3})
    (root / "cats" / "broken.jpg").write_bytes(b"no")
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in root.rglob("*")}
    read(root, thumbnails=tmp_path / "small")
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in root.rglob("*")} == before


def test_a_set_is_the_same_uploaded_and_from_a_folder(write_set, tmp_path, read):
    root = write_set({"cats": 6, "dogs": 4})
    store, pairs = tmp_path / "store", []
    store.mkdir()
    for number, path in enumerate(sorted(root.rglob("*.jpg"), reverse=True)):
        (store / f"u{number}").write_bytes(path.read_bytes())
        pairs.append((f"uploaded/{path.parent.name}/another name {number}.jpg", f"u{number}"))
    uploaded = read(store, paths=pairs, name="uploaded")
    assert uploaded.digest == read(root).digest
    assert all(example.name.startswith("another name") for example in uploaded.examples)


def test_broken_files_are_left_out_and_named(write_set, read):
    root = write_set({"cats": 4, "dogs": 4})
    (root / "cats" / "empty.jpg").write_bytes(b"")
    (root / "cats" / "page.jpg").write_bytes(b"<html>404</html>")
    (root / "dogs" / "cut.jpg").write_bytes((root / "dogs" / "4.jpg").read_bytes()[:300])
    (root / "dogs" / "notes.txt").write_text("a dog")
    (root / ".DS_Store").write_bytes(b"x")
    manifest = read(root)
    assert codes(manifest) == {
        "cats/empty.jpg": "EMPTY_FILE",
        "cats/page.jpg": "NOT_AN_IMAGE",
        "dogs/cut.jpg": "TRUNCATED",
        "dogs/notes.txt": "NOT_AN_IMAGE",
    }
    assert all(one.sentence for one in manifest.left_out)
    assert manifest.ignored == 1
    assert sum(manifest.counts("train")) + sum(manifest.counts("val")) == 8


def test_a_name_that_says_another_kind_of_file_is_told(write_set, read):
    root = write_set({"cats": 4, "dogs": 4})
    (root / "cats" / "0.jpg").rename(root / "cats" / "0.PNG")
    (root / "cats" / "1.jpg").rename(root / "cats" / "1")
    (root / "cats" / "2.jpg").rename(root / "cats" / "2.JPEG")
    manifest = read(root)
    assert sum(manifest.counts("train")) + sum(manifest.counts("val")) == 8
    assert [(one.count, one.name) for one in manifest.notices if one.sentence == MISNAMED] == [(1, "cats/0.PNG")]


def test_what_fell_out_before_is_named_too(write_set, read):
    before = LeftOut(name="../evil.jpg", code="BAD_PATH", sentence="Its name leads out of the archive.")
    assert read(write_set({"cats": 2, "dogs": 2}), left_out=[before]).left_out == (before,)


def test_a_class_that_comes_out_empty_is_dropped_and_named(write_set, read):
    root = write_set({"cats": 3, "dogs": 3, "nothing": 0})
    (root / "birds").mkdir()
    (root / "birds" / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    manifest = read(root)
    assert manifest.classes == ("cats", "dogs")
    assert codes(manifest) == {"birds/cut.jpg": "TRUNCATED", "birds": "EMPTY_CLASS", "nothing": "EMPTY_FOLDER"}


def test_a_class_whose_pictures_to_learn_from_are_all_broken_is_dropped(write_set, read):
    root = write_set({"train/a1": 2, "train/b1": 2, "val/a1": 1, "val/b1": 1, "val/c1": 1})
    (root / "train" / "c1").mkdir()
    (root / "train" / "c1" / "broken.jpg").write_bytes(b"")
    manifest = read(root)
    assert manifest.classes == ("a1", "b1")
    assert sorted(codes(manifest).values()) == ["EMPTY_CLASS", "EMPTY_FILE", "NOT_IN_TRAIN"]


@pytest.mark.parametrize(
    ("counts", "code", "words"),
    [
        ({"cats": 1, "dogs": 1}, "NOTHING_TO_JUDGE_BY", "second picture"),
        ({"cats": 3}, "ONE_CLASS", "cats"),
        ({"cats": 0}, "NO_PICTURES", "no picture"),
    ],
)
def test_what_cannot_be_a_set_is_refused(write_set, counts, code, words, refusal):
    fault = refusal(write_set(counts))
    assert fault.code == code
    assert words in fault.message
    assert fault.hint


def test_a_set_that_shrinks_to_one_class_is_refused(write_set, refusal):
    root = write_set({"cats": 3})
    (root / "dogs").mkdir()
    (root / "dogs" / "broken.jpg").write_bytes(b"")
    fault = refusal(root)
    assert fault.code == "ONE_CLASS"
    assert "cats" in fault.message
    assert "dogs/broken.jpg" in fault.message


def test_a_missing_folder_is_told(tmp_path, refusal):
    assert refusal(tmp_path / "none").code == "NO_FOLDER"


def test_limits_are_kept(write_set, monkeypatch, refusal):
    root = write_set({"cats": 4, "dogs": 4})
    monkeypatch.setattr(limits, "ALONE", replace(limits.ALONE, pictures=7))
    assert refusal(root).code == "TOO_MANY_PICTURES"
    monkeypatch.setattr(limits, "ALONE", replace(limits.ALONE, folder_entries=5))
    assert refusal(root).code == "TOO_MANY_FILES"


def test_repeats_in_a_class_are_kept_once(write_set, read):
    root = write_set({"cats": 4, "dogs": 4})
    (root / "cats" / "copy.jpg").write_bytes((root / "cats" / "0.jpg").read_bytes())
    manifest = read(root)
    assert codes(manifest) == {"cats/copy.jpg": "REPEATED"}
    assert "cats/0.jpg" in manifest.left_out[0].sentence


def test_a_picture_to_be_judged_by_is_not_learned_from(write_set, read):
    root = write_set({"train/cats": 3, "train/dogs": 3, "val/cats": 2, "val/dogs": 2})
    copied = next((root / "val" / "cats").iterdir())
    (root / "train" / "cats" / "copy.jpg").write_bytes(copied.read_bytes())
    (root / "train" / "dogs" / "copy.jpg").write_bytes(copied.read_bytes())
    manifest = read(root)
    assert codes(manifest) == {"train/cats/copy.jpg": "IN_BOTH", "train/dogs/copy.jpg": "IN_BOTH"}
    sides = [{example.id for example in manifest.of(split)} for split in ("train", "val")]
    assert not sides[0] & sides[1]


def test_a_picture_in_two_classes_is_kept_and_told(write_set, read):
    root = write_set({"cats": 4, "dogs": 4})
    (root / "dogs" / "copy.jpg").write_bytes((root / "cats" / "0.jpg").read_bytes())
    manifest = read(root)
    assert manifest.left_out == ()
    assert "The same picture lies in cats and in dogs." in [notice.sentence for notice in manifest.notices]
    sides = [{example.id for example in manifest.of(split)} for split in ("train", "val")]
    assert not sides[0] & sides[1]


def test_thumbnails_are_square_and_written_once(write_set, tmp_path, read):
    root, small = write_set({"cats": 2, "dogs": 2}), tmp_path / "small"
    manifest = read(root, thumbnails=small)
    paths = [thumbnail_path(small, example.id) for example in manifest.examples]
    assert sorted(path for path in small.rglob("*") if path.is_file()) == sorted(paths)
    for path in paths:
        with Image.open(path) as image:
            assert (image.format, image.size) == ("JPEG", (160, 160))
    before = [path.stat().st_ino for path in paths]
    read(root, thumbnails=small)
    assert [path.stat().st_ino for path in paths] == before


def test_progress_counts_every_picture_and_may_end_the_work(write_set, read):
    root, seen = write_set({"cats": 5, "dogs": 5}), []
    read(root, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 10) for done in range(11)]

    def stop(done, _total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(root, progress=stop)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pictures")]


def test_small_and_odd_pictures_are_told_in_one_line_each(write_set, read):
    root = write_set({"cats": 5, "dogs": 5})
    manifest = read(root)
    assert [(notice.count, notice.name) for notice in manifest.notices] == [(10, "cats/0.jpg")]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are made the POSIX way")
def test_links_and_pipes_are_not_followed(write_set, tmp_path, photograph, read):
    root = write_set({"cats": 3, "dogs": 3})
    (tmp_path / "outside.jpg").write_bytes(photograph(50))
    (root / "cats" / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    (root / "birds").symlink_to(root / "cats")
    os.mkfifo(root / "dogs" / "pipe.jpg")
    assert codes(read(root)) == {"cats/link.jpg": "LINK", "birds": "LINK", "dogs/pipe.jpg": "NOT_A_FILE"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no text")
def test_a_name_that_is_no_text_is_left_out(write_set, read):
    root = write_set({"cats": 3, "dogs": 3})
    path = Path(os.fsdecode(os.fsencode(root) + b"/cats/caf\xe9.jpg"))
    path.write_bytes((root / "cats" / "0.jpg").read_bytes())
    assert list(codes(read(root)).values()) == ["BAD_NAME"]


def test_ants_and_bees_are_244_and_153(real_pictures, read):
    manifest = read(real_pictures / "hymenoptera")
    assert manifest.classes == ("ants", "bees")
    assert (sum(manifest.counts("train")), sum(manifest.counts("val"))) == (244, 153)
    assert codes(manifest)["train/ants/imageNotFound.gif"] == "PLACEHOLDER"


def test_drawings_are_all_taken(real_pictures, read):
    manifest = read(real_pictures / "clipart_stamps")
    assert len(manifest.classes) == 10
    assert len(manifest.examples) == 331
    assert set(codes(manifest)) == {"SOURCE.md"}
