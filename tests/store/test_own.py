"""Pictures that people bring to look at: kept by their content for the one who brought them, and only the newest."""

import os
from hashlib import sha256

import pytest

from tlcore.errors import ThawError
from tlcore.questions import OWN, Shown
from tlcore.store import own
from tlcore.store.own import MOST, OwnPictures


@pytest.fixture
def bring(tmp_path):
    """Keep a picture of these bytes, and return its id."""

    def brought(room, data, workspace="person"):
        path = tmp_path / "sent"
        path.write_bytes(data)
        picture = sha256(data).hexdigest()
        room.keep(workspace, picture, path)
        return picture

    return brought


@pytest.fixture
def room(tmp_path):
    return OwnPictures(tmp_path / "own")


def aged(room, workspace="person"):
    """Let time pass: every picture is a second older."""
    for picture in room.of(workspace):
        path = room.path(workspace, picture)
        now = path.stat().st_mtime - 1
        os.utime(path, (now, now))


def test_the_newest_are_kept_and_the_oldest_go(room, bring):
    brought = []
    for number in range(MOST + 3):
        aged(room)
        brought.append(bring(room, bytes([number])))
    assert room.of("person") == brought[:2:-1]
    with pytest.raises(ThawError, match="newest are kept"):
        room.path("person", brought[0])


def test_one_that_comes_again_is_the_newest_and_counts_once(room, bring):
    first = bring(room, b"one")
    aged(room)
    second = bring(room, b"two")
    assert room.of("person") == [second, first]
    aged(room)
    assert bring(room, b"one") == first
    assert room.of("person") == [first, second]


def test_large_ones_make_room_for_one_another_but_the_newest_stays(room, bring, monkeypatch):
    monkeypatch.setattr(own, "MOST_BYTES", 10)
    bring(room, bytes(6))
    aged(room)
    newest = bring(room, bytes(20))
    assert room.of("person") == [newest]


def test_nobody_sees_anothers(room, bring):
    picture = bring(room, b"mine")
    assert room.of("another") == []
    with pytest.raises(ThawError):
        room.path("another", picture)
    assert room.all() == {picture}


@pytest.mark.parametrize("picture", ["", "../person/x", "a/../../b", "/etc/passwd"])
def test_a_made_up_id_leads_nowhere(room, picture):
    with pytest.raises(ThawError):
        room.path("person", picture)


def test_a_question_finds_an_own_picture_and_its_small_one_outlives_the_sweep(store, bring):
    picture = bring(store.own, b"mine")
    small = store.thumbnails / picture[:2] / f"{picture}.jpg"
    small.parent.mkdir(parents=True)
    small.write_bytes(b"small")
    os.utime(small, (0, 0))
    store.sweep()
    assert small.exists()
    shown = Shown(data=OWN, picture=picture, workspace="person")
    assert store.datasets.shown(shown).read_bytes() == b"mine"
    with pytest.raises(ThawError, match="newest are kept"):
        store.datasets.shown(Shown(data=OWN, picture=picture, workspace="another"))
