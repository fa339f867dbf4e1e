"""What the browser sends of files, in parts that are acknowledged: one way in for the folder picker and the webcam."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tlcore.ui.components.bridge import sent

_UPLOAD = re.compile(r"[0-9a-f]{32}")
_LONGEST_PATH = 1024
_MOST_FILES_IN_A_PART = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A piece of one file, or all of it; the path is what the browser said, so it is not to be trusted."""

    path: str
    offset: int
    size: int  # of the whole file, in bytes
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of an upload; a part may come twice, and then has the same sequence."""

    upload: str  # 32 hexadecimal digits that the browser drew
    sequence: int
    files: tuple[FilePart, ...]
    total_files: int
    total_bytes: int  # as far as the browser knows; in the last part it is what was sent
    done: bool
    cancelled: bool


def mount_sending(
    mount: Callable[..., None],
    *,
    key: str,
    on_part: Callable[[Part], None],
    acknowledged: int,
    problem: str,
    filed: str,
    **settings: Any,
) -> None:
    """Show a component whose script sends files, and call `on_part` with each part of what comes.

    `acknowledged` is the sequence of the last part that was dealt with (0 before the first): the browser sends the
    next part only after that. A `problem` is shown and ends the upload. `filed` is the last upload that is known to
    have come through whole.
    """

    def answer() -> None:
        part = read_part(sent(key, "part"))
        if part is not None:
            on_part(part)

    mount(
        key=key,
        data={"acknowledged": acknowledged, "problem": problem, "filed": filed, **settings},
        on_part_change=answer,
    )


def read_part(plain: Any) -> Part | None:
    """Return what the browser sent as a part, or None if it is none."""
    if not isinstance(plain, dict):
        return None
    upload, files = plain.get("upload"), plain.get("files")
    counts = [_count(plain.get(name)) for name in ("sequence", "total_files", "total_bytes")]
    flags = [plain.get(name) for name in ("done", "cancelled")]
    if not isinstance(upload, str) or not _UPLOAD.fullmatch(upload):
        return None
    if not isinstance(files, list) or len(files) > _MOST_FILES_IN_A_PART or None in counts:
        return None
    pieces = [_read_file(file) for file in files]
    if None in pieces or not all(isinstance(flag, bool) for flag in flags):
        return None
    sequence, total_files, total_bytes = (count or 0 for count in counts)
    return Part(
        upload=upload,
        sequence=sequence,
        files=tuple(piece for piece in pieces if piece is not None),
        total_files=total_files,
        total_bytes=total_bytes,
        done=flags[0] is True,
        cancelled=flags[1] is True,
    )


def _read_file(plain: Any) -> FilePart | None:
    if not isinstance(plain, dict):
        return None
    path, text = plain.get("path"), plain.get("data")
    offset, size = _count(plain.get("offset")), _count(plain.get("size"))
    if not isinstance(path, str) or not 0 < len(path) <= _LONGEST_PATH or not isinstance(text, str):
        return None
    if offset is None or size is None:
        return None
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if offset + len(data) > size:
        return None
    # Half of a surrogate pair, which Windows allows in a name, has no UTF-8; spelled out, the name stays its own.
    path = path.encode("utf-8", "backslashreplace").decode("utf-8")
    return FilePart(path=path, offset=offset, size=size, data=data)


def _count(plain: Any) -> int | None:
    return plain if isinstance(plain, int) and not isinstance(plain, bool) and plain >= 0 else None
