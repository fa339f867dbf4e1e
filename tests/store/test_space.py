"""Room is counted once for each content, refused in plain words before anything is kept, and made without a loss."""

import os
import secrets
import shutil
import time
from contextlib import closing
from dataclasses import replace
from threading import Thread
from zipfile import ZipFile

import pytest
from PIL import Image

from tlcore.data import limits
from tlcore.data.collect import look_here
from tlcore.data.facts import Task
from tlcore.data.marks import LeaveOut
from tlcore.errors import PictureError, ThawError
from tlcore.events import Checkpointed
from tlcore.store import Store
from tlcore.store.blobs import Blobs
from tlcore.store.claims import Claimant
from tlcore.store.imported import ImportedWeights
from tlcore.store.reading import Reader


def quiet(_done, _total):
    pass


@pytest.fixture
def zipped(pictures, tmp_path):
    """The small pictures as a zip, with a file that is none."""
    path = tmp_path / "pictures.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted(pictures.rglob("*.png")):
            archive.write(file, file.relative_to(pictures))
        archive.writestr("blue/film.jpg", b"no picture" * 1000)
    return path


@pytest.fixture
def turned(pictures, tmp_path):
    """Other pictures than the small ones, as a zip."""
    path = tmp_path / "turned.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted(pictures.rglob("*.png")):
            with Image.open(file) as image, archive.open(str(file.relative_to(pictures)), "w") as entry:
                image.rotate(90).save(entry, "PNG")
    return path


@pytest.fixture
def bring(store, zipped, tmp_path):
    """Send a zip as a workspace does, and read it."""

    def bring(workspace="person", path=zipped, **more):
        with shutil.copy(path, tmp_path / "sent").open("rb") as file:
            upload = store.intake.receive("pictures.zip", file)
        return Reader(store, workspace, 0, quiet, look_here, **more).upload(upload, "pictures")

    return bring


def told(size):
    return f"{size / 1000:.0f} kB"


def tree(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


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


def test_the_same_zip_from_thirty_people_is_kept_once(store, bring):
    bring("0" * 32)
    before = store.blobs.all_bytes()
    for _ in range(29):
        bring(secrets.token_hex(16))
    assert store.blobs.all_bytes() <= 1.1 * before


def test_what_is_no_picture_is_not_kept(store, bring):
    album = bring()
    pictures = {fact.id for fact in store.albums.survey(album).facts}
    assert kept(store) == pictures | {album.survey}
    assert len(store.albums.survey(album).unfit) == 1


def test_a_content_counts_once_for_each_workspace(store, bring, pictures):
    size = sum(path.stat().st_size for path in pictures.rglob("*.png"))
    album = bring()
    assert store.space.used("person") == size
    bring(more_of=album.id)
    assert store.space.used("person") == size
    assert store.space.used("other") == 0
    bring("other")
    assert store.space.used("other") == size


def test_a_folder_that_is_read_in_place_takes_no_room_and_stays_as_it_was(store, pictures, tmp_path):
    folder = shutil.copytree(pictures, tmp_path / "folder")
    before = tree(folder)
    album = Reader(store, "person", 0, quiet, look_here).folder(folder, "folder")
    assert store.space.used("person") == 0
    store.albums.mark(album, LeaveOut(pictures=(0,), why="by_hand"))
    store.space.remove(store.albums.get(album.id, "person"))
    assert tree(folder) == before
    assert store.albums.of("person") == []
    assert kept(store) == set()


def test_a_refused_archive_leaves_nothing(store, bring, tmp_path):
    bad = tmp_path / "bad.zip"
    with ZipFile(bad, "w") as archive:
        archive.writestr("a/1.jpg", b"no picture")
    with pytest.raises(PictureError):
        bring(path=bad)
    assert kept(store) == set()
    assert list(store.blobs.making.iterdir()) == []
    assert not store.intake.root.exists() or list(store.intake.root.iterdir()) == []


def test_a_full_workspace_is_told_how_to_make_room(store, bring, turned, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    album = bring()
    used = store.space.used("person")
    monkeypatch.setattr(limits, "CLASS", replace(limits.CLASS, workspace_bytes=used + 20_000))
    store.space.check("person", 20_000)
    store.space.check("other", used)
    with pytest.raises(
        ThawError, match=f"These are 20 kB; you use {told(used)} of your {told(used + 20_000)}. Delete a set"
    ):
        store.space.check("person", 20_001)
    before = kept(store)
    with pytest.raises(ThawError, match="Delete a set"):
        bring(path=turned, more_of=album.id)
    assert kept(store) == before
    store.space.remove(album)
    bring(path=turned)


def test_what_is_kept_already_takes_no_more_room(store, bring, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    album = bring()
    full = replace(limits.CLASS, workspace_bytes=store.space.used("person"), server_bytes=store.blobs.all_bytes())
    monkeypatch.setattr(limits, "CLASS", full)
    monkeypatch.setattr("tlcore.store.space.free_bytes", lambda _folder: 0)
    assert bring().id == album.id
    bring("other")


def test_an_upload_is_refused_unread_only_where_nothing_in_it_could_help(store, bring, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    bring()
    monkeypatch.setattr(limits, "CLASS", replace(limits.CLASS, workspace_bytes=store.space.used("person") + 10))
    store.space.check_upload(limits.CLASS.workspace_bytes)
    with pytest.raises(ThawError, match="is all that you may keep"):
        store.space.check_upload(limits.CLASS.workspace_bytes + 1)
    monkeypatch.setattr("tlcore.store.space.free_bytes", lambda _folder: 1000)
    with pytest.raises(ThawError, match="this machine's disk has room for 1 kB"):
        store.space.check_upload(1001)


def test_a_full_server_is_told(store, bring, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    bring()
    monkeypatch.setattr(limits, "CLASS", replace(limits.CLASS, server_bytes=store.blobs.all_bytes() + 10))
    with pytest.raises(ThawError, match="Everybody's pictures together"):
        store.space.check("other", 11)


def test_the_disk_keeps_room_for_the_machine(store, monkeypatch):
    monkeypatch.setattr("tlcore.store.space.free_bytes", lambda _folder: 1000)
    store.space.check("person", 1000)
    with pytest.raises(ThawError, match="this machine's disk has room for 1 kB"):
        store.space.check("person", 1001)


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


def test_nobody_waits_while_files_are_flushed(bring, monkeypatch):
    def flush_all(blobs, *words):
        with blobs.settling(0):
            return whole(blobs, *words)

    whole = Blobs.flush_all
    monkeypatch.setattr(Blobs, "flush_all", flush_all)
    assert bring().classes == 3


def test_two_files_of_one_content_are_one_file(store, pictures, tmp_path):
    path = tmp_path / "twice.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted(pictures.rglob("*.png")):
            archive.write(file, file.relative_to(pictures))
            archive.write(file, f"{file.parent.name}/again {file.name}")
    album = Reader(store, "person", 0, quiet, look_here).archive(path, "twice")
    assert len(store.albums.survey(album).facts) == 2 * len(list(pictures.rglob("*.png")))


def test_an_archive_is_one_by_its_content_whatever_it_is_called(store, zipped):
    with zipped.open("rb") as file:
        upload = store.intake.receive("holiday.jpg", file)
    assert Reader(store, "person", 0, quiet, look_here).upload(upload, "set").classes == 3


def test_an_unknown_mode_is_told(monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "classroom")
    with pytest.raises(ThawError, match="Did you mean class"):
        limits.allowance()


def test_a_person_alone_may_bring_a_large_set():
    assert limits.allowance().pictures >= 120_000
    assert limits.allowance().archive.entries >= 120_000
