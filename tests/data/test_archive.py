"""Archives from anybody: what is good comes out under generated names, nothing else happens on the disk."""

import io
import stat
import struct
import tarfile
import time
from dataclasses import replace
from hashlib import sha256
from random import Random
from types import SimpleNamespace
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest

from tlcore.data import limits
from tlcore.data.archive import unpack
from tlcore.data.limits import Contents
from tlcore.errors import PictureError


def silent(_done, _total):
    pass


def zipped(*entries, method=ZIP_DEFLATED):
    """Return a zip of pairs of a name (or a ZipInfo) and bytes."""
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return bytearray(file.getvalue())


def take(room, data):
    archive = room.parent / "upload é.zip"
    archive.write_bytes(data)
    return unpack(archive, room / "files", silent)


def refusal(room, data):
    with pytest.raises(PictureError) as caught:
        take(room, data)
    assert [path for path in room.rglob("*") if path.is_file()] == []
    assert not list(room.glob(".*"))
    assert caught.value.hint
    return caught.value


def codes(unpacked):
    return {one.name: one.code for one in unpacked.left_out}


def test_files_lie_under_the_hash_of_their_bytes(room):
    unpacked = take(room, zipped(("set/ants/1.jpg", b"one"), ("set/bees/2.jpg", b"two"), ("set/bees/", b"")))
    assert [name for name, _ in unpacked.pairs] == ["set/ants/1.jpg", "set/bees/2.jpg"]
    for (_, place), content in zip(unpacked.pairs, (b"one", b"two"), strict=True):
        id_ = sha256(content).hexdigest()
        assert place == f"{id_[:2]}/{id_}"
        assert (room / "files" / place).read_bytes() == content
    assert unpacked.left_out == ()
    assert sorted(path.name for path in room.iterdir()) == ["files"]


def test_a_set_comes_out_of_a_zip_as_from_its_folder(room, write_set, settled):
    folder = write_set({"cats": 4, "dogs": 4})
    entries = [(f"my pets/{path.relative_to(folder).as_posix()}", path.read_bytes()) for path in folder.rglob("*.jpg")]
    entries += [("__MACOSX/my pets/cats/._0.jpg", b"\0"), ("my pets/.DS_Store", b"\0"), ("../evil.jpg", b"evil")]
    unpacked = take(room, zipped(*entries))
    manifest = settled(room / "files", paths=unpacked.pairs, left_out=unpacked.left_out)
    assert manifest.digest == settled(folder).digest
    assert manifest.ignored == 2
    assert [one.code for one in manifest.left_out] == ["BAD_PATH"]


@pytest.mark.parametrize("name", ["../x.jpg", "a/../../x.jpg", "/etc/x.jpg", "..\\..\\x.jpg", "C:\\x.jpg", "\\x.jpg"])
def test_paths_that_lead_out_are_left_out(room, name):
    before = sorted(room.parent.rglob("*"))
    unpacked = take(room, zipped((name, b"evil"), ("a/1.jpg", b"one")))
    assert list(codes(unpacked).values()) == ["BAD_PATH"]
    assert [shown for shown, _ in unpacked.pairs] == ["a/1.jpg"]
    added = [path for path in sorted(room.parent.rglob("*")) if path not in before and path.is_file()]
    assert len(added) == 2  # The archive itself and one file.


def test_windows_folders_are_folders(room):
    assert take(room, zipped(("set\\ants\\1.jpg", b"one"))).pairs[0][0] == "set/ants/1.jpg"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_are_left_out(room, kind):
    entry = ZipInfo("ants/link.jpg")
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    unpacked = take(room, zipped((entry, b"/etc/passwd"), ("ants/1.jpg", b"one")))
    assert codes(unpacked) == {"ants/link.jpg": "LINK"}
    assert not [path for path in room.rglob("*") if path.is_symlink()]


def test_a_ratio_bomb_is_refused(room, monkeypatch):
    monkeypatch.setattr(limits, "RATIO_FROM_BYTES", 1_000_000)
    assert refusal(room, zipped(("a/1.jpg", bytes(3_000_000)))).code == "TOO_MUCH_UNPACKED"


