"""Archives that were made to do harm: nothing outside the folder, nothing too large, nothing left, the right word."""

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import sys
import tarfile
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest

from tlcore.data import archive as archives
from tlcore.data import limits
from tlcore.data.archive import unpack
from tlcore.errors import PictureError

BUDGET = 20_000_000
MANY = 100_000
GOOD = ("ants/1.jpg", b"\xff\xd8\xff one")


def zipped(*entries, method=ZIP_DEFLATED):
    file = io.BytesIO()
    with ZipFile(file, "w", method) as made:
        for name, data in entries:
            made.writestr(name, data)
    return bytearray(file.getvalue())


def special(kind):
    entry = ZipInfo("ants/special.jpg")
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    return zipped((entry, b"/etc/passwd"), GOOD)


def patched(data, *changes):
    """Put bytes at distances behind signatures: the first of each."""
    for signature, distance, new in changes:
        start = data.find(signature) + distance
        data[start : start + len(new)] = new
    return data


def lying(size, real):
    return patched(
        zipped(("ants/2.jpg", bytes(real)), GOOD),
        (b"PK\x03\x04", 22, struct.pack("<I", size)),
        (b"PK\x01\x02", 24, struct.pack("<I", size)),
    )


def many_zipped(announced=MANY):
    """A zip of empty files, its records written at once; the end record may lie about their number."""
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    entries = [
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 31 * place) + b"a"
        for place in range(MANY)
    ]
    told = min(announced, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, sum(map(len, entries)), 31 * MANY, 0)
    return local * MANY + b"".join(entries) + end


def overlapping(place):
    data = zipped(("ants/1.jpg", b"one" * 50), ("ants/2.jpg", b"two" * 50), method=ZIP_STORED)
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", place)
    return data


def locked():
    return patched(zipped(GOOD), (b"PK\x03\x04", 6, b"\1"), (b"PK\x01\x02", 8, b"\1"))


def wrong_sum():
    data = zipped(("ants/2.jpg", b"two" * 100), GOOD, method=ZIP_STORED)
    data[data.find(b"twotwo")] ^= 1
    return data


def one_by_lzma():
    file = io.BytesIO()
    with ZipFile(file, "w") as made:
        made.writestr("ants/2.jpg", b"two" * 100, ZIP_LZMA)
        made.writestr(*GOOD)
    return file.getvalue()


