"""Starts the app as a person would and asks it for its first page as a browser does, to see how long that takes."""

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

import tlcore
from tlcore.errors import ProcessError
from tlcore.jobs.processes import environment_of, kill_family
from tlcore.store import Store

_ROOT = Path(tlcore.__file__).parent.parent
_HERE = "127.0.0.1"
_PATIENCE = 60.0
"""Seconds for each part."""
_TICK = 0.02
_LOG = "streamlit.log"
_RUN_THE_PAGE = b"\x5a\x00"
"""Streamlit's message BackMsg whose field 11, `rerun_script`, is there and empty."""
_DELTA, _FINISHED = 5, 6
"""Fields of Streamlit's message ForwardMsg: a part of the page, and that all of it was sent."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Seconds from the start of the app's process; what a browser then does with the page is not among them."""

    listening: float
    """Until it answered a browser."""
    first: float
    """Until the first part of the page came."""
    whole: float
    """Until the page's script had run to its end."""


def visit_fresh_app(store: Store) -> Visit:
    """Start the app on this store, visit its first page, and end it with all that it started."""
    with socket.socket() as free:
        free.bind((_HERE, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    began = time.monotonic()
    with (store.logs / _LOG).open("ab") as log:
        app = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=environment_of(store),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        with _connected(app, f"ws://{_HERE}:{port}/_stcore/stream") as connection:
            listening = time.monotonic() - began
            connection.send(_RUN_THE_PAGE)
            first = 0.0
            while _FINISHED not in (said := _fields(connection.recv(_PATIENCE))):
                if _DELTA in said and not first:
                    first = time.monotonic() - began
            whole = time.monotonic() - began
        return Visit(listening, first or whole, whole)
    except (TimeoutError, ConnectionClosed):
        raise ProcessError("The app did not send its first page.", f"Its log is {_LOG}.") from None
    finally:
        kill_family(app.pid)
        app.wait()


def _connected(app: "subprocess.Popen[bytes]", address: str) -> ClientConnection:
    """Knock until the app opens."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return connect(address, max_size=None)
        except (OSError, InvalidHandshake):
            if app.poll() is not None or time.monotonic() > until:
                raise ProcessError("The app did not start.", f"Its log is {_LOG}.") from None
            time.sleep(_TICK)


def _fields(message: bytes | str) -> set[int]:
    """Return the numbers of the fields that a protobuf message has at its top."""
    assert isinstance(message, bytes)
    found, at = set[int](), 0
    while at < len(message):
        key, at = _varint(message, at)
        found.add(key >> 3)
        match key & 7:  # how the value is written: see protobuf.dev/programming-guides/encoding
            case 0:
                _, at = _varint(message, at)
            case 1:
                at += 8
            case 2:
                size, at = _varint(message, at)
                at += size
            case 5:
                at += 4
            case unknown:
                raise ProcessError(f"The app sent something in a way {unknown} that is not known here.")
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at this byte, seven bits in each, and where the next thing begins."""
    value = shift = 0
    while True:
        value |= (message[at] & 0x7F) << shift
        at += 1
        if not message[at - 1] & 0x80:
            return value, at
        shift += 7
