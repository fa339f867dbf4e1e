"""What one picture file tells when it is read: how large, how like others, how plain; what comes of it, others say."""

import errno
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tlcore.data import limits
from tlcore.data.decode import Decoded, decode_image, read_bytes
from tlcore.data.glance import likeness, shades
from tlcore.data.manifest import LeftOut
from tlcore.data.thumbnails import small_square, write_thumbnail
from tlcore.errors import PictureError
from tlcore.text import clean

LONGEST_NAME = 200
"""Characters of a shown name, folders included."""

MISNAMED = "Its name says another kind of file than it is; it is read as what it is."
_ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif",),
}
_ALL_ENDINGS = tuple(ending for endings in _ENDINGS.values() for ending in endings)
_DRAWING_COLOURS = 64
_GROUND_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Fact:
    """A picture that can be read to its last pixel."""

    path: str
    """As the person knows it, "/" between folders; for showing and for telling its class."""
    source: int
    """Place of its folder among those of the survey."""
    where: str
    """Path below that folder."""
    id: str
    """The sha256 of the file's bytes, in hexadecimal."""
    kind: str
    """One of kinds.PICTURES."""
    width: int
    height: int
    """Pixels as stored, before it is turned upright."""
    likeness: str
    """What `likeness` says of it: pictures that look the same differ in few bits."""
    is_flat: bool
    """A drawing in a few colours, mostly empty ground."""
    is_grey: bool
    is_blank: bool
    """All pixels about the same."""
    notes: tuple[str, ...]
    """What reading it took."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What reading it took, and whether its name ends as that of another kind."""
        name = self.path.lower()
        misnamed = not name.endswith(_ENDINGS[self.kind]) and name.endswith(_ALL_ENDINGS)
        return (*self.notes, MISNAMED) if misnamed else self.notes


@dataclass(frozen=True, slots=True)
class Task:
    """A file to look at."""

    path: str
    source: int
    where: str
    file: Path


def look(task: Task, thumbnails: Path | None) -> Fact | LeftOut:
    """Read one picture to its last pixel, and show it small; a picture that cannot be used is returned as left out.

    Raises PictureError where the small one cannot be written, which is no fault of the picture.
    """
    try:
        data = read_bytes(task.file)
        decoded = decode_image(data, size=limits.THUMBNAIL_SIDE)
    except PictureError as fault:
        return LeftOut(name=clean(task.path, LONGEST_NAME), code=fault.code, sentence=str(fault))
    id_ = sha256(data).hexdigest()
    square = small_square(decoded.image)
    if thumbnails is not None:
        try:
            write_thumbnail(square, thumbnails, id_)
        except OSError as fault:
            raise _unwritten(fault) from None
    is_grey, is_blank = shades(square)
    return Fact(
        path=task.path,
        source=task.source,
        where=task.where,
        id=id_,
        kind=decoded.kind,
        width=decoded.size[0],
        height=decoded.size[1],
        likeness=likeness(decoded.image),
        is_flat=_is_flat_drawing(decoded),
        is_grey=is_grey,
        is_blank=is_blank,
        notes=decoded.notes,
    )


def _unwritten(fault: OSError) -> PictureError:
    """Return what is told where a small picture finds no place."""
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return PictureError(
            "DISK_FULL",
            "The disk of this machine is too full for the small pictures.",
            "Ask for space, then try again.",
        )
    return PictureError(
        "HOME_UNWRITABLE",
        f"The small pictures cannot be written into the home folder: {fault.strerror or 'it refuses'}.",
        "Ask whoever looks after this machine, then try again.",
    )


def _is_flat_drawing(decoded: Decoded) -> bool:
    """Say whether a picture is stored with a palette, has at most 64 colours, and is three quarters one of them."""
    colours = decoded.image.getcolors(_DRAWING_COLOURS) if decoded.palette else None
    if not colours:
        return False
    width, height = decoded.image.size
    return max(count for count, _ in colours) >= _GROUND_SHARE * width * height