def test_more_than_the_budget_is_refused(room, monkeypatch):
    monkeypatch.setattr(limits, "ALONE", replace(limits.ALONE, archive=Contents(entries=100, bytes=1_000_000)))
    parts = [(f"a/{number}.jpg", Random(number).randbytes(300_000)) for number in range(4)]
    assert refusal(room, zipped(*parts)).code == "TOO_MUCH_UNPACKED"


def test_a_declared_size_that_lies_is_damage(room):
    data = zipped(("a/1.jpg", bytes(200_000)), ("a/2.jpg", b"two"))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(signature)
        data[start + place : start + place + 4] = struct.pack("<I", 1000)
    unpacked = take(room, data)
    assert codes(unpacked) == {"a/1.jpg": "CORRUPT"}
    assert [name for name, _ in unpacked.pairs] == ["a/2.jpg"]


def test_too_many_entries_are_refused_at_once(room, monkeypatch):
    data = zipped(*((f"{number}.jpg", b"") for number in range(600)), method=ZIP_STORED)
    monkeypatch.setattr(limits, "ALONE", replace(limits.ALONE, archive=Contents(entries=500, bytes=1_000_000)))
    start = time.perf_counter()
    assert refusal(room, data).code == "TOO_MANY_ENTRIES"
    place = data.rfind(b"PK\x05\x06")
    data[place + 8 : place + 12] = struct.pack("<HH", 3, 3)  # An end record that lies about the count.
    assert refusal(room, data).code == "TOO_MANY_ENTRIES"
    assert time.perf_counter() - start < 1


def test_overlapping_entries_are_refused(room):
    data = zipped(("a/1.jpg", b"one" * 50), ("a/2.jpg", b"two" * 50), method=ZIP_STORED)
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 10)
    assert refusal(room, data).code == "OVERLAPPING_ZIP"
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    assert refusal(room, data).code == "OVERLAPPING_ZIP"


def test_an_archive_inside_the_archive_stays_closed(room):
    inner = bytes(zipped(("deep.jpg", b"deep")))
    unpacked = take(room, zipped(("a/inner.zip", inner), ("a/photo.jpg", inner), ("a/1.jpg", b"one")))
    assert codes(unpacked) == {"a/inner.zip": "NESTED_ARCHIVE", "a/photo.jpg": "NESTED_ARCHIVE"}
    assert len(unpacked.pairs) == 1


def test_a_password_is_asked_to_be_taken_off(room):
    data = zipped(("a/1.jpg", b"one"))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + place] |= 1
    assert refusal(room, data).code == "PASSWORD_ZIP"


def tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a/1.jpg"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "EMPTY_ZIP", "empty"),
        (b"PK\x05\x06" + bytes(18), "EMPTY_ZIP", "no files"),
        (bytes(zipped(("a/", b""))), "EMPTY_ZIP", "no files"),
        (b"\xff\xd8\xff\xe0" + bytes(99), "NOT_A_ZIP", "a JPEG"),
        (tar()[:1000], "NOT_A_TAR", "ends too early"),
        (b"Rar!\x1a\x07\x01\x00", "NOT_A_ZIP", "RAR"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), "NOT_A_ZIP", "7-Zip"),
        (b"a,b\n1,2\n", "NOT_A_ZIP", "text"),
        (bytes(zipped(("a/1.jpg", b"one" * 100)))[:-30], "NOT_A_ZIP", "ends too early"),
        (b"PK\x03\x04" + bytes(200), "NOT_A_ZIP", "damaged"),
    ],
)
def test_what_is_no_zip_is_named(room, data, code, words):
    fault = refusal(room, data)
    assert fault.code == code
    assert words in fault.message


def test_a_wrong_checksum_costs_that_file_alone(room):
    data = zipped(("a/1.jpg", b"one" * 100), ("a/2.jpg", b"two" * 100), method=ZIP_STORED)
    data[data.find(b"oneone")] ^= 1
    unpacked = take(room, data)
    assert codes(unpacked) == {"a/1.jpg": "CORRUPT"}
    assert len(unpacked.pairs) == 1


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_both_kept(room):
    unpacked = take(room, zipped(("a/1.jpg", b"one"), ("a/1.jpg", b"two"), ("a", b"three"), ("A/1.jpg", b"one")))
    assert len(unpacked.pairs) == 4
    assert len({place for _, place in unpacked.pairs}) == 3