def tarred(*entries, pax=None):
    """A tar of pairs of a name (or a TarInfo) and bytes."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT if pax is None else tarfile.PAX_FORMAT) as made:
        for name, data in entries:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.pax_headers = pax or {}
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    return file.getvalue()


def other(kind, target=""):
    entry = tarfile.TarInfo("ants/special.jpg")
    entry.type, entry.linkname = kind, target
    return tarred((entry, b""), GOOD)


def header(name="ants/2.jpg", size=0, kind=tarfile.REGTYPE):
    entry = tarfile.TarInfo(name)
    entry.size, entry.type = size, kind
    return entry.tobuf(tarfile.GNU_FORMAT)


def with_holes():
    return header(kind=tarfile.GNUTYPE_SPARSE) + tarred(GOOD)


def bomb(pack):
    """Packed zeros, a hundred megabytes of them."""
    return pack(header(size=100_000_000) + bytes(100_000_000) + bytes(1024))


def packed_with(change):
    data = bytearray(gzip.compress(tarred(GOOD), mtime=0))
    data[-8] ^= change
    return bytes(data)


def noise(number, size=2_000_000):
    return Random(number).randbytes(size)


PICTURE = {"ants/1.jpg"}
ATTACKS = {
    # name: (maker, code of the refusal, or names that come out and codes of what is left out)
    "parent path": (lambda: zipped(("../x.jpg", b"x"), GOOD), PICTURE, ["BAD_PATH"]),
    "hidden parent path": (lambda: zipped(("a/../../x.jpg", b"x"), GOOD), PICTURE, ["BAD_PATH"]),
    "absolute path": (lambda: zipped(("/etc/x.jpg", b"x"), GOOD), PICTURE, ["BAD_PATH"]),
    "backslash path": (lambda: zipped(("..\\..\\x.jpg", b"x"), GOOD), PICTURE, ["BAD_PATH"]),
    "drive path": (lambda: zipped(("C:\\x.jpg", b"x"), GOOD), PICTURE, ["BAD_PATH"]),
    "link": (lambda: special(stat.S_IFLNK), PICTURE, ["LINK"]),
    "device": (lambda: special(stat.S_IFCHR), PICTURE, ["LINK"]),
    "ratio": (lambda: zipped(("ants/2.jpg", bytes(30_000_000))), "TOO_MUCH_UNPACKED"),
    "too much": (lambda: zipped(*((f"{n}.jpg", noise(n)) for n in range(11)), method=ZIP_STORED), "TOO_MUCH_UNPACKED"),
    "many": (many_zipped, "TOO_MANY_ENTRIES"),
    "many, untold": (lambda: many_zipped(3), "TOO_MANY_ENTRIES"),
    "too small a size": (lambda: lying(1000, 200_000), PICTURE, ["CORRUPT"]),
    "too large a size": (lambda: lying(1_000_000, 200_000), PICTURE, ["CORRUPT"]),
    "overlap": (lambda: overlapping(0), "OVERLAPPING_ZIP"),
    "overlap in part": (lambda: overlapping(10), "OVERLAPPING_ZIP"),
    "nested": (lambda: zipped(("ants/2.jpg", bytes(zipped(GOOD))), GOOD), PICTURE, ["NESTED_ARCHIVE"]),
    "nested tar": (lambda: zipped(("in.tar", tarred(GOOD)), GOOD), PICTURE, ["NESTED_ARCHIVE"]),
    "locked": (locked, "PASSWORD_ZIP"),
    "no bytes": (lambda: b"", "EMPTY_ZIP"),
    "no files": (lambda: b"PK\x05\x06" + bytes(18), "EMPTY_ZIP"),
    "cut off": (lambda: zipped(("ants/1.jpg", b"one" * 100))[:-30], "NOT_A_ZIP"),
    "a picture": (lambda: b"\xff\xd8\xff\xe0" + bytes(99), "NOT_A_ZIP"),
    "a rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(30), "NOT_A_ZIP"),
    "a 7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(30), "NOT_A_ZIP"),
    "a wrong sum": (wrong_sum, PICTURE, ["CORRUPT"]),
    "one name twice": (lambda: zipped(GOOD, ("ants/1.jpg", b"two")), PICTURE, []),
    "file and folder": (lambda: zipped(("ants", b"three"), GOOD), {"ants", "ants/1.jpg"}, []),
    "names by case": (lambda: zipped(("ANTS/1.jpg", b"1"), GOOD), {"ANTS/1.jpg", "ants/1.jpg"}, []),
    "another method": (one_by_lzma, PICTURE, ["METHOD"]),
    "tar: parent path": (lambda: tarred(("../x.jpg", b"x"), GOOD), PICTURE, ["BAD_PATH"]),
    "tar: absolute path": (lambda: tarred(("/etc/x.jpg", b"x"), GOOD), PICTURE, ["BAD_PATH"]),
    "tar: link": (lambda: other(tarfile.SYMTYPE, "/etc/passwd"), PICTURE, ["LINK"]),
    "tar: hard link": (lambda: other(tarfile.LNKTYPE, "/etc/passwd"), PICTURE, ["LINK"]),
    "tar: device": (lambda: other(tarfile.CHRTYPE), PICTURE, ["LINK"]),
    "tar: pipe": (lambda: other(tarfile.FIFOTYPE), PICTURE, ["LINK"]),
    "tar: holes": (with_holes, PICTURE, ["SPARSE"]),
    "tar: holes by pax": (lambda: tarred(GOOD, pax={"GNU.sparse.major": "1"}), set(), ["SPARSE"]),
    "tar: gzip bomb": (lambda: bomb(lambda data: gzip.compress(data, 1)), "TOO_MUCH_UNPACKED"),
    "tar: bzip2 bomb": (lambda: bomb(lambda data: bz2.compress(data, 1)), "TOO_MUCH_UNPACKED"),
    "tar: xz bomb": (lambda: bomb(lambda data: lzma.compress(data, preset=0)), "TOO_MUCH_UNPACKED"),
    "tar: too much": (lambda: tarred(*((f"{n}.jpg", noise(n)) for n in range(11))), "TOO_MUCH_UNPACKED"),
    "tar: many": (lambda: header() * MANY, "TOO_MANY_ENTRIES"),
    "tar: many, packed": (lambda: gzip.compress(header() * MANY, 1), "TOO_MANY_ENTRIES"),
    "tar: cut off": (lambda: tarred(("ants/1.jpg", b"one" * 500))[:1000], "NOT_A_TAR"),
    "tar: cut off, packed": (lambda: gzip.compress(tarred(("ants/1.jpg", noise(1, 5000))))[:-500], "NOT_A_TAR"),
    "tar: wrong sum": (lambda: packed_with(1), "NOT_A_TAR"),
    "tar: endless name": (lambda: header(size=1 << 30, kind=tarfile.GNUTYPE_LONGNAME) + bytes(9999), "NOT_A_TAR"),
    "tar: endless file": (lambda: header(size=1 << 60) + bytes(9999), "NOT_A_TAR"),
    "tar: no tar": (lambda: gzip.compress(b"a diary " * 500), "NOT_A_TAR"),
    "tar: nested": (lambda: tarred(("in.jpg", bytes(zipped(GOOD))), GOOD), PICTURE, ["NESTED_ARCHIVE"]),
}

_opened: list[Path] | None = None


def _listen(event, arguments):
    if _opened is not None and event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        _opened.append(Path(arguments[0]))


sys.addaudithook(_listen)


@pytest.fixture
def written(monkeypatch):
    """All paths that are opened to be written."""
    monkeypatch.setattr(sys.modules[__name__], "_opened", [])
    return _opened


def memory_peak():
    """Bytes of memory at the most since the last call; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    peak = status.read_text().partition("VmHWM:")[2].split()[:1] if status.exists() else []
    if peak:
        Path("/proc/self/clear_refs").write_text("5")
    return 1024 * int(peak[0]) if peak else 0


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_to_nothing(tmp_path, monkeypatch, written, attack):
    make, expected, *left_out = ATTACKS[attack]
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    monkeypatch.setattr(limits, "CLASS", replace(limits.CLASS, archive=replace(limits.CLASS.archive, bytes=BUDGET)))
    archive, room = tmp_path / "archive", tmp_path / "room"
    archive.write_bytes(make())
    room.mkdir()
    fullest = []

    def measured(folder, **options):
        fullest.append(sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()))
        return removed(folder, **options)

    removed = archives.shutil.rmtree
    monkeypatch.setattr(archives.shutil, "rmtree", measured)
    before, start = sorted(tmp_path.rglob("*")), time.perf_counter()
    memory_peak()  # The next one tells what is taken now.
    memory = memory_peak()
    written.clear()
    try:
        unpacked = unpack(archive, room / "files", lambda _done, _total: None)
    except PictureError as fault:
        assert fault.code == expected  # noqa: PT017
        assert fault.hint  # noqa: PT017
        assert [path for path in room.rglob("*") if path.is_file()] == []
    else:
        assert {name for name, _ in unpacked.pairs} == expected
        assert [one.code for one in unpacked.left_out] == left_out[0]
        assert {path.name for path in room.rglob("*") if path.is_file()} == {
            place.rpartition("/")[2] for _, place in unpacked.pairs
        }
    elsewhere = [path for path in written if not path.is_relative_to(room)]
    seconds, more_memory = time.perf_counter() - start, memory_peak() - memory
    outside = [path for path in sorted(tmp_path.rglob("*")) if path not in before and not path.is_relative_to(room)]
    assert outside == []
    assert elsewhere == []
    assert not [path for path in room.rglob("*") if path.is_symlink() or (path.stat().st_nlink > 1 and path.is_file())]
    assert [path.name for path in room.iterdir()] in ([], ["files"])
    assert max(fullest, default=0) <= BUDGET + 1_000_000
    assert seconds <= 5
    assert more_memory <= 200_000_000


def test_there_are_at_least_35_attacks():
    assert len(ATTACKS) >= 35
