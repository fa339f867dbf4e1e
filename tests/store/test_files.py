"""Files appear whole under their content's name; what comes in lies under generated names."""

import threading
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from tlcore.errors import ChoiceError, PictureError, ThawError
from tlcore.store.blobs import Blobs
from tlcore.store.intake import Arrived, Intake, Piece

UPLOAD = "0123456789abcdef" * 2


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def intake(tmp_path):
    return Intake(tmp_path / "intake")


def keep(blobs, content):
    with blobs.aside() as path:
        path.write_bytes(content)
        return blobs.keep(path)


def test_a_file_is_found_under_its_content(blobs):
    name = keep(blobs, b"weights")
    assert name == sha256(b"weights").hexdigest()
    assert blobs.path(name).read_bytes() == b"weights"
    assert blobs.path(name) == blobs.root / blobs.where(name)


def test_the_same_content_twice_is_one_file(blobs):
    assert keep(blobs, b"weights") == keep(blobs, b"weights")
    assert len([path for path in blobs.root.rglob("*") if path.is_file()]) == 1


def test_many_files_whose_content_is_known_are_moved_in_together(blobs, tmp_path):
    contents = [b"one", b"two", b"one"]
    files = {}
    for number, content in enumerate(contents):
        (tmp_path / str(number)).write_bytes(content)
        files[sha256(content).hexdigest()] = tmp_path / str(number)
    told = []
    blobs.keep_all(files, blobs.flush_all(files, lambda done, total: told.append((done, total))))
    assert told == [(1, 2), (2, 2)]
    assert [blobs.path(name).read_bytes() for name in files] == [b"one", b"two"]
    assert not any(path.exists() for path in files.values())


def test_many_files_stay_where_they_are_when_that_is_cut_short(blobs, tmp_path):
    def stop(_done, _total):
        raise ThawError("enough")

    files = {sha256(content).hexdigest(): tmp_path / content.decode() for content in (b"one", b"two")}
    for path in files.values():
        path.write_text(path.name)
    with pytest.raises(ThawError, match="enough"):
        blobs.flush_all(files, stop)
    assert all(path.exists() for path in files.values())
    assert [path for path in blobs.root.rglob("*") if path.is_file()] == []


def test_a_file_that_somebody_removed_after_it_was_flushed_comes_in_all_the_same(blobs, tmp_path):
    name, path = keep(blobs, b"one"), tmp_path / "one"
    path.write_bytes(b"one")
    flushed = blobs.flush_all({name: path}, lambda _done, _total: None)
    blobs.drop(name)
    blobs.keep_all({name: path}, flushed)
    assert blobs.path(name).read_bytes() == b"one"


def test_files_that_go_while_they_are_counted_do_not_count(blobs, monkeypatch):
    def glob(*_):
        yield blobs.root / "ab" / "abc"
        yield from listed

    listed = [blobs.path(keep(blobs, b"four"))]
    monkeypatch.setattr(Path, "glob", glob)
    assert blobs.all_bytes() == 4
    assert [name for name, _ in blobs.all()] == [listed[0].name]


def test_what_fails_in_the_making_leaves_nothing(blobs):
    def fail_with_a_file():
        with blobs.aside() as path:
            path.write_bytes(b"half")
            raise RuntimeError

    def fail_with_a_folder():
        with blobs.aside_folder() as folder:
            (folder / "half").write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_with_a_file()
    with pytest.raises(RuntimeError):
        fail_with_a_folder()
    assert [path for path in blobs.root.rglob("*") if path.is_file()] == []


def test_a_reader_never_sees_half_a_file(blobs):
    content = b"x" * 5_000_000
    target = blobs.root / blobs.where(sha256(content).hexdigest())
    sizes, done = set(), threading.Event()

    def look():
        while not done.is_set():
            if target.exists():
                sizes.add(target.stat().st_size)

    looker = threading.Thread(target=look)
    looker.start()
    for _ in range(10):
        keep(blobs, content)
    done.set()
    looker.join()
    assert sizes == {len(content)}


def test_a_file_that_is_gone_is_told_in_a_sentence(blobs):
    name = keep(blobs, b"weights")
    blobs.drop(name)
    blobs.drop(name)
    with pytest.raises(ThawError, match="missing from the home folder") as caught:
        blobs.path(name)
    assert str(blobs.root) not in str(caught.value)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/../../b", ""])
def test_no_name_leads_out_of_the_folder(blobs, name):
    with pytest.raises(ChoiceError):
        blobs.path(name)


def test_pieces_make_files_whatever_order_they_come_in(intake):
    intake.write(UPLOAD, [Piece("bees/1.jpg", 5, b"world"), Piece("../../evil.jpg", 0, b"evil")])
    arrived = intake.write(UPLOAD, [Piece("bees/1.jpg", 0, b"hello"), Piece("bees/1.jpg", 5, b"world")])
    assert arrived == Arrived(files=2, bytes=14)
    files = dict(intake.files(UPLOAD))
    assert files["bees/1.jpg"].read_bytes() == b"helloworld"
    assert files["../../evil.jpg"].parent == intake.folder(UPLOAD)


@pytest.mark.parametrize("upload", ["", "..", "../" + "a" * 29, "A" * 32, "a" * 31, "a" * 33, "a" * 31 + "\n"])
def test_an_upload_that_is_none_of_ours_is_refused(intake, upload):
    for use in (intake.files, intake.clear, lambda name: intake.write(name, [])):
        with pytest.raises(PictureError) as caught:
            use(upload)
        assert caught.value.code == "BAD_UPLOAD"


@pytest.mark.parametrize("content", [b"", b"one", b"x" * (8 * 1024**2 + 1)])
def test_a_file_is_received_whole(intake, content):
    ((name, path),) = intake.files(intake.receive("weights.pth", BytesIO(content)))
    assert name == "weights.pth"
    assert path.read_bytes() == content


def test_an_upload_that_is_cleared_is_gone(intake):
    upload = intake.receive("a.zip", BytesIO(b"zip"))
    intake.clear(upload)
    intake.clear(upload)
    assert not intake.folder(upload).exists()
    with pytest.raises(PictureError, match="not here any more"):
        intake.files(upload)