def test_other_ways_of_packing_are_named(room):
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("a/1.jpg", b"one" * 100, ZIP_LZMA)
        archive.writestr("a/2.jpg", b"two", ZIP_STORED)
    assert codes(take(room, file.getvalue())) == {"a/1.jpg": "METHOD"}


def test_names_are_read_as_they_were_meant(room):
    plain = zipped(("café/1.jpg", b"one"))  # Marked as UTF-8.
    unmarked = zipped(("cafe~/1.jpg", b"one"))
    for place in (unmarked.find(b"cafe~"), unmarked.rfind(b"cafe~")):
        unmarked[place : place + 5] = "café".encode()
    old = zipped(("caf~/1.jpg", b"one"))
    for place in (old.find(b"caf~"), old.rfind(b"caf~")):
        old[place : place + 4] = "café".encode("cp437")
    assert [take(room, data).pairs[0][0] for data in (plain, unmarked, old)] == ["café/1.jpg"] * 3


@pytest.mark.parametrize("before", [b"", b"PK\x03\x04 and more"])
def test_a_name_that_is_not_what_its_mark_says_costs_nothing(room, before):
    data = zipped(("été/1.jpg", b"one"), ("éa/2.jpg", b"two"), ("été/3.jpg", b"three"))
    for place in (data.find("éa".encode()), data.rfind("éa".encode())):
        data[place : place + 3] = "été".encode("cp437")
    unpacked = take(room, before + data)
    assert [name for name, _ in unpacked.pairs] == ["été/1.jpg", "été/2.jpg", "été/3.jpg"]
    assert [(room / "files" / place).read_bytes() for _, place in unpacked.pairs] == [b"one", b"two", b"three"]
    assert unpacked.left_out == ()


def test_a_name_that_an_entry_repeats_wrongly_costs_that_file_alone(room):
    data = zipped(("été/1.jpg", b"one"), ("éa/2.jpg", b"two"), ("été/3.jpg", b"three"))
    place = data.find("éa".encode())
    data[place : place + 3] = "été".encode("cp437")
    unpacked = take(room, data)
    assert codes(unpacked) == {"éa/2.jpg": "CORRUPT"}
    assert [name for name, _ in unpacked.pairs] == ["été/1.jpg", "été/3.jpg"]


def test_long_and_strange_names_do_not_reach_the_disk(room):
    names = ["x" * 300 + ".jpg", "CON.jpg", "a\u202e/gpj.jpg", 'a/"quoted"\n<img>.jpg', "a/é" * 60]
    unpacked = take(room, zipped(*((name, name.encode()) for name in names)))
    assert [name for name, _ in unpacked.pairs] == names
    assert all(path.name.isalnum() for path in (room / "files").rglob("*"))


def test_the_same_archive_twice_takes_the_room_of_one(room):
    data = zipped(("a/1.jpg", b"one" * 1000), ("b/2.jpg", b"two" * 1000))
    assert take(room, data).pairs == take(room, data).pairs
    assert len([path for path in room.rglob("*") if path.is_file()]) == 2


def test_a_full_disk_is_told_before_it_is_full(room, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=1000, free=110))
    assert refusal(room, zipped(("a/1.jpg", b"one" * 100))).code == "DISK_FULL"


def test_work_that_is_ended_leaves_nothing(room):
    archive = room.parent / "upload.zip"
    archive.write_bytes(zipped(("a/1.jpg", b"one"), ("a/2.jpg", b"two")))

    def stop(done, _total):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(archive, room / "files", stop)
    assert [path for path in room.rglob("*") if path.is_file()] == []
    assert not list(room.glob(".*"))


def test_damaged_archives_are_decided_without_another_exception(room):
    draw = Random(3)
    parts = [(f"a/{number}.jpg", draw.randbytes(200)) for number in range(4)]
    original = zipped(*parts)
    for _ in range(300):
        data = bytearray(original)
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        try:
            unpacked = take(room, data)
        except PictureError as fault:
            assert fault.code  # noqa: PT017
        else:
            for _, place in unpacked.pairs:
                assert (room / "files" / place).is_file()
    assert not list(room.glob(".*"))
