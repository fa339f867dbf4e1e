"""Folders of the machine are read below those that the operator opened up, and nowhere else, whatever is asked for."""

import os
import sys
from types import SimpleNamespace

import pytest

from tlcore.data import server_folders
from tlcore.data import walk as walk_room
from tlcore.data.server_folders import FOLDERS_VARIABLE, folder_at, inside, open_folders
from tlcore.data.walk import is_link, walk
from tlcore.errors import PictureError


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with two folders that are opened up and a secret one beside them."""
    for place in ("shared/pets/cats", "shared/pets/dogs", "shared/.hidden", "other/shared/birds", "secret/keys"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "1.jpg").write_bytes(b"one")
    (tmp_path / "shared" / "notes.txt").write_bytes(b"words")
    opened = [tmp_path / "shared", tmp_path / "other" / "shared", tmp_path / "not there"]
    monkeypatch.setenv(FOLDERS_VARIABLE, os.pathsep.join(map(str, opened)))
    return tmp_path


def test_nothing_is_open_unless_the_operator_says_so(monkeypatch):
    monkeypatch.delenv(FOLDERS_VARIABLE, raising=False)
    assert open_folders() == {}
    with pytest.raises(PictureError, match="not among those"):
        folder_at("", "")


def test_two_folders_of_one_name_are_told_apart(machine):
    assert open_folders() == {"shared": machine / "shared", "shared 2": machine / "other" / "shared"}


def test_a_listing_tells_names_and_counts(machine):
    folders, files = inside("shared", "")
    assert [(one.name, one.files, one.is_counted) for one in folders] == [("pets", 2, True)]
    assert files == 1
    assert [(one.name, one.files) for one in inside("shared", "pets")[0]] == [("cats", 1), ("dogs", 1)]
    assert folder_at("shared", "pets/cats") == machine / "shared" / "pets" / "cats"


@pytest.mark.usefixtures("machine")
def test_a_listing_ends_counting_in_time(monkeypatch):
    monkeypatch.setattr("tlcore.data.server_folders._MOST_COUNTED", 3)
    ((pets,), _) = inside("shared", "")
    assert not pets.is_counted


WAYS_OUT = ("..", "../secret", "pets/../../secret", "/etc", "//etc", "pets//cats", "./pets", "pets/.", "pets\0", "none")


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("place", WAYS_OUT)
def test_no_word_leads_out(place):
    with pytest.raises(PictureError, match="not among those"):
        folder_at("shared", place)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("name", ["secret", "/", "..", "not there", "shared/pets"])
def test_only_the_names_that_are_shown_are_roots(name):
    with pytest.raises(PictureError, match="not among those"):
        folder_at(name, "")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_neither_shown_nor_followed(machine):
    (machine / "shared" / "out").symlink_to(machine / "secret")
    (machine / "shared" / "pets" / "inner").symlink_to(machine / "shared" / "pets" / "cats")
    assert [one.name for one in inside("shared", "")[0]] == ["pets"]
    for place in ("out", "out/keys", "pets/inner"):
        with pytest.raises(PictureError, match="not among those"):
            folder_at("shared", place)
    assert inside("shared", "pets")[0][0].name == "cats"


@pytest.mark.parametrize(
    ("tag", "links"),
    [(0xA000_0003, True), (0xA000_000C, True), (0x9000_001A, False), (0, False)],
    ids=["junction", "symbolic link", "file of OneDrive", "plain"],
)
def test_a_junction_of_windows_is_a_link(monkeypatch, tag, links):
    monkeypatch.setattr(walk_room, "_HAS_JUNCTIONS", True)
    facts = SimpleNamespace(st_reparse_tag=tag)
    entry = SimpleNamespace(is_symlink=lambda: False, stat=lambda **_: facts)
    assert is_link(entry) is links


def test_a_junction_is_neither_shown_nor_followed(machine, monkeypatch):
    for room in (walk_room, server_folders):
        monkeypatch.setattr(room, "is_link", lambda place: place.name == "cats")
    assert [one.name for one in inside("shared", "pets")[0]] == ["dogs"]
    assert inside("shared", "")[0][0].files == 1
    with pytest.raises(PictureError, match="not among those"):
        folder_at("shared", "pets/cats")
    unfit = []
    assert list(walk(machine / "shared" / "pets", unfit)) == [("dogs/1.jpg", "dogs/1.jpg")]
    assert [(one.name, one.code) for one in unfit] == [("cats", "LINK")]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_root_may_itself_be_a_link_that_the_operator_made(machine, monkeypatch):
    (machine / "way in").symlink_to(machine / "shared")
    monkeypatch.setenv(FOLDERS_VARIABLE, str(machine / "way in"))
    assert folder_at("shared", "pets") == machine / "shared" / "pets"
