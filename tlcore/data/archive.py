"""A zip from anybody, unpacked under generated names within limits, or refused without a trace."""

import errno
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_IFMT, S_ISDIR, S_ISREG
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from tlcore.data import limits
from tlcore.data.kinds import ARCHIVES, HEAD_BYTES, kind_of
from tlcore.data.manifest import LeftOut
from tlcore.errors import PictureError
from tlcore.text import clean

_PIECE = 1 << 20  # Bytes read at a time.
_LOCAL_HEADER = 30  # Bytes before each entry, by the format; its name comes on top.
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_LONGEST_NAME = 200
_DIRECTORY_BYTES = 32_000_000
_END = struct.Struct("<4s4H2LH")  # The end record: signature, disks, entries (twice), size and place of the list.
_END64 = struct.Struct("<4sQ2H2L4Q")  # The same for large archives.
_LOCATOR64 = struct.Struct("<4sLQL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What came out of an archive."""

    pairs: tuple[tuple[str, str], ...]  # name in the archive, place below the folder
    left_out: tuple[LeftOut, ...]


def unpack(archive: Path, into: Path, progress: Callable[[int, int], None]) -> Unpacked:
    """Unpack a zip below `into`, every file under the sha256 of its bytes.

    Raises PictureError where the whole archive is refused; `into` is then as it was before. What `progress` raises
    (it is told how many entries of how many are done) ends the work in the same way.
    """
    _check_kind(archive)
    into.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=into.parent, prefix=".unpacking-"))
    try:
        with _opened(archive) as zipped:
            entries = [entry for entry in zipped.infolist() if not _name(entry).endswith("/")]
            _check_entries(entries, archive.stat().st_size, aside)
            unpacked = _unpack_entries(zipped, entries, aside, progress)
        for _, place in unpacked.pairs:
            if (aside / place).exists():
                (into / place).parent.mkdir(exist_ok=True)
                (aside / place).replace(into / place)
    except OSError as fault:
        if fault.errno == errno.ENOSPC:
            raise _disk_full() from None
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return unpacked


def _check_kind(archive: Path) -> None:
    """Refuse what is no zip, and say what it is instead."""
    size = archive.stat().st_size
    if size == 0:
        raise PictureError("EMPTY_ZIP", "The file is empty.", "Send it again.")
    if size > limits.ARCHIVE_FILE_BYTES:
        most = limits.ARCHIVE_FILE_BYTES // 1_000_000
        raise PictureError("TOO_BIG_ZIP", f"The archive is larger than {most} MB.", "Split it, or shrink the pictures.")
    with archive.open("rb") as file:
        kind = kind_of(file.read(HEAD_BYTES))
        if kind.name != "ZIP":
            raise PictureError("NOT_A_ZIP", f"It is {kind.called}.", "Pack the folder as a zip.")
        count, directory_bytes = _announced(archive, size)
    if count > limits.ARCHIVE_ENTRIES or directory_bytes > _DIRECTORY_BYTES:
        raise PictureError(
            "TOO_MANY_ENTRIES",
            f"The archive holds {count} files; {limits.ARCHIVE_ENTRIES} is the most.",
            "Split it.",
        )
    if count == 0:
        raise PictureError("EMPTY_ZIP", "There is nothing in the archive.", "Pack the folder again.")


def _announced(archive: Path, size: int) -> tuple[int, int]:
    """Return how many entries an archive's end record announces, and how many bytes their list takes.

    Read before the list itself, for a list can be as large as the archive.
    """
    longest_comment = 65_535
    with archive.open("rb") as file:
        file.seek(max(0, size - longest_comment - _END.size - _LOCATOR64.size))
        tail = file.read()
        place = tail.rfind(b"PK\x05\x06")
        if place < 0 or len(tail) - place < _END.size:
            raise _damaged()
        *_, count, directory_bytes, _, _ = _END.unpack_from(tail, place)
        locator = place - _LOCATOR64.size
        if locator >= 0 and tail[locator : locator + 4] == b"PK\x06\x07":
            file.seek(min(_LOCATOR64.unpack_from(tail, locator)[2], size))
            record = file.read(_END64.size)
            if len(record) == _END64.size and record[:4] == b"PK\x06\x06":
                *_, count, directory_bytes, _ = _END64.unpack(record)
    return count, directory_bytes


def _opened(archive: Path) -> ZipFile:
    try:
        return ZipFile(archive)
    except Exception:  # Beside BadZipFile it raises what decoding and unpacking its tables happens to raise.
        raise _damaged() from None


