"""The ways in beside the upload: public sets, folders of the machine, how much room there is, and making some."""

import os
import shutil

import pytest

from tlcore.data import limits
from tlcore.data.collect import look_here
from tlcore.data.public_sets import PUBLIC_SETS
from tlcore.data.server_folders import FOLDERS_VARIABLE
from tlcore.draft import Draft
from tlcore.errands import FetchSet, ReadFolder
from tlcore.store.reading import Reader
from tlcore.text import memory

HOSTILE = "![x](http://evil.example) :material/bug_report: <img src=x>"


@pytest.fixture
def album(store, person, pictures, tmp_path):
    """A set of the visitor's own that lies in the store, and is chosen."""
    sent = shutil.copytree(pictures, tmp_path / "in").rglob("*.png")
    named = [(f"{path.parent.name}/{path.name}", path) for path in sorted(sent)]
    made = Reader(store, person, 0, lambda _done, _total: None, look_here).files(named, HOSTILE)
    store.drafts.keep(person, Draft(album=made.id, data=made.digest))
    return made


@pytest.fixture
def look_at(open_page):
    """Open the page of pictures at one way in."""

    def go(way):
        return open_page("pictures").button_group("way").set_value(way).run()

    return go


def asked(store, person, kind):
    newest = store.errands.newest(person, (kind,))
    return newest and newest.errand


def test_each_public_set_tells_what_it_is_and_is_fetched_when_asked_for(look_at, store, person, words):
    page = look_at("Public sets")
    for public in PUBLIC_SETS:
        page.button_group("public_set").set_value(public.key).run()
        said = words(page)
        assert public.about in said
        assert public.origin in said
        assert f"<b>{public.pictures:,}</b><span>pictures" in said
    assert asked(store, person, FetchSet) is None
    page.button("download_public").click().run()
    assert asked(store, person, FetchSet) == FetchSet(public_set=PUBLIC_SETS[-1].key, seed=0)


def test_some_classes_of_a_large_set_can_be_taken(look_at, store, person):
    page = look_at("Public sets")
    page.button_group("public_set").set_value("food101").run()
    page.multiselect("classes_food101").set_value(["pizza"]).run()
    assert page.button("download_public").disabled
    page.multiselect("classes_food101").set_value(["pizza", "waffles"]).run()
    page.button("download_public").click().run()
    assert asked(store, person, FetchSet).classes == ("pizza", "waffles")


def test_without_open_folders_it_is_told_how_to_open_one(look_at, words, monkeypatch):
    monkeypatch.delenv(FOLDERS_VARIABLE, raising=False)
    assert f"`{FOLDERS_VARIABLE}`" in words(look_at("On this machine"))


def test_a_person_walks_through_open_folders_and_reads_one(look_at, store, person, words, monkeypatch, tmp_path):
    (tmp_path / "open" / HOSTILE.replace("/", "_") / "cats").mkdir(parents=True)
    (tmp_path / "open" / HOSTILE.replace("/", "_") / "cats" / "1.jpg").write_bytes(b"one")
    monkeypatch.setenv(FOLDERS_VARIABLE, os.pathsep.join([str(tmp_path / "open")]))
    page = look_at("On this machine")
    page.button("open_0").click().run()
    page.button("enter_0").click().run()
    assert "1 folder here; 1 file in all." in words(page)
    assert str(tmp_path) not in words(page)
    assert "![x](" not in words(page)
    page.button("server_read").click().run()
    assert asked(store, person, ReadFolder) == ReadFolder(folder="open", place=HOSTILE.replace("/", "_"), seed=0)
    for _ in range(2):
        page.button("server_up").click().run()
    assert page.button("open_0").label == "open"


def test_a_folder_that_goes_away_is_told_and_left(look_at, words, monkeypatch, tmp_path):
    (tmp_path / "open" / "inner").mkdir(parents=True)
    monkeypatch.setenv(FOLDERS_VARIABLE, str(tmp_path / "open"))
    page = look_at("On this machine")
    page.button("open_0").click().run()
    shutil.rmtree(tmp_path / "open" / "inner")
    page.button("enter_0").click().run()
    assert "not among those that can be read here" in words(page)
    assert not page.exception


@pytest.mark.usefixtures("album")
def test_the_room_is_told_and_made(open_page, store, person, words, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    page = open_page("pictures")
    used = memory(store.space.used(person))
    assert f"Up to 20,000 pictures a set and 100 MB a file; {used} of your 500 MB used." in words(page)
    (album,) = store.albums.of(person)
    page.button(f"delete_{album.id}").click().run()
    assert not page.exception
    assert store.albums.of(person) == []
    assert (store.drafts.of(person).album, store.drafts.of(person).data) == (None, None)
    assert "0 kB of your 500 MB used." in words(page)
