"""The list of a tar from anybody, plain or packed with gzip, bzip2 or xz: read once without keeping a byte of it.

The headers are walked here and not by `tarfile`, which reads a name of a gigabyte into memory if a header says so.
"""

from collections.abc import Iterator
from pathlib import Path
from tarfile import (
    AREGTYPE,
    BLKTYPE,
    BLOCKSIZE,
    CHRTYPE,
    CONTTYPE,
    DIRTYPE,
    FIFOTYPE,
    GNUTYPE_LONGLINK,
    GNUTYPE_LONGNAME,
    GNUTYPE_SPARSE,
    LNKTYPE,
    REGTYPE,
    SYMTYPE,
    XGLTYPE,
    XHDTYPE,
    HeaderError,
    TarInfo,
)

from tlcore.data.entries import (
    NO_FILE,
    PIECE,
    DamagedError,
    Entry,
    check_count,
    check_total,
    damaged,
    empty,
    name_fault,
    shown_name,
    size_fault,
)
from tlcore.data.limits import Contents
from tlcore.data.streams import Stream
from tlcore.errors import PictureError

_TOLD_BYTES = 1 << 16
"""Bytes of a header's additions, such as a long name; nobody needs more."""
_SPARSE = ("SPARSE", "It is packed with holes, which is not read here.")
_FILES = frozenset({REGTYPE, AREGTYPE, CONTTYPE})
_WITHOUT_BYTES = frozenset({DIRTYPE, LNKTYPE, SYMTYPE, CHRTYPE, BLKTYPE, FIFOTYPE})
"""Nothing stands behind these, whatever size they state."""


class Tar:
    """A tar that can be read to its end; raises PictureError where it cannot."""

    def __init__(self, path: Path, kind: str, most: Contents) -> None:
        with Stream(path, kind, most) as stream:
            try:
                self.entries = list(_entries(stream, most))
            except DamagedError:
                # A gzip of something else is not damaged: it was never a tar.
                if kind != "TAR" and not stream.is_tar:
                    raise _no_tar() from None
                raise damaged("tar") from None
        if not self.entries:
            raise empty("tar")
        self._stream = Stream(path, kind, most)

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of an entry, behind those that were asked for before; raises DamagedError."""
        self._stream.skip(entry.place - self._stream.place)
        left = entry.size
        while left:
            piece = self._stream.read(min(PIECE, left))
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def _entries(stream: Stream, most: Contents) -> Iterator[Entry]:
    """Yield the files of a tar, and read it to its end, so that its last checksum is checked too.

    Long names stand in entries of their own before the file that they belong to, in the way of GNU or of POSIX (pax).
    """
    told: dict[str, str] = {}
    count = 0
    while (header := _header(stream)) is not None:
        count += 1
        check_count(count, most)
        padded = -(-header.size // BLOCKSIZE) * BLOCKSIZE
        if header.type in (GNUTYPE_LONGNAME, GNUTYPE_LONGLINK, XHDTYPE, XGLTYPE):
            if header.size > _TOLD_BYTES:
                raise DamagedError
            data = stream.read(padded)[: header.size]
            if header.type == GNUTYPE_LONGNAME:
                told["path"] = _text(data.rstrip(b"\0"))
            elif header.type == XHDTYPE:
                told.update(_pax(data))
            continue
        name, size = told.get("path", header.name), _size(told.get("size"), header.size)
        is_sparse = header.type == GNUTYPE_SPARSE or any(key.startswith("GNU.sparse.") for key in told)
        told = {}
        place = stream.place
        stream.skip(0 if header.type in _WITHOUT_BYTES else -(-size // BLOCKSIZE) * BLOCKSIZE)
        if header.type == DIRTYPE:
            continue
        fault = name_fault(name) or (_SPARSE if is_sparse else None if header.type in _FILES else NO_FILE)
        yield Entry(
            place=place, name=shown_name(name) or "unnamed", size=size, packed=size, fault=fault or size_fault(size)
        )
    while stream.read_some(PIECE):
        check_total(stream.place, most)


def _header(stream: Stream) -> TarInfo | None:
    """Return the next header, or None where the tar ends; raises DamagedError."""
    block = stream.read_some(BLOCKSIZE)
    if not block or (stream.is_tar and block.count(0) == BLOCKSIZE):
        return None
    try:
        header = TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except HeaderError:
        raise DamagedError from None
    if header.size < 0:
        raise DamagedError
    stream.is_tar = True
    header.name = _text(header.name.encode("utf-8", "surrogateescape"))
    return header


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp437")


def _size(told: str | None, size: int) -> int:
    if told is None:
        return size
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise DamagedError
    return int(told)


def _pax(data: bytes) -> dict[str, str]:
    """Return what an extended header tells, line by line: `length key=value`."""
    told: dict[str, str] = {}
    while data:
        length, space, _ = data.partition(b" ")
        if not space or not length.isdigit() or not len(length) < int(length[:6]) <= len(data):
            raise DamagedError
        line, data = data[len(length) + 1 : int(length)], data[int(length) :]
        key, _, value = line.rstrip(b"\n").partition(b"=")
        told[_text(key)] = _text(value)
    return told


def _no_tar() -> PictureError:
    return PictureError(
        "NOT_A_TAR", "It is packed, but what is in it is no tar.", "Pack the whole folder, as a zip or a tar."
    )
