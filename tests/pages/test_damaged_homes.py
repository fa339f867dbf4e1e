"""Pages of a home in which something is damaged: each opens, says so in words, and nothing is removed."""

import pytest

from tlcore.data.collect import look_here
from tlcore.draft import Draft
from tlcore.events import Checkpointed, Finished
from tlcore.store.reading import Reader

PAGES = ("start", "pictures", "network", "train", "inside")


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.fixture
def album(store, person, pictures):
    album = Reader(store, person, 0, lambda *_: None, look_here).folder(pictures, "colours")
    store.drafts.keep(person, Draft(album=album.id, data=album.digest))
    return album


@pytest.fixture
def database(store, album, own_home):
    """The file of the database with a set in it; it is mended after the test."""
    assert album
    store.close()
    path = own_home / "thaw.sqlite3"
    content = path.read_bytes()
    yield path
    path.write_bytes(content)


def heard(page):
    """All that a page says, our own HTML included."""
    return "\n".join(str(getattr(element.proto, "body", "")) for element in page.main)


def test_damaged_weights_cannot_be_downloaded_and_the_page_says_why(open_page, store, album, make_run, two_epochs):
    with store.blobs.aside() as path:
        path.write_bytes(bytes(range(256)))
        best = store.blobs.keep(path)
    flip(store.blobs.path(best))
    manifest = store.albums.dataset(album).manifest
    *earlier, last = two_epochs(manifest)
    assert isinstance(last, Checkpointed)
    run = make_run(manifest, *earlier, Checkpointed(epoch=2, sha256=best, size=256), Finished(seconds=4.0))
    page = open_page("train", run=run.id)
    assert not page.exception
    assert "is damaged" in heard(page)
    assert store.blobs.path(best).exists()
    flip(store.blobs.path(best))
    assert "is damaged" not in heard(page.run())


def opened(open_page):
    """Yield every page, one after the other."""
    page = open_page("start")
    yield "start", page
    for name in PAGES[1:]:
        yield name, page.switch_page(f"pages/{name}.py").run()


def test_a_set_with_a_damaged_survey_is_shown_or_told(open_page, store, album):
    flip(store.blobs.path(album.survey))
    for name, page in opened(open_page):
        assert not page.exception, name
        assert ("Nothing can be decided about this set any more" in heard(page)) == (name == "pictures")
        if name == "pictures":
            assert page.segmented_control("way").options
            assert f"goal_{album.id}" not in {one.key for one in page.segmented_control}
    assert store.blobs.path(album.survey).exists()


def damage_manifests(store):
    store._database.write("UPDATE datasets SET manifest = replace(manifest, 'red/1.png', 'red/0.png')")


@pytest.mark.usefixtures("album")
def test_a_set_with_a_damaged_manifest_is_made_of_its_survey_again(open_page, store):
    damage_manifests(store)
    for name, page in opened(open_page):
        assert not page.exception, name
        if name == "pictures":
            assert page.segmented_control("view").value == "Classes"
            assert page.segmented_control("way").options


def test_where_manifest_and_survey_are_damaged_other_pictures_can_be_brought(open_page, store, album):
    damage_manifests(store)
    flip(store.blobs.path(album.survey))
    for name, page in opened(open_page):
        assert not page.exception, name
        if name == "pictures":
            assert page.segmented_control("way").options


@pytest.mark.parametrize("damage", ["zero", "half", "noise"])
def test_a_damaged_database_is_told_on_every_page(open_page, database, own_home, damage):
    content = database.read_bytes()
    noise = content[:4096] + b"noise" * 2000 + content[14096:]
    database.write_bytes({"zero": b"", "half": content[: len(content) // 2], "noise": noise}[damage])
    for name, page in opened(open_page):
        assert not page.exception, name
        assert "The database of the home folder is" in heard(page)
        assert str(own_home) not in heard(page)


@pytest.mark.slow
def test_a_damaged_database_is_told_on_the_command_line(thaw, database):
    database.write_bytes(database.read_bytes()[:10_000])
    for words in (("runs",), ("runs", "--json"), ("plan",), ("export", "abc", "x.zip")):
        done = thaw(*words)
        assert done.returncode == 1
        assert "The database of the home folder is damaged." in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
