"""What is deleted, or swept after work that was cut short, is what nothing names any more, and nothing else."""

import os
import time
from contextlib import closing
from dataclasses import replace
from threading import Thread

import pytest

from tlcore.data.collect import look_here
from tlcore.data.facts import Task
from tlcore.data.marks import LeaveOut
from tlcore.errors import ThawError
from tlcore.events import Checkpointed
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.imported import ImportedWeights
from tlcore.store.reading import Reader


def quiet(_done, _total):
    pass


def kept(store):
    """The sha256 of every file in the store."""
    return {sha256 for sha256, _ in store.blobs.all()}


def made_old(store):
    """Let all that lies in the store have come two days ago."""
    for path in (*store.blobs.root.glob("*/*"), *store.thumbnails.rglob("*.*")):
        os.utime(path, times=(time.time() - 2 * 24 * 3600,) * 2)


def keep(store, content):
    with store.blobs.aside() as aside:
        aside.write_bytes(content)
        return store.blobs.keep(aside)


def thumbnails(store):
    return {path.stem for path in store.thumbnails.glob("*/*.jpg")}


def test_deleting_a_set_removes_what_nobody_else_names(store, bring):
    mine, theirs = bring(), bring("other")
    pictures = {fact.id for fact in store.albums.survey(mine).facts}
    store.space.remove(mine)
    assert store.albums.of("person") == []
    assert store.datasets.of("person") == []
    assert pictures <= kept(store)
    dataset = store.albums.dataset(theirs)
    assert all(dataset.file(example).is_file() for example in dataset.manifest.examples)
    store.space.remove(theirs)
    assert kept(store) == set()
    store.sweep()
    assert thumbnails(store) == pictures
    made_old(store)
    store.sweep()
    assert thumbnails(store) == set()


def test_a_damaged_set_can_be_deleted_and_keeps_nobody_from_deleting(store, bring, turned):
    damaged, mine, theirs = bring(), bring("other", turned), bring("third")
    pictures = {fact.id for fact in store.albums.survey(mine).facts}
    lost = store.blobs.path(damaged.survey)
    lost.unlink()
    store.space.remove(mine)
    assert store.albums.of("other") == []
    assert not pictures & kept(store)
    assert store.space.used("person") == 0
    store.space.remove(damaged)
    assert store.albums.of("person") == store.datasets.of("person") == []
    dataset = store.albums.dataset(theirs)
    assert all(dataset.file(example).is_file() for example in dataset.manifest.examples)
    lost.write_text("{", encoding="utf-8")
    store.space.remove(theirs)
    assert store.albums.of("third") == store.datasets.of("third") == []


def test_where_it_cannot_be_told_what_is_needed_nothing_is_deleted(store, bring, monkeypatch):
    def fail(_text):
        raise MemoryError

    album, _ = bring(), bring("other")
    before = kept(store)
    monkeypatch.setattr("tlcore.store.space.surveys.pictures", fail)
    with pytest.raises(MemoryError):
        store.space.remove(album)
    assert [one.id for one in store.albums.of("person")] == [album.id]
    assert kept(store) == before
    assert store.albums.dataset(album)


def test_what_work_that_was_cut_short_left_behind_goes_after_a_day(store, bring, turned, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    bring()
    named, shown = kept(store), thumbnails(store)
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "_album", fail)
        with pytest.raises(KeyboardInterrupt):
            bring(path=turned)
    (store.thumbnails / "1234.part").write_bytes(b"half")
    left = kept(store)
    store.sweep()
    assert kept(store) == left > named
    made_old(store)
    with closing(Store(store.home)) as somebody, somebody.blobs.settling(0):
        store.sweep()
    assert kept(store) == left
    store.sweep()
    assert kept(store) == named
    assert thumbnails(store) == shown
    assert not list(store.thumbnails.glob("*.part"))


