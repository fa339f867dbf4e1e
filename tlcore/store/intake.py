"""Files on their way in: each part of an upload goes to the disk at once, under a generated name."""

import json
import re
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tlcore.data.limits import allowance
from tlcore.errors import PictureError
from tlcore.text import clean

_UPLOAD = re.compile(r"[0-9a-f]{32}")
_INDEX = "index.json"
_PIECE = 8 * 1024**2
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file that the person calls `name`."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """What has come of an upload so far."""

    files: int
    bytes: int


class Intake:
    """A folder with one folder per upload; inside, files are numbered and an index tells what people called them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, upload: str) -> Path:
        """Return the folder of an upload; raise PictureError unless the id looks like one of ours."""
        if not _UPLOAD.fullmatch(upload):
            raise PictureError("BAD_UPLOAD", "This upload is not one of ours.", "Send the folder again.")
        return self.root / upload

    def write(self, upload: str, pieces: Iterable[Piece]) -> Arrived:
        """Write pieces of files, and return what there is of the upload now.

        A piece that comes twice is written twice, to the same place, and counts once.
        """
        folder = self.folder(upload)
        folder.mkdir(parents=True, exist_ok=True)
        index, size = self._index(folder)
        for piece in pieces:
            if not 0 <= piece.offset <= allowance().upload_bytes:
                raise PictureError("TOO_BIG_FILE", f"{clean(piece.name)} is too large.", "Send smaller files.")
            path = folder / index.setdefault(piece.name, f"{len(index):06d}")
            before = path.stat().st_size if path.exists() else None
            with path.open("w+b" if before is None else "r+b") as file:
                file.seek(piece.offset)
                file.write(piece.data)
            size += path.stat().st_size - (before or 0)
        (folder / _INDEX).write_text(json.dumps({"files": index, "bytes": size}), encoding="utf-8")
        return Arrived(len(index), size)

    def receive(self, name: str, file: BinaryIO) -> str:
        """Write one whole file, piece by piece, and return the id of the upload it makes."""
        upload, offset = secrets.token_hex(16), 0
        self.write(upload, [Piece(name, 0, b"")])  # An empty file is a file too.
        while data := file.read(_PIECE):
            self.write(upload, [Piece(name, offset, data)])
            offset += len(data)
        return upload

    def files(self, upload: str) -> list[tuple[str, Path]]:
        """Return what people called each file, and where it lies; raise PictureError if nothing is there."""
        folder = self.folder(upload)
        if not folder.is_dir():
            raise PictureError("BAD_UPLOAD", "This upload is not here any more.", "Send the files again.")
        return [(name, folder / number) for name, number in self._index(folder)[0].items()]

    def bytes(self, upload: str) -> int:
        """Return the bytes of an upload, 0 where nothing is there."""
        return _size(self.folder(upload))

    def all_bytes(self) -> int:
        """Return the bytes of all uploads."""
        return _size(self.root)

    def clear(self, upload: str) -> None:
        """Remove what is left of an upload."""
        shutil.rmtree(self.folder(upload), ignore_errors=True)

    def _index(self, folder: Path) -> tuple[dict[str, str], int]:
        """Return under which number each file lies, and the bytes of all."""
        path = folder / _INDEX
        if not path.exists():
            return {}, 0
        plain = json.loads(path.read_text(encoding="utf-8"))
        return plain["files"], plain["bytes"]


def _size(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # One that has just been read is removed.
            size += path.stat().st_size if path.is_file() else 0
    return size
