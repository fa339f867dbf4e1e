"""The list of a zip from anybody, read without trusting it: how many entries, where each lies, how it is packed."""

import struct
from bisect import bisect_left
from collections.abc import Iterator
from io import BufferedReader, FileIO
from pathlib import Path
from stat import S_IFMT, S_ISDIR, S_ISREG
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from tlcore.data.entries import (
    NO_FILE,
    PIECE,
    DamagedError,
    Entry,
    check_count,
    check_ratio,
    damaged,
    empty,
    name_fault,
    shown_name,
    size_fault,
)
from tlcore.data.limits import Contents
from tlcore.errors import PictureError

_LOCAL_HEADER = 30
"""Bytes before each entry, by the format; its name comes on top."""
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_MARK_IN_LIST, _MARK_BEFORE_ENTRY = 9, 7
"""Where the byte with the mark for UTF-8 names lies, from the beginning of a line and of a local header."""
_LONGEST_COMMENT = 65_535
_ENTRY = struct.Struct("<4s4xH18x3H12x")
"""A line of the list: signature, marks, and the lengths of the three texts behind it."""
_END = struct.Struct("<4s4H2LH")
"""The end record: signature, disks, entries (twice), size and place of the list."""
_END64 = struct.Struct("<4sQ2H2L4Q")
"""The same for large archives."""
_LOCATOR64 = struct.Struct("<4sLQL")


class Zip:
    """A zip whose list is in order; raises PictureError where it is not."""

    def __init__(self, path: Path, most: Contents) -> None:
        size = path.stat().st_size
        with path.open("rb") as file:
            misnamed = _check_list(file, size, most)
        marks = [start + _MARK_IN_LIST for start in misnamed.values()]
        self._file = BufferedReader(_Unmarked(path, marks))
        try:
            self._zip = ZipFile(self._file)
        except Exception:  # Beside BadZipFile it raises what decoding and unpacking its tables happens to raise.
            self._file.close()
            raise damaged("zip") from None
        try:
            self._infos = self._zip.infolist()
            marks.extend(self._infos[place].header_offset + _MARK_BEFORE_ENTRY for place in misnamed)
            marks.sort()
            _check_places(self._infos, size)
            read = [_entry(place, info) for place, info in enumerate(self._infos)]
            self.entries = [entry for entry in read if entry is not None]
            if not self.entries:
                raise empty("zip")
        except PictureError:
            self.close()
            raise

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of an entry; raises DamagedError."""
        left = entry.size
        try:
            with self._zip.open(self._infos[entry.place]) as source:
                while piece := source.read(PIECE):
                    left -= len(piece)
                    yield piece
            if left:
                raise DamagedError
        except Exception:  # BadZipFile, zlib.error, EOFError and more, all from bytes that are not as they should be.
            raise DamagedError from None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()


class _Unmarked(FileIO):
    """A zip as it would be without the UTF-8 mark at some places, which are in order.

    Where a name breaks what its mark says, `zipfile` gives up the whole zip, or the entry.
    """

    def __init__(self, path: Path, places: list[int]) -> None:
        super().__init__(path)
        self._places = places

    def readinto(self, buffer: Any) -> int:
        """Read as a buffered reader asks for it."""
        start, view = self.tell(), memoryview(buffer)
        read = super().readinto(view)
        for place in self._places[bisect_left(self._places, start) : bisect_left(self._places, start + read)]:
            view[place - start] &= ~(_UTF8_NAME >> 8)
        return read


def _check_list(file: BinaryIO, size: int, most: Contents) -> dict[int, int]:
    """Refuse a list without entries, or with too many: zipfile makes an object of each.

    Returns which entries have a name that is not in UTF-8 though it is marked so, and where their lines begin.
    """
    announced, start, length = _list(file, size)
    check_count(announced, most)
    file.seek(start)
    misnamed: dict[int, int] = {}
    found, end = 0, start + length
    while end - start >= _ENTRY.size:
        head = file.read(_ENTRY.size)
        if len(head) < _ENTRY.size or not head.startswith(b"PK\x01\x02"):
            break
        _, marks, name_length, *lengths = _ENTRY.unpack(head)
        name = file.read(name_length)
        if marks & _UTF8_NAME and not _is_utf8(name):
            misnamed[found] = start
        start = file.seek(sum(lengths), 1)
        found += 1
        check_count(found, most)
    if not max(found, announced):
        raise empty("zip")
    return misnamed


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _list(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Return how many entries the end record announces, and where their list begins and how many bytes it has."""
    begin = max(0, size - _LONGEST_COMMENT - _END.size - _LOCATOR64.size)
    file.seek(begin)
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise damaged("zip")
    *_, count, length, _, _ = _END.unpack_from(tail, place)
    end = begin + place
    locator = place - _LOCATOR64.size
    if locator >= 0 and tail[locator : locator + 4] == b"PK\x06\x07":
        file.seek(min(_LOCATOR64.unpack_from(tail, locator)[2], size))
        record = file.read(_END64.size)
        if len(record) == _END64.size and record[:4] == b"PK\x06\x06":
            *_, count, length, _ = _END64.unpack(record)
            end -= _LOCATOR64.size + _END64.size
    if length > end:
        raise damaged("zip")
    return count, end - length, length


def _check_places(infos: list[ZipInfo], size: int) -> None:
    """Refuse what is locked, and entries that lie over one another or behind the end."""
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise PictureError("PASSWORD_ZIP", "The archive is locked with a password.", "Pack it without one.")
    ends = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < ends:
            raise PictureError("OVERLAPPING_ZIP", "Files in the archive overlap; no program packs so.", "Pack it anew.")
        ends = info.header_offset + _LOCAL_HEADER + info.compress_size
    if ends > size:
        raise damaged("zip")


def _entry(place: int, info: ZipInfo) -> Entry | None:
    """Return what a line of the list tells, or None for a folder."""
    name = _name(info)
    if name.replace("\\", "/").endswith("/"):
        return None
    check_ratio(info.file_size, info.compress_size)
    return Entry(
        place=place,
        name=shown_name(name) or "unnamed",
        size=info.file_size,
        packed=info.compress_size,
        fault=name_fault(name) or _kind_fault(info) or size_fault(info.file_size),
    )


def _kind_fault(info: ZipInfo) -> tuple[str, str] | None:
    mode = S_IFMT(info.external_attr >> 16)
    if mode and not S_ISREG(mode) and not S_ISDIR(mode):
        return NO_FILE
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "METHOD", "It is packed in a way that is not read here; deflate is."
    return None


def _name(info: ZipInfo) -> str:
    """Return the name that was meant.

    Names without the UTF-8 mark, or that break it, are read as cp437, but many programs write UTF-8 without the mark.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.orig_filename
    return name
