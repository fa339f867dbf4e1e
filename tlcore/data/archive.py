"""An archive from anybody, unpacked under generated names within limits, or refused without a trace."""

import errno
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tlcore.data import limits
from tlcore.data.entries import DamagedError, Entry, Opened, check_ratio, check_total
from tlcore.data.kinds import ARCHIVES, HEAD_BYTES, Kind, kind_of
from tlcore.data.limits import Contents, allowance
from tlcore.data.manifest import LeftOut
from tlcore.data.tars import Tar
from tlcore.data.zips import Zip
from tlcore.errors import PictureError
from tlcore.text import clean

_TARS = ("TAR", "GZIP", "BZIP2", "XZ")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What came out of an archive."""

    pairs: tuple[tuple[str, str], ...]  # name in the archive, place below the folder
    left_out: tuple[LeftOut, ...]


def is_archive(path: Path) -> bool:
    """Say, from its first bytes, whether a file is an archive of a kind that `unpack` reads."""
    return _kind(path).name in ("ZIP", *_TARS)


def unpack(
    archive: Path,
    into: Path,
    progress: Callable[[int, int], None],
    wanted: Callable[[str], bool] = lambda _name: True,
    most: Contents | None = None,
) -> Unpacked:
    """Unpack the files of a zip or a tar that are `wanted` by their names below `into`, each under its sha256.

    `most` is what may be in it, which else the allowance says. Raises PictureError where the whole archive is
    refused; `into` is then as it was before. What `progress` raises (it is told how many entries of how many are done)
    ends the work in the same way.
    """
    most = most or allowance().archive
    opened = _opened(archive, most)
    aside = None
    try:
        into.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=into.parent, prefix=".unpacking-"))
        entries = [entry for entry in opened.entries if wanted(entry.name)]
        _check_total(entries, aside, most)
        unpacked = _unpack_entries(opened, entries, aside, most, progress)
        for _, place in unpacked.pairs:
            if (aside / place).exists():
                (into / place).parent.mkdir(exist_ok=True)
                (aside / place).replace(into / place)
    except OSError as fault:
        if fault.errno == errno.ENOSPC:
            raise _disk_full() from None
        raise
    finally:
        opened.close()
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
    return unpacked


def _kind(path: Path) -> Kind:
    with path.open("rb") as file:
        return kind_of(file.read(HEAD_BYTES))


def _opened(archive: Path, most: Contents) -> Opened:
    """Open what is an archive, and of what is none say what it is instead."""
    if archive.stat().st_size == 0:
        raise PictureError("EMPTY_ZIP", "The file is empty.", "Send it again.")
    kind = _kind(archive)
    if kind.name == "ZIP":
        return Zip(archive, most)
    if kind.name in _TARS:
        return Tar(archive, kind.name, most)
    raise PictureError("NOT_A_ZIP", f"It is {kind.called}.", "Pack the folder as a zip or a tar.")


def _check_total(entries: Sequence[Entry], folder: Path, most: Contents) -> None:
    """Refuse an archive by what it says will come out of it, before a byte is unpacked."""
    total = sum(entry.size for entry in entries if entry.fault is None)
    check_total(total, most)
    if total > limits.free_bytes(folder):
        raise _disk_full()


def _unpack_entries(
    opened: Opened, entries: Sequence[Entry], folder: Path, most: Contents, progress: Callable[[int, int], None]
) -> Unpacked:
    pairs: list[tuple[str, str]] = []
    left_out: list[LeftOut] = []
    written = 0
    for done, entry in enumerate(entries):
        progress(done, len(entries))
        fault = entry.fault
        if fault is None:
            outcome = _unpack_entry(opened, entry, folder, written, most)
            if isinstance(outcome, str):
                pairs.append((entry.name, outcome))
                written += entry.size
                continue
            fault = outcome
        left_out.append(LeftOut(name=clean(entry.name, _LONGEST_NAME), code=fault[0], sentence=fault[1]))
    progress(len(entries), len(entries))
    return Unpacked(pairs=tuple(pairs), left_out=tuple(left_out))


def _unpack_entry(opened: Opened, entry: Entry, folder: Path, written: int, most: Contents) -> str | tuple[str, str]:
    """Write one entry and return its place, or the code and sentence of what is wrong with it alone."""
    content = sha256()
    aside = folder / "entry.part"
    size = 0
    try:
        with aside.open("wb") as file:
            for piece in opened.pieces(entry):
                if size == 0 and kind_of(piece[:HEAD_BYTES]).name in ARCHIVES:
                    return "NESTED_ARCHIVE", "An archive inside the archive; it stays closed."
                size += len(piece)
                # The list of entries may lie, so the limits hold for what really comes out.
                check_ratio(size, entry.packed)
                check_total(written + size, most)
                content.update(piece)
                file.write(piece)
    except DamagedError:
        return "CORRUPT", "It is damaged in the archive."
    id_ = content.hexdigest()
    (folder / id_[:2]).mkdir(exist_ok=True)
    aside.replace(folder / id_[:2] / id_)
    return f"{id_[:2]}/{id_}"


def _disk_full() -> PictureError:
    return PictureError("DISK_FULL", "The disk of this machine is too full for it.", "Ask for space, then try again.")
