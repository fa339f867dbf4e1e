"""Files that lose their end, single bits or all they hold: told before anything is made of them, and never removed."""

import os
import re
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from tests.damages import FLIPS, TRUNCATIONS, damages
from tlcore.data.collect import look_here
from tlcore.data.manifest import Manifest
from tlcore.errors import DamagedError, ThawError
from tlcore.events import Interrupted, Stepped
from tlcore.history import History
from tlcore.store import Store, albums
from tlcore.store.claims import Claimant
from tlcore.store.reading import Reader


@pytest.fixture
def album(store, pictures):
    return Reader(store, "person", 0, lambda *_: None, look_here).folder(pictures, "colours")


def test_a_damaged_blob_is_told_and_stays(store):
    with store.blobs.aside() as path:
        path.write_bytes(content := Random(0).randbytes(5000))
        name = store.blobs.keep(path)
    assert store.blobs.whole(name).read_bytes() == content
    for damaged in damages(content):
        store.blobs.path(name).write_bytes(damaged)
        with pytest.raises(DamagedError, match="is damaged"):
            store.blobs.whole(name)
        assert store.blobs.path(name).exists()


def test_a_damaged_survey_is_told_and_its_set_is_still_there(store, album):
    path = store.blobs.path(album.survey)
    expected = store.albums.dataset(album).manifest
    for damaged in damages(path.read_bytes()):
        path.write_bytes(damaged)
        store.albums._surveys._kept.clear()
        with pytest.raises(DamagedError):
            store.albums.survey(album)
        store.albums._recent._kept.clear()
        assert store.albums.dataset(album).manifest == expected
    store.space.sweep(frozenset(), age=0.0)
    assert path.exists()


def test_a_damaged_manifest_is_told(store, album):
    manifest = store.albums.dataset(album).manifest
    written = manifest.written()
    assert Manifest.read(written) == manifest
    for damaged in damages(written.encode()):
        store._database.write("UPDATE datasets SET manifest = CAST(? AS TEXT), created = created + 1", damaged)
        with pytest.raises(DamagedError):
            store.datasets.get(album.digest, "person")


def test_a_manifest_of_before_there_were_sums_is_read(store, album):
    manifest = store.albums.dataset(album).manifest
    written = manifest.written()
    assert Manifest.read("{" + written.partition(",")[2]) == manifest


def test_damaged_rows_of_a_beginning_are_computed_again_and_never_used(store):
    key, names = "a" * 64, [sha256(bytes([number])).hexdigest() for number in range(20)]
    rows = Random(0).randbytes(20 * 64)

    def keep():
        store.beginnings.empty()
        for begin in (0, 10):
            parts = [memoryview(rows[64 * place : 64 * place + 64]) for place in range(begin, begin + 10)]
            file, first = store.beginnings.append(key, names[begin : begin + 10], parts)
            file.close()
            assert first == begin

    keep()
    for path in (store.beginnings.rows(key), store.beginnings.rows(key).with_suffix(".json")):
        for damaged in damages(path.read_bytes()):
            path.write_bytes(damaged)
            file, found = store.beginnings.open(key)
            if file is None:
                assert not path.exists()
            else:
                with file:
                    for at, name in enumerate(found):
                        file.seek(at * 64)
                        assert name not in names or file.read(64) == rows[names.index(name) * 64 :][:64]
            keep()


def test_rows_of_another_network_are_not_taken_for_these(store):
    mine, other = "a" * 64, "b" * 64
    for key, byte in ((mine, 1), (other, 2)):
        store.beginnings.append(key, ["0" * 64], [memoryview(bytes([byte]) * 64)])[0].close()
    for suffix in (".rows", ".json"):
        content = store.beginnings.rows(other).with_suffix(suffix).read_bytes()
        store.beginnings.rows(mine).with_suffix(suffix).write_bytes(content)
    assert store.beginnings.open(mine) == (None, ())
    file, _ = store.beginnings.open(other)
    file.close()


def test_what_a_process_that_died_was_writing_is_cleared_away(store):
    made_here = store.blobs.aside_folder()
    with made_here as kept:
        left = [room.making / f"{2**22 + 1}_1.0_abc" for room in (store.blobs, store.points)]
        for folder in left:
            folder.mkdir()
            (folder / "file").write_bytes(b"half")
        half = store.home / "beginnings" / f"{'a' * 64}.part"
        unlisted = half.with_suffix(".rows")
        for path in (half, unlisted):
            path.write_bytes(b"half")
        store.tidy()
        assert kept.exists()
        assert not any(path.exists() for path in (*left, half, unlisted))