def test_what_was_brought_again_is_as_good_as_new(store, pictures):
    old = keep(store, b"old")
    files = [(path.name, path) for path in pictures.rglob("*.png")]
    survey = list(look_here([Task(name, 0, name, path) for name, path in files], store.thumbnails))
    made_old(store)
    assert keep(store, b"old") == old
    list(look_here([Task(name, 0, name, path) for name, path in files], store.thumbnails))
    store.sweep()
    assert kept(store) == {old}
    assert thumbnails(store) == {fact.id for fact in survey}


def test_a_sweep_leaves_what_has_a_name(store, bring, turned, pictures, plan):
    album = bring()
    dataset = store.albums.dataset(album)
    run = store.runs.submit(plan(dataset), "person", "once", Claimant.here())
    best, own = keep(store, b"best"), keep(store, b"own")
    store.runs.append(run.id, [Checkpointed(epoch=1, sha256=best, size=4)])
    store.imported.add("other", ImportedWeights(sha256=own, name="own.pth", backbone="resnet18"))
    store.space.remove(album)
    another = store.albums.mark(bring("other", turned), LeaveOut(pictures=(0,), why="by_hand"))
    folder = Reader(store, "third", 0, quiet, look_here).folder(pictures, "folder")
    noted = keep(store, b"survey of a public set")
    store.downloads.mkdir()
    store.known_sets.keep("eurosat", (), noted)
    everything = kept(store)
    assert everything > {example.id for example in dataset.manifest.examples} | {best, own, another.survey}
    assert everything > {fact.id for fact in store.albums.survey(another).facts} | {folder.survey}
    shown = thumbnails(store)
    made_old(store)
    store.sweep()
    assert kept(store) == everything
    assert thumbnails(store) == shown


def test_nothing_is_swept_while_a_survey_is_missing(store, bring):
    album, orphan = bring(), keep(store, b"orphan")
    made_old(store)
    survey = store.blobs.path(album.survey)
    survey.rename(survey.with_suffix(".away"))
    store.sweep()
    assert orphan in kept(store)
    survey.with_suffix(".away").rename(survey)
    store.sweep()
    assert orphan not in kept(store)
    assert store.albums.survey(album).facts


def test_deleting_a_set_keeps_what_a_run_learned_from(store, bring, plan):
    album = bring()
    dataset = store.albums.dataset(album)
    run = store.runs.submit(plan(dataset), "person", "once", Claimant.here())
    with store.blobs.aside() as aside:
        aside.write_bytes(b"weights")
        weights = store.blobs.keep(aside)
    store.runs.append(run.id, [Checkpointed(epoch=1, sha256=weights, size=7)])
    other = store.albums.mark(album, LeaveOut(pictures=(0,), why="by_hand"))
    store.space.remove(other)
    assert [one.manifest.digest for one in store.datasets.of("person")] == [dataset.manifest.digest]
    assert weights in kept(store)
    assert all(dataset.file(example).is_file() for example in dataset.manifest.examples)


def test_nobody_deletes_the_set_of_another(store, bring):
    album = bring()
    store.space.remove(replace(album, workspace="other"))
    assert [one.id for one in store.albums.of("person")] == [album.id]
    dataset = store.albums.dataset(album)
    assert all(dataset.file(example).is_file() for example in dataset.manifest.examples)


def test_nobody_deletes_an_album_that_is_being_adopted(store, bring, monkeypatch):
    def delete():
        with closing(Store(store.home)) as somebody, pytest.raises(ThawError, match="just coming in"):
            somebody.space.remove(album)
        tried.append(album)

    def read_while_somebody_deletes(adopted):
        thread = Thread(target=delete)
        thread.start()
        thread.join()
        return read(adopted)

    album, read, tried = bring(), store.albums.survey, []
    with monkeypatch.context() as patch:
        patch.setattr("tlcore.store.space._PATIENCE", 0)
        patch.setattr(store.albums, "survey", read_while_somebody_deletes)
        mine = store.albums.adopt(album, "other")
    assert album in tried
    store.space.remove(album)
    dataset = store.albums.dataset(mine)
    assert all(dataset.file(example).is_file() for example in dataset.manifest.examples)
    with pytest.raises(ThawError, match="not here"):
        store.albums.adopt(album, "third")
