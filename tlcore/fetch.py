"""A download that was asked for: resumed where it broke off, checked, and in its place only when it is whole."""

import errno
import os
import re
from collections.abc import Callable
from email.message import Message
from hashlib import file_digest, new, sha256
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from tempfile import gettempdir
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from filelock import FileLock

from tlcore.errors import ThawError

MIRROR_VARIABLE = "THAW_MIRROR"
"""Names a server, such as http://127.0.0.1:8000, that answers in place of every other."""

_TIMEOUT = 8.0  # Seconds without a byte, or without an answer.
_PIECE = 1 << 18  # Bytes between two calls of progress.


def fetch(
    url: str,
    to: Path,
    progress: Callable[[int, int], None],
    expected_sha256: str | None = None,
    *,
    expected_md5: str | None = None,
) -> Path:
    """Download `url` to the file `to` and return it; a file that is there already is kept if it is the right one.

    `progress` is told bytes done and bytes in all (0 where the server does not say); what it raises ends the work,
    and the next call goes on from there. `expected_sha256` may be its first characters only; without it, and without
    an md5, the sha256 that the server names is used, if it names one, as Hugging Face does. Raises ThawError in plain
    words.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    # Two who fetch the same file would write into one part; the second one waits and finds it there.
    with FileLock(Path(gettempdir(), f"thaw-{sha256(str(to).encode()).hexdigest()[:32]}.lock")):
        expected = ("md5", expected_md5) if expected_md5 else ("sha256", expected_sha256 or "")
        if not (to.exists() and _fits(to, *expected)):
            _download(url, to, progress, *expected)
    return to


def _download(url: str, to: Path, progress: Callable[[int, int], None], method: str, expected: str) -> None:
    part = to.with_name(f"{to.name}.part")
    address = _mirrored(url)
    host = urlsplit(address).hostname or address
    try:
        named_sha256 = _receive(address, part, progress)
    except HTTPError as fault:
        fault.close()
        raise ThawError(
            f"{host} answers {fault.code} for {to.name}.", "Try later, or look for another source."
        ) from None
    except (URLError, TimeoutError, ConnectionError, HTTPException):
        raise ThawError(
            f"This machine has no internet, or {host} does not answer.",
            "What is here already works without; a broken download goes on where it stopped.",
        ) from None
    except OSError as fault:
        if fault.errno == errno.ENOSPC:
            raise ThawError("The disk is full.", "Free some space and start the download again.") from None
        raise ThawError(
            f"The download broke off: {fault.strerror}.", "Start it again; it goes on from there."
        ) from None
    if not (_fits(part, method, expected) if expected else _fits(part, "sha256", named_sha256)):
        part.unlink()
        raise ThawError(f"{to.name} arrived, but is not the file that was expected.", "Start the download again.")
    part.replace(to)


def _mirrored(url: str) -> str:
    """Return the address to ask: the url's own, or the same path on the mirror."""
    address = urlsplit(url)
    if mirror := os.environ.get(MIRROR_VARIABLE):
        own = urlsplit(mirror)
        address = address._replace(scheme=own.scheme, netloc=own.netloc, path=own.path.rstrip("/") + address.path)
    if address.scheme not in ("http", "https"):
        raise ThawError(f"{address.scheme or 'An empty word'} is no way to download.", "Use http or https.")
    return urlunsplit(address)


class _Redirects(HTTPRedirectHandler):
    """Follows redirects, and keeps the sha256 that the first server names before it sends elsewhere."""

    def __init__(self) -> None:
        self.named_sha256 = ""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        self.named_sha256 = self.named_sha256 or _named_sha256(headers)
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise URLError("The server sends elsewhere.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _named_sha256(headers: Message) -> str:
    """Return the sha256 that Hugging Face names for a large file (huggingface_hub.file_download); else an empty one."""
    named = headers.get("X-Linked-ETag", "").strip('"').lower()
    return named if re.fullmatch(r"[0-9a-f]{64}", named) else ""


def _receive(address: str, part: Path, progress: Callable[[int, int], None]) -> str:
    """Append to `part` what is missing, or begin again where the server cannot continue; return the sha256 it names."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "thaw", **({"Range": f"bytes={have}-"} if have else {})}
    redirects = _Redirects()
    try:
        response = build_opener(redirects).open(Request(address, headers=headers), timeout=_TIMEOUT)
    except HTTPError as fault:
        if fault.code != 416 or not have:
            raise
        # The part is as long as the file or longer: it belongs to another version, or was never checked.
        fault.close()
        part.unlink()
        return _receive(address, part, progress)
    with response:
        start, total = _extent(response)
        if start != have and start != 0:
            raise ConnectionError("The server sends another part than was asked for.")
        done = start
        with part.open("ab" if start else "wb") as file:
            progress(done, total)
            while piece := response.read(_PIECE):
                file.write(piece)
                done += len(piece)
                progress(done, total)
            file.flush()
            os.fsync(file.fileno())
    if total and done != total:
        raise ConnectionError("The connection broke.")
    return redirects.named_sha256 or _named_sha256(response.headers)


def _extent(response: HTTPResponse) -> tuple[int, int]:
    """Return where in the file an answer starts, and how long the file is (0 if that is not said)."""
    extent = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if response.status == 206 and extent:
        return int(extent[1]), 0 if extent[2] == "*" else int(extent[2])
    return 0, int(response.headers.get("Content-Length") or 0)


def _fits(path: Path, method: str, expected: str) -> bool:
    """Say whether a file's sha256 or md5 begins as expected; where nothing is expected, every file will do."""
    if not expected:
        return True
    with path.open("rb") as file:
        content = file_digest(file, lambda: new(method, usedforsecurity=False))
    return content.hexdigest().startswith(expected.lower())
