"""The verb `pictures` lists what there is, downloads what is asked for, and says what cannot be done."""

import json
from zipfile import ZipFile

import pytest

from tlcore.data.collect import look_here
from tlcore.data.public_sets import PUBLIC_SETS
from tlcore.fetch import MIRROR_VARIABLE
from tlcore.store import reading
from tlcore.store.reading import Reader


@pytest.fixture
def fetched(pictures, tmp_path, monkeypatch):
    """Let every download be a zip of the small pictures."""
    path = tmp_path / "set.zip"
    with ZipFile(path, "w") as archive:
        for file in pictures.rglob("*.png"):
            archive.write(file, file.relative_to(pictures))
    monkeypatch.setattr(reading, "download", lambda *_: [path])


def test_samples_and_public_sets_are_listed(said):
    status, out, _ = said("pictures", "--json")
    rows = json.loads(out)["pictures"]
    assert status == 0
    assert [row["name"] for row in rows] == ["digits", "shapes", *(public.key for public in PUBLIC_SETS)]
    assert [row["name"] for row in rows if row["here"]] == ["digits", "shapes"]
    assert "download, 345 MB" in said("pictures")[1]


@pytest.mark.usefixtures("fetched")
def test_a_set_that_was_downloaded_can_be_learned(said):
    assert said("train", "hymenoptera")[2].splitlines() == [
        "hymenoptera is not here yet.",
        "Run: python -m tlcore pictures download hymenoptera",
    ]
    told = json.loads(said("pictures", "download", "hymenoptera", "--json")[1])
    assert told == {"name": "Ants and bees", "classes": 3, "train_examples": 15, "val_examples": 3, "left_out": 0}
    rows = json.loads(said("pictures", "--json")[1])["pictures"]
    assert "hymenoptera" in [row["name"] for row in rows if row["here"]]
    quick = ("--backbone=squeezenet1_0", "--strategy=scratch", "--epochs=1", "--image-size=32", "--batch-size=8")
    assert said("train", "hymenoptera", *quick, "--json")[0] == 0


@pytest.mark.usefixtures("fetched")
def test_sets_are_listed_though_one_is_damaged(said, store):
    said("pictures", "download", "hymenoptera")
    store._database.write("UPDATE datasets SET manifest = '{}'")
    for album in store.albums.of(store.command_line_workspace()):
        store.blobs.path(album.survey).write_text("noise")
    status, out, told = said("pictures")
    assert (status, told) == (0, "")
    assert "ready offline" in out


@pytest.mark.usefixtures("fetched")
def test_what_strangers_publish_is_read_in_limited_processes(said, own_home):
    assert said("pictures", "download", "hymenoptera")[0] == 0
    assert (own_home / "logs" / "eyes.log").exists()


def test_an_own_set_of_the_same_name_is_not_taken_for_a_public_one(said, store, pictures, tmp_path):
    own = tmp_path / "EuroSAT.zip"
    with ZipFile(own, "w") as archive:
        for file in pictures.rglob("*.png"):
            archive.write(file, file.relative_to(pictures))
    Reader(store, store.command_line_workspace(), 0, lambda *_: None, look_here).archive(own, "EuroSAT")
    rows = json.loads(said("pictures", "--json")[1])["pictures"]
    assert "eurosat" not in [row["name"] for row in rows if row["here"]]
    assert "eurosat is not here yet" in said("train", "eurosat")[2]


def test_what_cannot_be_done_is_told(said, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(MIRROR_VARIABLE, "http://127.0.0.1:9")
    assert "has no internet" in said("pictures", "download", "eurosat")[2]
    assert "got no name" in said("pictures", "download")[2]
    assert "Did you mean eurosat?" in said("pictures", "download", "eurosatt")[2]
    assert "Did you mean pictures download eurosat?" in said("pictures", "list", "eurosat")[2]
