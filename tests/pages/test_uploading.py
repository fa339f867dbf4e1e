"""An upload as the app takes it: kept when it is whole, told and swept when it is not; and where it goes."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from tlcore.data import limits
from tlcore.data.collect import look_here
from tlcore.draft import Draft
from tlcore.errands import ReadUpload
from tlcore.store.intake import Piece
from tlcore.store.reading import Reader
from tlcore.ui import session, uploading
from tlcore.ui.components.sending import FilePart, Part
from tlcore.ui.destination import Destination

UPLOADS = ("0123456789abcdef" * 2, "f" * 32)


def part(sequence, *paths, upload=UPLOADS[0], total=None, size=5, offset=0, done=False, cancelled=False):
    files = tuple(FilePart(path=path, offset=offset, size=offset + size, data=b"hello"[:size]) for path in paths)
    return Part(
        upload=upload,
        sequence=sequence,
        files=files,
        total_files=len(files) if total is None else total,
        total_bytes=5 * (len(files) if total is None else total),
        done=done,
        cancelled=cancelled,
    )


@pytest.fixture
def state(monkeypatch):
    """What the visit remembers."""
    kept = {}
    monkeypatch.setattr(uploading.st, "session_state", kept)
    return kept


@pytest.fixture
def take(state):
    """Take parts, as they would come from the browser, for an album of their own or another destination."""

    def all_of(*parts, destination=Destination()):  # noqa: B008
        for one in parts:
            uploading._take(one, destination)
        return state.get(uploading._PROBLEM, "")

    return all_of


def errands():
    return [one.errand for one in session.store().errands.open()]


def waiting():
    return sorted(folder.name for folder in session.store().intake.root.glob("*"))


def test_an_upload_that_is_whole_is_read_into_its_destination(take):
    destination = Destination(album="a" * 32, into="ants", name="Insects")
    said = take(part(1, "x/1.jpg", total=2), part(2, "x/2.jpg", total=2, done=True), destination=destination)
    assert said == ""
    assert errands() == [ReadUpload(upload=UPLOADS[0], name="x", seed=0, album="a" * 32, into="ants")]
    assert waiting() == [UPLOADS[0]]


def test_a_part_that_comes_again_counts_once(take):
    last = part(1, "x/1.jpg", done=True)
    take(last, last)
    assert len(errands()) == 1


def test_what_is_recorded_says_its_class_by_its_folder(take):
    take(part(1, "ants/1.jpg", done=True), destination=Destination(album="a" * 32, by_folder=True))
    assert [errand.by_folder for errand in errands()] == [True]


@pytest.mark.parametrize("last", [part(2, "x/2.jpg", total=3, done=True), part(2, "2", total=2, size=3, done=True)])
def test_an_upload_with_something_missing_is_told_and_swept(take, last):
    said = take(part(1, "x/1.jpg", total=3), last)
    assert "the connection was lost in between" in said
    assert "Send them again." in said
    assert errands() == []
    assert waiting() == []


def test_the_same_zip_again_is_read_though_the_room_is_used_up(take, store, person, pictures, monkeypatch):
    def send(sequence, upload):
        data = packed.getvalue()
        file = FilePart(path="colours.zip", offset=0, size=len(data), data=data)
        last = replace(part(sequence, upload=upload, done=True), files=(file,), total_files=1, total_bytes=len(data))
        assert take(last) == ""
        return Reader(store, person, 0, lambda _done, _total: None, look_here).upload(upload, "colours")

    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path in sorted(pictures.rglob("*.png")):
            archive.write(path, path.relative_to(pictures))
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    first = send(1, UPLOADS[0])
    monkeypatch.setattr(limits, "CLASS", replace(limits.CLASS, workspace_bytes=2 * store.space.used(person)))
    assert send(2, UPLOADS[1]) == first
    assert len(errands()) == 2


def test_an_upload_that_another_one_follows_is_swept(take):
    take(part(1, "x/1.jpg", total=2), part(2, "y/1.jpg", upload=UPLOADS[1], total=2))
    assert waiting() == [UPLOADS[1]]


def test_an_upload_that_was_filed_is_not_swept_by_the_next(take):
    take(part(1, "x/1.jpg", done=True), part(2, "y/1.jpg", upload=UPLOADS[1], done=True))
    assert waiting() == sorted(UPLOADS)
    assert len(errands()) == 2


def test_a_last_part_that_comes_again_leaves_its_upload_to_the_errand(take):
    last = part(1, "x/1.jpg", done=True)
    take(last, last, part(2, "y/1.jpg", upload=UPLOADS[1], total=2))
    assert waiting() == sorted(UPLOADS)


@pytest.mark.parametrize("again", [part(1, cancelled=True), part(1, "x/1.jpg", done=True)])
def test_a_page_that_was_loaded_anew_leaves_what_was_filed_alone(take, state, again):
    take(part(3, "x/1.jpg", done=True))
    state.clear()
    assert take(again) == ""
    assert state[uploading._FILED] == UPLOADS[0]
    assert state[uploading._ACKNOWLEDGED] == 1
    assert waiting() == [UPLOADS[0]]
    assert len(errands()) == 1


@pytest.mark.parametrize("last", [part(2, "x/2.jpg", total=1), part(2, "x/1.jpg", total=1, size=5, offset=3)])
def test_more_than_was_announced_is_refused_and_swept(take, last):
    assert "More arrived than the 1 files" in take(part(1, "x/1.jpg", total=1, size=4), last)
    assert waiting() == []


def test_what_is_cancelled_is_swept(take):
    take(part(1, "x/1.jpg", total=2), part(2, total=2, cancelled=True))
    assert waiting() == []


@pytest.mark.parametrize(
    ("paths", "name"),
    [
        (["holidays.tar.gz"], "holidays"),
        (["bag/ants/1.jpg", "bag/bees/1.jpg"], "bag"),
        (["ants/1.jpg", "bees/1.jpg"], "ants, bees"),
        (["a/1", "b/1", "c/1", "d/1", "e/1"], "a, b, c and 2 more"),
        (["1.jpg", "2.jpg"], "My pictures"),
    ],
)
def test_a_set_is_called_what_was_sent(take, paths, name):
    take(part(1, *paths, done=True))
    assert [errand.name for errand in errands()] == [name]


def test_an_album_that_is_no_set_yet_says_why_and_takes_more(open_page, person, store, pictures, words):
    album = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(pictures / "red", "Red only")
    store.drafts.keep(person, Draft(album=album.id))
    page = open_page("pictures")
    assert not page.exception
    assert "“Red only” is not a set yet:" in words(page)
    assert page.button_group(key=f"goal_{album.id}").value == album.id


def test_a_chosen_set_can_be_added_to_by_class(open_page, person, store, pictures):
    album = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(pictures, "Colours *and* more")
    store.drafts.keep(person, Draft(album=album.id, data=album.digest))
    page = open_page("pictures")
    goal = page.button_group(key=f"goal_{album.id}")
    assert goal.value == "new"
    goal.set_value(album.id).run()
    assert page.selectbox(key=f"into_{album.id}").options == ["As their folders say", "blue", "green", "red"]


@pytest.fixture
def added(open_page, person, store, pictures):
    """The page after a person added these files to a set of colours that lies in one folder."""

    def go(names):
        album = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(pictures, "Colours")
        store.drafts.keep(person, Draft(album=album.id, data=album.digest))
        page = open_page("pictures")
        page.button_group(key=f"goal_{album.id}").set_value(album.id).run()
        survey = store.albums.survey(album)
        page.session_state["errand_before"] = (album.id, len(survey.facts), len(survey.unfit))
        errand = store.errands.add(ReadUpload(upload=UPLOADS[0], name="more", seed=0, album=album.id), person)
        store.intake.write(UPLOADS[0], [Piece(name, 0, (pictures / where).read_bytes()) for name, where in names])
        reader = Reader(store, person, 0, lambda _done, _total: None, look_here, more_of=album.id)
        store.errands.finish(errand.id, reader.upload(UPLOADS[0], "more").id)
        return page.run()

    return go


def test_what_became_of_added_files_is_told_where_they_were_sent(added, words):
    page = added([("green/8.png", "green/1.png"), ("9.png", "green/2.png")])
    assert "0 of 2 files taken in. Left out: 9.png. It lies in no class folder" in words(page)
    assert "And 1 more; see “Left out”." in words(page)


def test_loose_files_are_not_sent_where_only_folders_say_their_class(open_page, person, store, pictures, drawn):
    album = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(pictures, "Colours")
    store.drafts.keep(person, Draft(album=album.id, data=album.digest))
    page = open_page("pictures")
    assert not drawn(page, "folder_picker")["needs_folders"]
    page.button_group(key=f"goal_{album.id}").set_value(album.id).run()
    assert drawn(page, "folder_picker")["needs_folders"]
    page.selectbox(key=f"into_{album.id}").set_value("red").run()
    assert not drawn(page, "folder_picker")["needs_folders"]


def test_a_set_in_doubt_takes_nothing_unless_it_is_told_to(open_page, person, store, pictures, tmp_path):
    for name in ("blue", "red"):
        for path in (pictures / name).iterdir():
            (tmp_path / "flat" / path.name).parent.mkdir(exist_ok=True)
            (tmp_path / "flat" / f"{name}_{path.name}").write_bytes(path.read_bytes())
    album = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(tmp_path / "flat", "Flat")
    store.drafts.keep(person, Draft(album=album.id))
    assert open_page("pictures").button_group(key=f"goal_{album.id}").value == "new"