def test_a_save_point_without_a_name_is_given_a_minute(store):
    with store.points.aside() as path:
        path.write_bytes(b"a point")
        name = store.points.keep(path)
    store.tidy()
    old = store.points.path(name).stat().st_mtime - 61
    os.utime(store.points.path(name), (old, old))
    store.tidy()
    assert store.points.all() == []


def everything(store):
    """Read all that pages and the command line read."""
    found = []
    for run in store.runs.newest(99):
        history = History.of(store.runs.events(run.id))
        found.append((run, history, history.state(run), history.rates))
    found += [(one, store.albums.dataset(one)) for one in store.albums.of("person")]
    found += store.datasets.of("person")
    return [*found, store.drafts.of("person"), store.runs.open(), store.errands.open(), store.runs.points(needed=True)]


def test_an_index_that_does_not_fit_its_table_is_found_by_a_closer_look(store, plan, own_home):
    run = store.runs.submit(plan("0" * 64), "person", "one")
    store.runs.append(run.id, [Stepped(step=1, loss=0.5, right=3, count=8, seconds=1.0)])
    store.check()
    store.close()
    path = own_home / "thaw.sqlite3"
    path.write_bytes(re.sub(rb"Stepped(?!\{)", b"Stopped", path.read_bytes()))  # in the table, JSON follows
    opened = Store(own_home)
    with pytest.raises(DamagedError, match="database"):
        opened.check()
    opened.close()


def test_a_damaged_database_is_told_in_words(store, album, plan, own_home):
    run = store.runs.submit(plan(album.digest), "person", "one", Claimant(pid=2**22 + 1, started=1.0))
    step = Stepped(step=1, loss=0.5, right=3, count=8, seconds=1.0)
    store.runs.append(run.id, [step] * 40)
    store.runs.append(run.id, [Interrupted(sentence="It was ended.", advice="")])
    expected = everything(store)
    store.close()
    path = own_home / "thaw.sqlite3"
    content = path.read_bytes()
    told = same = silent = 0
    for damaged in damages(content):
        for more in ("-wal", "-shm"):
            (own_home / f"thaw.sqlite3{more}").unlink(missing_ok=True)
        path.write_bytes(damaged)
        try:
            opened = Store(own_home)
        except ThawError:
            assert path.read_bytes() == damaged, "nobody writes into what is damaged"
            told += 1
            continue
        try:
            found = everything(opened)
            same, silent = (same + 1, silent) if found == expected else (same, silent + 1)
        except ThawError:
            told += 1
        finally:
            opened.close()
    print(f"database of {len(content)} bytes: {told} told, {same} without a consequence, {silent} other values")
    assert told + same + silent == TRUNCATIONS + FLIPS + 2
    assert told >= TRUNCATIONS


def test_a_damaged_manifest_is_mended_by_its_album_and_by_the_same_pictures_again(store, album, pictures):
    expected = store.albums.dataset(album).manifest
    heal = {
        "album": lambda: store.albums.dataset(album),
        "pictures": lambda: Reader(store, "person", 0, lambda *_: None, look_here).folder(pictures, "colours"),
    }
    for name in heal:
        store._database.write("UPDATE datasets SET manifest = '{}', created = created + 1")
        store.albums._recent._kept.clear()
        heal[name]()
        assert store.datasets.get(album.digest, "person").manifest == expected, name


def test_a_set_of_before_there_were_states_is_settled_once(store, album, monkeypatch):
    expected = store.albums.dataset(album)
    store._database.write("UPDATE datasets SET state = ''")
    store.albums._recent._kept.clear()
    assert store.albums.dataset(album) == expected
    store.albums._recent._kept.clear()
    monkeypatch.setattr(albums, "settle", None)
    assert store.albums.dataset(album) == expected


def test_surveys_are_kept_read_for_all_of_a_class(store, album, monkeypatch):
    survey = store.albums.survey(album)
    everybody = [
        store.albums.make(f"{number}", "colours", replace(survey, ignored=number), album.roots, 0)
        for number in range(30)
    ]
    assert len({store.albums.survey(one) for one in everybody}) == 30
    monkeypatch.setattr(store.blobs, "whole", None)
    assert all(store.albums.survey(one).facts == survey.facts for one in everybody)
