"""An album keeps what was found and what was decided; every decision can be taken back, and no file is touched."""

import shutil
from dataclasses import replace
from threading import Thread

import pytest

from tlcore.data import manifest
from tlcore.data.collect import collect, look_here
from tlcore.data.facts import Task
from tlcore.data.marks import CallClasses, DropClass, LeaveOut, SplitBy
from tlcore.errors import PictureError, ThawError
from tlcore.store import Store, albums
from tlcore.store.blobs import Blobs
from tlcore.store.reading import Reader


@pytest.fixture
def bring(store, pictures):
    """Read the small pictures, or another folder, for a workspace."""

    def brought(folder=pictures, workspace="person", seed=0, more_of=None):
        return Reader(store, workspace, seed, lambda *_: None, look_here, more_of).folder(folder, "colours")

    return brought


def test_an_album_has_the_set_that_came_of_it(store, bring):
    album = bring()
    assert (album.classes, album.pictures, album.marks, album.fault) == (3, 18, (), None)
    assert store.albums.dataset(album).manifest.digest == album.digest
    assert [one.id for one in store.albums.of("person")] == [album.id]


def test_the_same_folder_again_is_the_same_album_with_its_marks(store, bring):
    marked = store.albums.mark(bring(), DropClass(name="red"))
    again = bring()
    assert (again.id, again.marks, again.digest) == (marked.id, marked.marks, marked.digest)


def test_a_mark_makes_another_set_and_taking_it_back_the_old_one(store, bring):
    album = bring()
    marked = store.albums.mark(album, CallClasses(classes=("red", "blue"), name="not green"))
    assert store.albums.dataset(marked).manifest.classes == ("green", "not green")
    assert marked.digest != album.digest
    assert store.albums.unmark(marked, 0).digest == album.digest


def test_runs_still_find_the_set_they_learned_after_a_mark(store, bring):
    album = bring()
    store.albums.mark(album, LeaveOut(pictures=(0, 1), why="by_hand"))
    assert len(store.datasets.by_digest(album.digest, "person").manifest.examples) == 18


def test_a_mark_that_leaves_no_set_is_refused_and_not_kept(store, bring):
    album = store.albums.mark(bring(), DropClass(name="red"))
    with pytest.raises(PictureError, match="It takes 2 classes"):
        store.albums.mark(album, DropClass(name="blue"))
    assert store.albums.get(album.id, "person").marks == album.marks


def test_pictures_of_one_class_are_an_album_without_a_set_until_others_come(store, bring, pictures, tmp_path):
    one = tmp_path / "one"
    one.mkdir()
    _copied(pictures / "red", one / "red")
    album = bring(one)
    assert album.digest is None
    assert "only one class" in album.fault
    with pytest.raises(ThawError, match="only one class"):
        store.albums.dataset(album)
    more = tmp_path / "more"
    more.mkdir()
    _copied(pictures / "blue", more / "blue")
    larger = bring(more, more_of=album.id)
    assert (larger.id, larger.classes, larger.pictures) == (album.id, 2, 12)
    dataset = store.albums.dataset(larger)
    assert all(dataset.file(example).is_file() for example in dataset.manifest.examples)


def test_a_split_is_drawn_anew_by_a_mark(store, bring):
    album = bring()
    marked = store.albums.mark(album, SplitBy(seed=5, share=0.5))
    manifest = store.albums.dataset(marked).manifest
    assert manifest.split_by == "seed 5, 50 %"
    assert manifest.counts("val") == (3, 3, 3)


def test_an_album_belongs_to_its_workspace(store, bring):
    album = bring()
    with pytest.raises(ThawError, match="not here"):
        store.albums.get(album.id, "somebody else")
    mine = store.albums.adopt(album, "somebody else")
    assert (mine.digest, mine.workspace) == (album.digest, "somebody else")
    assert mine.id != album.id


def test_a_set_is_read_as_it_was_kept_and_not_settled_again(store, bring, monkeypatch):
    album = store.albums.mark(bring(), CallClasses(classes=("red", "blue"), name="not green"))
    settled = store.albums.dataset(album)
    again = Store(store.home)
    monkeypatch.setattr(albums, "settle", None)
    assert again.albums.dataset(again.albums.get(album.id, "person")) == settled
    again.close()


