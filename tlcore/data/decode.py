"""The one way from a file to pixels: allow-listed kinds, limits before pixels, upright, on white, 8 bits."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFile

from tlcore.data import limits
from tlcore.data.colours import to_rgb
from tlcore.data.integrity import check_sums, ends_early
from tlcore.data.kinds import HEAD_BYTES, PICTURES, RAW, Kind, kind_of
from tlcore.errors import PictureError
from tlcore.text import memory

ANIMATION = "Only the first picture of an animation or of many pages is used."
SMALL = "A very small picture; it will be enlarged."

_EXIF_ORIENTATION = 0x0112
_DNG_VERSION, _SUBFILE_KIND, _SUBFILES, _REDUCED = 50706, 254, 330, 1
"""Tags of TIFF, and the value that says: a smaller copy of another picture in this file."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture as everything else sees it: RGB, upright, opaque, 8 bits, without metadata."""

    image: Image.Image
    notes: tuple[str, ...]  # fixed sentences about what was done to it
    kind: str  # one of kinds.PICTURES
    palette: bool  # stored with a palette of at most 256 colours, as drawings are
    size: tuple[int, int]  # width and height of the whole picture as stored, however small it was decoded


def decode_image(source: Path | bytes, size: int | None = None) -> Decoded:
    """Read a picture from a file or from its bytes.

    With `size`, the result may be smaller than the file's picture, but no side is shorter than `size` pixels
    unless it was so before: large JPEGs are then read several times faster.
    Raises PictureError, whatever is wrong with the file.
    """
    data = source if isinstance(source, bytes) else read_bytes(source)
    kind = _accepted(data)
    with _without_warnings():
        try:
            return _decode(data, kind, size)
        except PictureError:
            raise
        except Image.DecompressionBombError:
            raise _too_many_pixels() from None
        except MemoryError:
            raise PictureError(
                "TOO_MANY_PIXELS", "The memory of this machine does not suffice for it.", "Save it smaller."
            ) from None
        except Exception as fault:  # Pillow raises many types on damaged files, SyntaxError among them.
            raise _damaged(data, kind, fault) from None


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a picture file; raises PictureError where they cannot be had or are too many."""
    try:
        if path.stat().st_size > limits.PICTURE_FILE_BYTES:
            raise _too_big()
        return path.read_bytes()
    except OSError:
        raise PictureError("UNREADABLE", "The file cannot be opened.", "Check that it may be read.") from None


def _accepted(data: bytes) -> Kind:
    """Return the kind of a file that may be given to Pillow."""
    if not data:
        raise PictureError("EMPTY_FILE", "The file is empty.", "Copy it again from where it came from.")
    if len(data) > limits.PICTURE_FILE_BYTES:
        raise _too_big()
    kind = kind_of(data[:HEAD_BYTES])
    if kind.name in PICTURES:
        return kind
    if kind.name == "HEIC":
        raise PictureError(
            "HEIC_UNSUPPORTED",
            "It is a HEIC photograph, as iPhones take them.",
            "Export it as JPEG, or set the iPhone's camera to Most Compatible.",
        )
    if kind.name == "SVG":
        raise PictureError("SVG_UNSUPPORTED", "It is an SVG drawing.", "Export it as PNG.")
    if kind.is_picture:
        raise _not_accepted(kind)
    raise PictureError("NOT_AN_IMAGE", f"It is no picture, but {kind.called}.", "JPEG, PNG or WebP will do.")


def _decode(data: bytes, kind: Kind, size: int | None) -> Decoded:
    _check_size(*_claimed_size(data, kind))
    if kind.name == "PNG":
        check_sums(data)
    formats = ("JPEG", "MPO") if kind.name == "JPEG" else (kind.name,)
    with Image.open(BytesIO(data), formats=formats) as opened:
        if _is_preview(opened):
            raise _not_accepted(RAW)
        _check_size(*opened.size)
        stored = opened.size
        palette = opened.mode in ("P", "PA") or kind.name == "GIF"
        if size and kind.name == "JPEG":
            opened.draft(None, (size, size))
        opened.load()
        image, notes = to_rgb(opened)
        turn = _UPRIGHT.get(_orientation(opened))
        if min(stored) < limits.SMALL_SIDE:
            notes = (*notes, SMALL)
        if _has_more(opened, kind):  # Asked last, for it may leave the first picture.
            notes = (*notes, ANIMATION)
    if turn is not None:
        image = image.transpose(turn)
    image.info.clear()
    return Decoded(image, notes, kind.name, palette, stored)


def _check_size(width: int, height: int) -> None:
    """Refuse a size before a pixel of it is made."""
    shorter, longer = sorted((width, height))
    if width * height > limits.PICTURE_PIXELS:
        raise _too_many_pixels()
    if shorter and longer > limits.LONGEST_ASPECT * shorter:
        raise PictureError(
            "TOO_LONG_AND_THIN",
            f"It is {width} × {height} pixels; one side may be at most {limits.LONGEST_ASPECT} times the other.",
            "Cut out the part that matters.",
        )
    if longer > limits.LONGEST_SIDE:
        raise PictureError(
            "TOO_MANY_PIXELS",
            f"It is {width} × {height} pixels; a side may have {limits.LONGEST_SIDE}.",
            "Save it smaller.",
        )
    if shorter < limits.SHORTEST_SIDE:
        raise PictureError(
            "TOO_SMALL",
            f"It is {width} × {height} pixels; {limits.SHORTEST_SIDE} is the least for a side.",
            "Use a larger picture.",
        )


def _claimed_size(data: bytes, kind: Kind) -> tuple[int, int]:
    """Return the size that a WebP or AVIF file claims, for Pillow makes room for it already when it opens one.

    Other kinds, and files without a claim, pass with a size that no limit minds.
    """
    if kind.name == "WEBP" and data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind.name == "AVIF" and (place := data.find(b"ispe", 0, HEAD_BYTES)) > 0:
        return int.from_bytes(data[place + 8 : place + 12], "big"), int.from_bytes(data[place + 12 : place + 16], "big")
    return limits.SHORTEST_SIDE, limits.SHORTEST_SIDE


def _is_preview(opened: ImageFile.ImageFile) -> bool:
    """Say whether the first picture of a TIFF is a small one that cameras put before what their sensor saw."""
    tags = getattr(opened, "tag_v2", {}) if opened.format == "TIFF" else {}
    return _DNG_VERSION in tags or (tags.get(_SUBFILE_KIND) == _REDUCED and _SUBFILES in tags)


def _has_more(opened: ImageFile.ImageFile, kind: Kind) -> bool:
    """Say whether more pictures follow, without counting them; the second picture of a JPEG is a preview."""
    if kind.name == "JPEG":
        return False
    if kind.name != "GIF":
        return bool(getattr(opened, "is_animated", False))
    try:
        return bool(getattr(opened, "is_animated", False))
    except Exception:  # The first picture is whole; what follows it may be damaged.
        return True


def _orientation(opened: ImageFile.ImageFile) -> int:
    """Return the EXIF orientation, or 1 where the metadata are garbage."""
    try:
        return int(opened.getexif().get(_EXIF_ORIENTATION, 1))
    except Exception:  # Metadata are never a reason to refuse pixels.
        return 1


def _damaged(data: bytes, kind: Kind, fault: Exception) -> PictureError:
    """Return the fault of a file whose pixels could not be read: cut off, or else damaged."""
    if "truncated" in str(fault).lower() or ends_early(data, kind.name):
        return PictureError(
            "TRUNCATED", f"The file is {kind.called} that ends too early.", "Copy it again from where it came from."
        )
    return PictureError(
        "CORRUPT", f"The file is {kind.called}, but damaged.", "Open it in a picture program and save it anew."
    )


def _not_accepted(kind: Kind) -> PictureError:
    advice = "Take single pictures out of it, as JPEG or PNG." if kind.name == "FILM" else "Save it as JPEG or PNG."
    return PictureError("NOT_ACCEPTED_TYPE", f"It is {kind.called}.", advice)


def _too_big() -> PictureError:
    most = memory(limits.PICTURE_FILE_BYTES)
    return PictureError("TOO_BIG_FILE", f"The file is larger than {most}.", "Save it smaller, as JPEG.")


def _too_many_pixels() -> PictureError:
    millions = limits.PICTURE_PIXELS // 1_000_000
    return PictureError("TOO_MANY_PIXELS", f"It has more than {millions} million pixels.", "Save it smaller.")


_quiet_lock = threading.Lock()
_quiet_users = 0
_quiet: "warnings.catch_warnings[None] | None" = None


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Silence Pillow's warnings on odd metadata in all threads together.

    The list of warning filters belongs to the process: the first thread to come changes it, the last restores it.
    """
    global _quiet_users, _quiet
    with _quiet_lock:
        _quiet_users += 1
        if _quiet is None:
            _quiet = warnings.catch_warnings()
            _quiet.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_users -= 1
            if _quiet_users == 0 and _quiet is not None:
                _quiet.__exit__(None, None, None)
                _quiet = None
