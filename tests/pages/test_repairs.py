"""A set is mended, split anew and put back by the buttons of the page; each of them is a mark, and no file changes."""

from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from tlcore.data.collect import look_here
from tlcore.data.marks import Confirm, LeaveOut, MoveTo, Relabel, SplitBy, TakeIn
from tlcore.draft import Draft
from tlcore.questions import Doubt, Doubts, Suspect
from tlcore.store.reading import Reader


def photograph(number):
    seed = Image.frombytes("RGB", (4, 3), Random(number).randbytes(36))
    file = BytesIO()
    seed.resize((96, 72), Image.Resampling.BICUBIC).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def folder(tmp_path) -> Path:
    """Twelve pictures in each of two classes; the first of ants also lies in bees, in poorer quality."""
    for name in ("ants", "bees"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(12):
            (tmp_path / "set" / name / f"{number}.jpg").write_bytes(photograph(f"{name} {number}"))
    Image.open(tmp_path / "set/ants/0.jpg").resize((300, 225)).save(tmp_path / "set/bees/copy.jpg", quality=70)
    return tmp_path / "set"


@pytest.fixture
def album(store, person, folder):
    """The folder as an album of the visitor, chosen; called again it is as it is now."""
    made = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(folder, "Insects")
    store.drafts.keep(person, Draft(album=made.id, data=made.digest))
    return lambda: store.albums.get(made.id, person)


@pytest.fixture
def show(open_page, album):
    """Open the page of pictures at one of its views."""

    def go(view):
        assert album().digest is not None
        return open_page("pictures").segmented_control(key="view").set_value(view).run()

    return go


def press(page, words):
    """Press the first button with these words."""
    next(button for button in page.button if button.label == words).click().run()
    assert not page.exception
    return page


def test_a_conflict_is_shown_repaired_and_put_back(show, album, store, person, words, folder):
    before = {path: path.read_bytes() for path in folder.rglob("*.jpg")}
    page = show("Checks")
    assert "The same pictures in “ants” and “bees”" in words(page).replace("\\", "")
    press(page, "Keep them in ants")
    (mark,) = album().marks
    survey = store.albums.survey(album())
    assert [survey.facts[place].path for place in mark.pictures] == ["bees/copy.jpg"]
    assert (mark.why, store.drafts.of(person).data) == ("conflict", album().digest)
    assert "The same pictures" not in words(page)
    page.segmented_control(key="view").set_value("Changes").run()
    assert "1 picture of “bees” left out: bees/copy.jpg" in words(page).replace("\\", "")
    press(page, "Undo")
    assert album().marks == ()
    assert {path: path.read_bytes() for path in folder.rglob("*.jpg")} == before


def test_what_is_right_as_it_is_is_remembered(show, album):
    press(show("Checks"), "They are right as they are")
    assert [type(mark) for mark in album().marks] == [Confirm]


def test_the_split_is_drawn_again_and_cut_into_folds(show, album, store):
    page = press(show("Split"), "Draw again")
    assert album().marks == (SplitBy(seed=1),)
    page.slider(key="split_share").set_value(40).run()
    assert album().marks == (SplitBy(seed=1, share=0.4),)
    page.segmented_control(key="split_way").set_value("Folds").run()
    page.slider(key="split_folds").set_value(4).run()
    page.segmented_control(key="split_fold").set_value(3).run()
    assert not page.exception
    assert album().marks == (SplitBy(seed=1, folds=4, fold=3),)
    assert store.albums.dataset(album()).manifest.split_by == "seed 1, fold 3 of 4"


def test_a_set_with_folders_can_go_back_to_them(open_page, store, person, folder, tmp_path):
    (tmp_path / "sides").mkdir()
    folder.rename(tmp_path / "sides/train")
    for name in ("ants", "bees"):
        (tmp_path / "sides/val" / name).mkdir(parents=True)
        (tmp_path / "sides/val" / name / "last.jpg").write_bytes(photograph(f"last {name}"))
    made = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(tmp_path / "sides", "Sides")
    store.drafts.keep(person, Draft(album=made.id, data=made.digest))
    page = open_page("pictures")
    page.segmented_control(key="view").set_value("Split").run()
    way = page.segmented_control(key="split_way")
    assert way.value == "By its folders"
    way.set_value("A share of each class").run()
    assert store.albums.get(made.id, person).marks == (SplitBy(seed=0),)
    page.segmented_control(key="split_way").set_value("By its folders").run()
    assert store.albums.get(made.id, person).marks == ()


def test_findings_are_counted_on_their_tab_and_pictures_are_called_by_file_and_folder(show, drawn):
    page = show("Checks")
    assert "Checks (1)" in page.segmented_control(key="view").options
    thumbs = drawn(page, "picture_wall")["thumbs"]
    assert [(one["caption"], one["note"]) for one in thumbs] == [("0.jpg", "ants"), ("copy.jpg", "bees")]


def test_what_was_left_out_by_itself_is_named_and_comes_back_as_a_duplicate(open_page, store, person, folder, words):
    (folder / "ants" / "same.jpg").write_bytes((folder / "ants" / "3.jpg").read_bytes())
    made = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(folder, "Insects")
    store.drafts.keep(person, Draft(album=made.id, data=made.digest))
    page = open_page("pictures")
    page.segmented_control(key="view").set_value("Changes").run()
    assert "By itself: 1 file left out that came twice: ants/same.jpg" in words(page).replace("\\", "")
    press(page, "Take in as duplicate")
    assert [type(mark) for mark in store.albums.get(made.id, person).marks] == [TakeIn]


def test_pictures_that_a_hand_moved_are_told_beside_what_split_the_others(show, album, store, words):
    page = show("Split")
    (first, *_) = store.albums.dataset(album()).manifest.of("train")
    store.albums.mark(album(), MoveTo(pictures=(first.place,), split="val"))
    assert "1 move by hand" in words(page.run())


def test_a_repair_that_leaves_no_set_is_refused_in_words(show, album, store, words):
    page = show("Changes")
    store.albums.mark(album(), LeaveOut(pictures=tuple(range(5)), why="by_hand"))
    page.run()
    everything = tuple(range(12))
    store.albums.mark(album(), Relabel(pictures=everything, name="bees"), Relabel(pictures=(12,), name="ants"))
    page.run()
    last = len(album().marks) - 1
    page.button(key=f"slim_undo_{last}").click().run()
    assert not page.exception
    assert "Not changed:" in words(page)
    assert len(album().marks) == last + 1


def test_doubtful_labels_are_asked_for_and_decided_one_by_one(show, album, store, person, words, monkeypatch):
    monkeypatch.setattr("tlcore.catalog.weights.weights_file", lambda _weights: Path("here"))
    page = press(show("Checks"), "Look for doubtful labels")
    question = store.asked.waiting()
    assert isinstance(question, Doubt)
    assert (question.data, question.workspace) == (album().digest, person)
    examples = [one for one in store.albums.dataset(album()).manifest.examples if one.label == 0][:3]
    suspects = [Suspect(picture=one.id, given="ants", suggested="bees", confidence=0.9) for one in examples]
    store.asked.answer(question, Doubts(suspects=tuple(suspects), count=25))
    page.run()
    assert "3 in doubt of 25 looked at" in words(page)
    for button in ("Move to bees", "It is right", "Leave it out"):
        press(page, button)
    places = [(one.place,) for one in examples]
    assert album().marks == (
        Relabel(pictures=places[0], name="bees"),
        Confirm(pictures=places[1], what="doubtful"),
        LeaveOut(pictures=places[2], why="doubtful"),
    )
    assert "none of 25 pictures is in doubt any more" in words(page)


def test_a_set_from_before_there_were_albums_says_so(open_page, make_set, words):
    make_set()
    page = open_page("pictures")
    for view in ("Checks", "Split", "Changes"):
        page.segmented_control(key="view").set_value(view).run()
        assert not page.exception
        assert "Bring them in again" in words(page)
