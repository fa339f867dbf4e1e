"""What an archive of any kind says is in it, and the checks that hold for every kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tlcore.data import limits
from tlcore.data.limits import Contents
from tlcore.errors import PictureError
from tlcore.text import memory

PIECE = 1 << 20
"""Bytes read at a time."""

NO_FILE = ("LINK", "It is a link or a device, no file.")


class DamagedError(Exception):
    """The bytes of one entry, or of the archive from here on, are not as they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file that an archive names."""

    place: int
    """Where its kind of archive finds it again."""
    name: str
    """As the person knows it, "/" between folders; for showing and for telling its class."""
    size: int
    """Bytes, as the archive says."""
    packed: int
    """Bytes that it takes in the archive, as the archive says."""
    fault: tuple[str, str] | None
    """Code and sentence of what speaks against unpacking it."""


class Opened(Protocol):
    """An archive whose list has been read and found to be in order."""

    @property
    def entries(self) -> Sequence[Entry]:
        """All files that it names, in their order."""

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of an entry; entries are asked for in their order. Raises DamagedError."""

    def close(self) -> None:
        """Close the file."""


def shown_name(name: str) -> str:
    """Return a name with "/" between folders and without steps that lead nowhere."""
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def name_fault(name: str) -> tuple[str, str] | None:
    """Say why the name of an entry, as it is stored, is none for a file below a folder."""
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or ".." in parts or "\0" in name or parts[0].endswith(":") or not shown_name(name):
        return "BAD_PATH", "Its name leads out of the archive."
    return None


def size_fault(size: int) -> tuple[str, str] | None:
    """Say why no picture has this many bytes."""
    if size > limits.PICTURE_FILE_BYTES:
        return "TOO_BIG_FILE", f"It is larger than {memory(limits.PICTURE_FILE_BYTES)}."
    return None


def check_count(count: int, most: Contents) -> None:
    """Refuse an archive with too many entries."""
    if count > most.entries:
        raise PictureError("TOO_MANY_ENTRIES", f"The archive holds more than {most.entries:,} files.", "Split it.")


def check_ratio(size: int, packed: int) -> None:
    """Refuse what grows out of all proportion when it is unpacked."""
    if size > limits.RATIO_FROM_BYTES and size > limits.ENTRY_RATIO * max(1, packed):
        raise PictureError(
            "TOO_MUCH_UNPACKED",
            f"A file in the archive grows more than {limits.ENTRY_RATIO} times when it is unpacked.",
            "Photographs never do; leave that file away.",
        )


def check_total(size: int, most: Contents) -> None:
    """Refuse an archive of which too many bytes come out."""
    if size > most.bytes:
        raise PictureError(
            "TOO_MUCH_UNPACKED",
            f"More than {memory(most.bytes)} come out of the archive.",
            "Split it, or shrink the pictures.",
        )


def damaged(kind: str) -> PictureError:
    """Return the refusal of an archive that cannot be read to its end; `kind` is zip or tar."""
    return PictureError(
        f"NOT_A_{kind.upper()}",
        f"It is a {kind} that ends too early or is damaged.",
        "Pack it again, and send it again.",
    )


def empty(kind: str) -> PictureError:
    """Return the refusal of an archive without files; `kind` is zip or tar."""
    return PictureError(f"EMPTY_{kind.upper()}", "There are no files in the archive.", "Pack the folder again.")
