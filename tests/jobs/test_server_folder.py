"""An errand reads a folder that is open to people where it lies, and looks again whether it still is."""

import os

import pytest

from tlcore.data.server_folders import FOLDERS_VARIABLE
from tlcore.errands import ReadFolder
from tlcore.jobs import errand as errand_room
from tlcore.jobs.errand import run_errand


@pytest.fixture
def done(store, monkeypatch):
    """Do an errand in this process, whose memory and priority stay as they are."""
    monkeypatch.setattr(errand_room, "give_way", lambda: None)
    monkeypatch.setattr(errand_room, "limit_memory", lambda _megabytes: None)

    def done(asked):
        filed = store.errands.add(asked, "person")
        run_errand(store, filed.id, engine=None)
        return store.errands.get(filed.id)

    return done


def test_a_folder_is_read_where_it_lies_and_nothing_in_it_is_changed(store, done, pictures, monkeypatch):
    monkeypatch.setenv(FOLDERS_VARIABLE, str(pictures.parent))
    before = {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in pictures.rglob("*")}
    progress = done(ReadFolder(folder=pictures.parent.name, place=pictures.name, seed=0))
    assert progress.sealed
    album = store.albums.get(progress.result, "person")
    assert (album.classes, album.roots) == (3, (pictures,))
    assert store.blobs.all_bytes() < sum(path.stat().st_size for path in pictures.rglob("*.png"))
    after = {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in pictures.rglob("*")}
    assert after == before


@pytest.mark.parametrize("place", ["../..", "/etc", "a/../.."])
def test_what_leads_out_is_refused_without_a_path(done, pictures, monkeypatch, place):
    monkeypatch.setenv(FOLDERS_VARIABLE, str(pictures))
    fault = done(ReadFolder(folder=pictures.name, place=place, seed=0)).fault
    assert fault.startswith("This folder is not among those")
    assert str(pictures.parent) not in fault


def test_a_folder_that_was_closed_meanwhile_is_not_read(done, pictures, monkeypatch):
    monkeypatch.setenv(FOLDERS_VARIABLE, os.sep)
    assert done(ReadFolder(folder=pictures.name, place="", seed=0)).fault
