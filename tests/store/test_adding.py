"""Pictures are added to an album that is there: to its classes, to a chosen one, to one that is no set yet."""

import shutil
from zipfile import ZipFile

import pytest

from tlcore.data.collect import look_here
from tlcore.data.marks import CallClasses, ReadAs
from tlcore.errors import ThawError
from tlcore.store.intake import Piece
from tlcore.store.reading import Reader

UPLOAD = "0123456789abcdef" * 2


@pytest.fixture
def send(store, pictures):
    """Send these pictures, each under another name, and read them; more settings are the reader's."""

    def read(names, on_look=lambda: None, **settings):
        pieces = [Piece(name, 0, (pictures / where).read_bytes()) for name, where in names.items()]
        store.intake.write(UPLOAD, pieces)

        def look_all(*given):
            on_look()
            return look_here(*given)

        return Reader(store, "person", 0, lambda _done, _total: None, look_all, **settings).upload(UPLOAD, "sent")

    return read


def classes_of(store, album):
    manifest = store.albums.dataset(album).manifest
    totals = zip(manifest.counts("train"), manifest.counts("val"), strict=True)
    return dict(zip(manifest.classes, map(sum, totals), strict=True))


FIRST = {f"bag/{name}/{number}.png": f"{name}/{number}.png" for name in ("blue", "red") for number in range(3)}


def test_more_pictures_find_their_classes_and_bring_new_ones(store, send):
    album = send(FIRST)
    more = {"blue/8.png": "blue/4.png", "green/1.png": "green/1.png", "green/2.png": "green/2.png"}
    larger = send(more, more_of=album.id)
    assert larger.id == album.id
    assert classes_of(store, larger) == {"blue": 4, "green": 2, "red": 3}
    assert store.albums.of("person") == [larger]
    assert not store.intake.folder(UPLOAD).exists()


def test_loose_pictures_go_into_the_class_that_was_chosen(store, send):
    album = send(FIRST)
    larger = send({"8.png": "blue/4.png", "9.png": "blue/5.png"}, more_of=album.id, into="blue")
    assert classes_of(store, larger) == {"blue": 5, "red": 3}


def test_what_is_sent_again_into_a_class_is_not_left_out_any_more(store, send):
    album = send(FIRST)
    loose = {"8.png": "green/1.png", "9.png": "green/2.png"}
    album = send(loose, more_of=album.id)
    assert [(one.name, one.code) for one in store.albums.dataset(album).manifest.left_out] == [
        ("8.png", "STRAY"),
        ("9.png", "STRAY"),
    ]
    album = send({"8.png": "green/1.png"}, more_of=album.id, into="blue")
    assert [one.name for one in store.albums.dataset(album).manifest.left_out] == ["9.png"]


def test_what_came_twice_at_one_time_is_named_where_one_lies_in_no_class(store, send):
    album = send({**FIRST, "bag/0.png": "blue/0.png"})
    assert [(one.name, one.code) for one in store.albums.dataset(album).manifest.left_out] == [("bag/0.png", "STRAY")]
    album = send({"7.png": "green/1.png", "green/7.png": "green/1.png"}, more_of=album.id)
    assert [one.name for one in store.albums.dataset(album).manifest.left_out] == ["7.png", "bag/0.png"]


def test_what_is_kept_apart_is_named_though_the_same_file_came_later(store, send):
    test = {f"test/{name}/{number}.png": f"{name}/{number}.png" for name in ("blue", "red") for number in range(2)}
    sides = {
        f"{side}/{name}/{at}.png": f"{name}/{at + 2}.png"
        for side, at in (("train", 0), ("val", 1))
        for name in ("blue", "red")
    }
    album = send({**sides, **test})
    album = send({"train/blue/0.png": "blue/0.png"}, more_of=album.id)
    told = [one.name for one in store.albums.dataset(album).manifest.left_out if one.code == "KEPT_APART"]
    assert told == sorted(test)


LOOSE = {f"{name}_{number}.png": f"{name}/{number}.png" for name in ("blue", "red") for number in range(3)}
TABLE = "file,class\n" + "".join(f"{name},{name.split('_')[0]}\n" for name in LOOSE)


@pytest.fixture(params=["prefix", "table"])
def loose(store, send, request):
    """An album of loose pictures, read by their names or by a table beside them."""
    if request.param == "table":
        store.intake.write(UPLOAD, [Piece("labels.csv", 0, TABLE.encode())])
        return send(LOOSE)
    return store.albums.mark(send(LOOSE), ReadAs(reading="prefix"))


def test_the_chosen_class_counts_whatever_the_album_is_read_by(store, send, loose):
    album = send({"IMG_1.png": "green/1.png", "IMG_2.png": "green/2.png"}, more_of=loose.id, into="green")
    album = send({"IMG_3.png": "blue/4.png"}, more_of=album.id, into="Blue")
    assert classes_of(store, album) == {"blue": 4, "green": 2, "red": 3}
    assert [(one.name, one.code) for one in store.albums.dataset(album).manifest.left_out] == []


def test_what_was_recorded_for_a_class_is_in_it_whatever_the_album_is_read_by(store, send, loose):
    recorded = {f"{name}/{number}-1.jpg": f"{name}/{number}.png" for name in ("red", "green") for number in (4, 5)}
    album = send(recorded, more_of=loose.id, by_folder=True)
    assert classes_of(store, album) == {"blue": 3, "green": 2, "red": 5}


def test_the_chosen_class_keeps_the_name_that_it_got_meanwhile(store, send):
    album = send(FIRST)

    def decide():
        store.albums.mark(album, CallClasses(classes=("red",), name="crimson"))

    larger = send({"8.png": "red/4.png"}, on_look=decide, more_of=album.id, into="red")
    assert classes_of(store, larger) == {"blue": 3, "crimson": 4}


def test_an_archive_goes_into_the_class_that_was_chosen(store, send, pictures, tmp_path):
    album = send(FIRST)
    with ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.write(pictures / "green" / "1.png", "holidays/1.png")
        archive.write(pictures / "green" / "2.png", "holidays/2.png")
    reader = Reader(store, "person", 0, lambda _done, _total: None, look_here, more_of=album.id, into="green")
    assert classes_of(store, reader.archive(tmp_path / "more.zip", "more")) == {"blue": 3, "green": 2, "red": 3}


def test_a_second_class_makes_a_set_of_an_album_that_was_none(store, send):
    album = send({f"blue/{number}.png": f"blue/{number}.png" for number in range(3)})
    assert album.digest is None
    album = send({f"red/{number}.png": f"red/{number}.png" for number in range(3)}, more_of=album.id)
    assert classes_of(store, album) == {"blue": 3, "red": 3}


def test_what_was_decided_while_they_were_read_stays_decided(store, send):
    album = send(FIRST)

    def decide():
        store.albums.mark(album, CallClasses(classes=("red",), name="crimson"))

    larger = send({"red/8.png": "red/4.png"}, on_look=decide, more_of=album.id)
    assert classes_of(store, larger) == {"blue": 3, "crimson": 4}


def test_nothing_is_added_to_an_album_of_somebody_else(store, send, pictures, tmp_path):
    folder = shutil.copytree(pictures, tmp_path / "theirs")
    album = Reader(store, "other", 0, lambda _done, _total: None, look_here).folder(folder, "theirs")
    with pytest.raises(ThawError, match="not here"):
        send({"blue/8.png": "blue/4.png"}, more_of=album.id)
    assert store.albums.get(album.id, "other") == album
    assert not store.intake.folder(UPLOAD).exists()
