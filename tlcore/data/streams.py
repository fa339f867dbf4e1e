"""The bytes of a packed file in their order: unpacked within limits, and never more of them than are asked for."""

import bz2
import gzip
import lzma
from pathlib import Path
from typing import BinaryIO, Protocol

from tlcore.data.entries import PIECE, DamagedError, check_ratio, check_total
from tlcore.data.limits import Contents

_DICTIONARY_BYTES = 1 << 27
"""Bytes of memory for unpacking xz."""


class _Source(Protocol):
    def read(self, count: int, /) -> bytes: ...

    def close(self) -> None: ...


class Stream:
    """The bytes of a tar in their order, counted, and measured against those that they are packed in."""

    def __init__(self, path: Path, kind: str, most: Contents) -> None:
        self._most = most
        self._file = path.open("rb")
        self._source = _unpacked(self._file, kind)
        self.place = 0
        self.is_tar = False
        """Whether a header was found."""

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, count: int) -> bytes:
        """Return exactly so many bytes; raises DamagedError where they end before."""
        data = self.read_some(count)
        if len(data) < count:
            raise DamagedError
        return data

    def read_some(self, count: int) -> bytes:
        """Return up to so many bytes, fewer only at the end; raises DamagedError, or PictureError for a bomb."""
        pieces, left = [], count
        while left:
            try:
                piece = self._source.read(left)
            except Exception:  # zlib.error, LZMAError, EOFError, OSError: all from damaged bytes.
                raise DamagedError from None
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        self.place += count - left
        check_ratio(self.place, self._file.tell())
        return b"".join(pieces)

    def skip(self, count: int) -> None:
        """Go on by so many bytes; raises DamagedError, or PictureError where more come out than may."""
        while count > 0:
            count -= len(self.read(min(PIECE, count)))
            check_total(self.place, self._most)

    def close(self) -> None:
        """Close the file."""
        self._source.close()
        self._file.close()


class _Xz:
    """Unpacks xz within limited memory, which the library's own file object does not offer."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begin()

    def read(self, count: int) -> bytes:
        """Return some bytes, none only at the end."""
        while True:
            if self._unpacker.eof:
                # Several may stand one behind the other.
                self._rest = (self._unpacker.unused_data or self._file.read(PIECE)).lstrip(b"\0")
                if not self._rest:
                    return b""
                self._begin(self._rest)
            packed = b""
            if self._unpacker.needs_input:
                packed = self._rest or self._file.read(PIECE >> 4)
                self._rest = b""
                if not packed:
                    raise EOFError
            if data := self._unpacker.decompress(packed, count):
                return data

    def close(self) -> None:
        """Let go of the memory."""
        del self._unpacker

    def _begin(self, rest: bytes = b"") -> None:
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_DICTIONARY_BYTES)
        self._rest = rest


def _unpacked(file: BinaryIO, kind: str) -> _Source:
    if kind == "GZIP":
        return gzip.GzipFile(fileobj=file)
    if kind == "BZIP2":
        return bz2.BZ2File(file)
    return _Xz(file) if kind == "XZ" else file