def _check_entries(entries: list[ZipInfo], archive_bytes: int, folder: Path) -> None:
    """Refuse an archive by its list of entries, before a byte is unpacked."""
    if len(entries) > limits.ARCHIVE_ENTRIES:
        raise PictureError("TOO_MANY_ENTRIES", f"The archive holds {len(entries)} files.", "Split it.")
    if not entries:
        raise PictureError("EMPTY_ZIP", "There are only empty folders in the archive.", "Pack the folder again.")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise PictureError("PASSWORD_ZIP", "The archive is locked with a password.", "Pack it without one.")
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < ends:
            raise PictureError("OVERLAPPING_ZIP", "Files in the archive overlap; no program packs so.", "Pack it anew.")
        ends = entry.header_offset + _LOCAL_HEADER + entry.compress_size
    if ends > archive_bytes:
        raise _damaged()
    for entry in entries:
        _check_ratio(entry, entry.file_size)
    total = sum(entry.file_size for entry in entries)
    _check_total(total)
    if total > shutil.disk_usage(folder).free:
        raise _disk_full()


def _unpack_entries(
    zipped: ZipFile, entries: list[ZipInfo], folder: Path, progress: Callable[[int, int], None]
) -> Unpacked:
    pairs: list[tuple[str, str]] = []
    left_out: list[LeftOut] = []
    written = 0
    for done, entry in enumerate(entries):
        progress(done, len(entries))
        name = _name(entry)
        fault = _fault(entry, name)
        if fault is None:
            outcome = _unpack_entry(zipped, entry, folder, written)
            if isinstance(outcome, str):
                pairs.append((name, outcome))
                written += entry.file_size
                continue
            fault = outcome
        left_out.append(LeftOut(name=clean(name, _LONGEST_NAME), code=fault[0], sentence=fault[1]))
    progress(len(entries), len(entries))
    return Unpacked(pairs=tuple(pairs), left_out=tuple(left_out))


def _unpack_entry(zipped: ZipFile, entry: ZipInfo, folder: Path, written: int) -> str | tuple[str, str]:
    """Write one entry and return its place, or the code and sentence of what is wrong with it alone."""
    content = sha256()
    aside = folder / "entry.part"
    size = 0
    with aside.open("wb") as file:
        for piece in _pieces(zipped, entry):
            if piece is None:
                return "CORRUPT", "It is damaged in the archive."
            if size == 0 and kind_of(piece[:HEAD_BYTES]).name in ARCHIVES:
                return "NESTED_ARCHIVE", "An archive inside the archive; it stays closed."
            size += len(piece)
            # The list of entries may lie, so the limits hold for what really comes out.
            _check_ratio(entry, size)
            _check_total(written + size)
            content.update(piece)
            file.write(piece)
    id_ = content.hexdigest()
    (folder / id_[:2]).mkdir(exist_ok=True)
    aside.replace(folder / id_[:2] / id_)
    return f"{id_[:2]}/{id_}"


def _pieces(zipped: ZipFile, entry: ZipInfo) -> Iterator[bytes | None]:
    """Yield the bytes of an entry, and at last None if they are damaged."""
    try:
        with zipped.open(entry) as source:
            while piece := source.read(_PIECE):
                yield piece
    except Exception:  # BadZipFile, zlib.error, EOFError and more, all from bytes that are not as they should be.
        yield None


def _name(entry: ZipInfo) -> str:
    """Return the name that was meant, with "/" between folders.

    Names without the UTF-8 mark are read as cp437, but many programs write UTF-8 without the mark.
    """
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.orig_filename
    return name.replace("\\", "/")


def _fault(entry: ZipInfo, name: str) -> tuple[str, str] | None:
    """Return the code and sentence of what speaks against unpacking an entry, if anything does."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\0" in name or parts[0].endswith(":"):
        return "BAD_PATH", "Its name leads out of the archive."
    mode = S_IFMT(entry.external_attr >> 16)
    if mode and not S_ISREG(mode) and not S_ISDIR(mode):
        return "LINK", "It is a link or a device, no file."
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "METHOD", "It is packed in a way that is not read here; deflate is."
    if entry.file_size > limits.PICTURE_FILE_BYTES:
        return "TOO_BIG_FILE", f"It is larger than {limits.PICTURE_FILE_BYTES // 1_000_000} MB."
    return None


def _check_ratio(entry: ZipInfo, size: int) -> None:
    if size > limits.RATIO_FROM_BYTES and size > limits.ENTRY_RATIO * max(1, entry.compress_size):
        raise PictureError(
            "TOO_MUCH_UNPACKED",
            f"A file in the archive grows more than {limits.ENTRY_RATIO} times when it is unpacked.",
            "Photographs never do; leave that file away.",
        )


def _check_total(size: int) -> None:
    if size > limits.UNPACKED_BYTES:
        raise PictureError(
            "TOO_MUCH_UNPACKED",
            f"More than {limits.UNPACKED_BYTES // 1_000_000} MB come out of the archive.",
            "Split it, or shrink the pictures.",
        )


def _damaged() -> PictureError:
    return PictureError(
        "NOT_A_ZIP", "It is a zip that ends too early or is damaged.", "Pack it again, and send it again."
    )


def _disk_full() -> PictureError:
    return PictureError("DISK_FULL", "The disk of this machine is too full for it.", "Ask for space, then try again.")