def test_a_survey_is_kept_word_for_word(store, bring, pictures, tmp_path):
    album = bring()
    tasks = [Task(fact.path, 0, fact.where, pictures / fact.where) for fact in store.albums.survey(album).facts]
    survey = collect(tasks, thumbnails=tmp_path, look_all=look_here, progress=lambda *_: None)
    assert store.albums.survey(album) == survey


@pytest.fixture
def renamed(pictures, tmp_path):
    """The small pictures under other names, in another order."""
    folder = shutil.copytree(pictures, tmp_path / "renamed")
    for path in list(folder.glob("*/*.png")):
        path.rename(path.with_stem(f"picture {9 - int(path.stem)}"))
    return folder


def test_of_two_albums_of_the_same_pictures_each_has_its_own_places_and_names(store, bring, pictures, renamed):
    first, second = bring(), bring(renamed)
    assert first.digest == second.digest
    again = Store(store.home)
    for house in (store, again):
        for album, folder in ((first, pictures), (second, renamed)):
            facts, dataset = house.albums.survey(album).facts, house.albums.dataset(album)
            assert dataset.roots == (folder,)
            for example in dataset.manifest.examples:
                assert (example.id, example.where) == (facts[example.place].id, facts[example.place].where)
                assert dataset.file(example).is_file()
    again.close()
    example = store.albums.dataset(first).manifest.examples[0]
    left = store.albums.mark(first, LeaveOut(pictures=(example.place,), why="by_hand"))
    assert example.id not in {one.id for one in store.albums.dataset(left).manifest.examples}
    store.albums.unmark(left, 0)
    assert store.albums.dataset(second).roots == (renamed,)


def test_a_run_finds_the_pictures_that_came_first_and_others_once_these_are_gone(store, bring, pictures, renamed):
    folder = shutil.copytree(pictures, renamed.with_name("first"))
    digest = bring(folder).digest
    bring(renamed)
    assert store.datasets.by_digest(digest, "person").roots == (folder,)
    shutil.rmtree(folder / "red")
    bring(renamed)
    assert store.datasets.by_digest(digest, "person").is_whole()


def test_a_mark_that_is_made_while_pictures_come_in_counts_and_they_too(store, bring, renamed, monkeypatch):
    album = bring()

    def slow(*given):
        monkeypatch.undo()
        mark = Thread(target=store.albums.mark, args=(album, DropClass(name="red")))
        mark.start()
        mark.join()
        return settle(*given)

    settle = albums.settle
    monkeypatch.setattr(albums, "settle", slow)
    larger = store.albums.enlarge(album, store.albums.survey(bring(renamed, "other")), renamed)
    assert larger.marks == (DropClass(name="red"),)
    assert len(store.albums.survey(larger).facts) == 36
    later = store.albums.mark(album, LeaveOut(pictures=(0,), why="by_hand"))
    assert (later.roots, later.marks[0]) == (larger.roots, DropClass(name="red"))
    assert store.albums.unmark(larger, 0).marks == later.marks[1:]
    assert store.albums.unmark(larger, 0).marks == later.marks[1:]


def test_nothing_is_removed_between_a_survey_and_the_album_that_names_it(store, bring, monkeypatch):
    def insert(*given):
        with pytest.raises(ThawError, match="just coming in"), Blobs(store.blobs.root).settling(0):
            pass
        return kept(*given)

    kept = store.albums._insert
    monkeypatch.setattr(store.albums, "_insert", insert)
    with store.blobs.settling(0):
        assert bring().digest
    with Blobs(store.blobs.root).settling(0):
        pass


def test_too_many_pictures_together_are_refused_in_a_sentence(store, bring, renamed, monkeypatch):
    album = bring()
    most = albums.allowance()
    monkeypatch.setattr(albums, "allowance", lambda: replace(most, pictures=30))
    with pytest.raises(PictureError, match="The set has 18 pictures, and with these it would have 36; 30 is the most"):
        bring(renamed, more_of=album.id)
    assert store.albums.get(album.id, "person") == album


def test_whatever_speaks_against_a_set_is_the_fault_of_the_album(bring, monkeypatch):
    monkeypatch.setattr(manifest, "MOST_CLASSES", 2)
    album = bring()
    assert (album.digest, album.fault) == (None, "The set has 3 classes. It takes 2 to 2.")


def _copied(folder, to):
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
