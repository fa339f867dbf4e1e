"""Room is counted once for each content, and refused in plain words before anything is kept."""

import secrets
import shutil
from dataclasses import replace
from zipfile import ZipFile

import pytest

from tlcore.data import limits
from tlcore.data.collect import look_here
from tlcore.data.marks import LeaveOut
from tlcore.errors import PictureError, ThawError
from tlcore.store.blobs import Blobs
from tlcore.store.reading import Reader


def quiet(_done, _total):
    pass


def told(size):
    return f"{size / 1000:.0f} kB"


def tree(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def kept(store):
    """The sha256 of every file in the store."""
    return {sha256 for sha256, _ in store.blobs.all()}


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
        ThawError,
        match=f"you use {told(used)} of your {told(used + 20_000)}: 1 byte too much. Delete a set",
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
    with pytest.raises(ThawError, match="1 byte more than the"):
        store.space.check_upload(limits.CLASS.workspace_bytes + 1)
    monkeypatch.setattr("tlcore.store.space.free_bytes", lambda _folder: 1000)
    with pytest.raises(ThawError, match="this machine's disk has room for 1 kB"):
        store.space.check_upload(1001)


def test_what_waits_to_be_read_counts_for_an_upload(store, zipped, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    with zipped.open("rb") as file:
        upload = store.intake.receive("pictures.zip", file)
    waiting, most = store.intake.bytes(upload), 100_000
    monkeypatch.setattr(limits, "CLASS", replace(limits.CLASS, workspace_bytes=most, server_bytes=10 * most))
    store.space.check_upload(most - waiting, [upload])
    with pytest.raises(ThawError, match="that you sent before are not read yet"):
        store.space.check_upload(most - waiting + 1, [upload])
    store.space.check_upload(most - waiting + 1)
    monkeypatch.setattr(limits, "CLASS", replace(limits.CLASS, workspace_bytes=most, server_bytes=most))
    with pytest.raises(ThawError, match="that others sent are not read yet"):
        store.space.check_upload(most - waiting + 1)


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
