"""The real app in a real browser: a server of its own with an empty home, and visitors that must not ask elsewhere."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
import pytest
from PIL import Image

import tlcore
from tlcore.data.collect import look_here
from tlcore.data.manifest import Manifest
from tlcore.draft import Draft
from tlcore.paths import HOME_VARIABLE
from tlcore.store import Store
from tlcore.store.reading import Reader

try:
    from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
except ImportError:
    sync_playwright = None  # type: ignore[assignment]

ROOT = Path(tlcore.__file__).parent.parent
CHROMIUM_VARIABLE = "THAW_CHROMIUM"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
DESKTOP = {"width": 1440, "height": 900}
HERE = "127.0.0.1"
_START_SECONDS = 60.0


def chromium_path() -> str | None:
    """Return the browser's program: as $THAW_CHROMIUM names it, else the one on the path."""
    return os.environ.get(CHROMIUM_VARIABLE) or shutil.which("chromium")


class RunningApp:
    """A Streamlit server with the shipped settings, on a home folder and a free port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind((HERE, 0))
            self.port = free.getsockname()[1]
        self.url = f"http://{HERE}:{self.port}"
        self._server: subprocess.Popen[bytes] | None = None
        self.store = Store(home)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        with (self.store.logs / "streamlit.log").open("ab") as log:
            self._server = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, HOME_VARIABLE: str(self.home)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self._server.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.1)

    def kill(self) -> None:
        """End the server at once, as a crash would; its other processes go on."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def close(self) -> None:
        """End every process that works on this home."""
        if self._server is not None and self._server.poll() is None:
            self.kill()
        ours = []
        for role in ("supervisor", "worker", "desk"):
            for claimant, _ in self.store.processes.living(role):
                with contextlib.suppress(psutil.Error):
                    process = psutil.Process(claimant.pid)
                    ours += [process, *process.children(recursive=True)]
        for process in ours:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(ours, timeout=10)
        self.store.close()

    def log(self) -> str:
        """Return what the server has printed."""
        return (self.store.logs / "streamlit.log").read_text(encoding="utf-8", errors="replace")

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                return bool(answer.read() == b"ok")
        except OSError:
            return False


class Witness:
    """Notes what pages of a browser ask for beyond this machine, and what goes wrong in their scripts."""

    def __init__(self, context: "BrowserContext") -> None:
        self.foreign: list[str] = []
        self.errors: list[str] = []
        context.on("request", lambda request: self._look(request.url))
        context.on("page", self._follow)

    def _follow(self, page: "Page") -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("websocket", lambda socket: self._look(socket.url))

    def _look(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != HERE:
            self.foreign.append(url)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium."""
    if sync_playwright is None:
        pytest.skip("playwright is not installed")
    path = chromium_path()
    if path is None:
        pytest.skip(f"there is no chromium; {CHROMIUM_VARIABLE} may name one")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningApp]:
    """The app on an empty home, whose path has a space and an accent in it."""
    request.getfixturevalue("browser")  # without one there is no need for a server
    running = RunningApp(tmp_path / "une mémoire neuve")
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture
def read_sample(app: RunningApp) -> Callable[[str], tuple[str, Manifest]]:
    """Read a sample for a person and choose it, with small pictures; return the person's workspace and the set."""

    def read(name: str) -> tuple[str, Manifest]:
        workspace = "a" * 32
        album = Reader(app.store, workspace, 0, lambda _done, _total: None, look_here).sample(name)
        manifest = app.store.albums.dataset(album).manifest
        app.store.drafts.keep(workspace, Draft(data=manifest.digest, image_size=64))
        return workspace, manifest

    return read


@pytest.fixture
def visitor(browser: "Browser") -> Iterator[Callable[..., "BrowserContext"]]:
    """Make visitors, strangers or those of a workspace; none may ask another machine or see a script fail."""
    contexts, witnesses = [], []

    def make(workspace: str | None = None, **settings: Any) -> "BrowserContext":
        context = browser.new_context(**{"viewport": DESKTOP, "color_scheme": "light", **settings})
        if workspace is not None:
            cookie = {"name": "thaw_workspace", "value": workspace, "domain": HERE, "path": "/"}
            context.add_cookies([cookie])
        context.set_default_timeout(30_000)
        contexts.append(context)
        witnesses.append(Witness(context))
        return context

    yield make
    for context in contexts:
        context.close()
    assert [url for witness in witnesses for url in witness.foreign] == []
    assert [error for witness in witnesses for error in witness.errors] == []


@pytest.fixture
def page(visitor: Callable[..., "BrowserContext"]) -> "Page":
    """A page of one visitor, on a projector."""
    return visitor().new_page()


@pytest.fixture
def points() -> Callable[["Page"], int]:
    """Count the points of the training loss that the curves show by now."""

    def count(page: "Page") -> int:
        return int(
            page.evaluate(
                "() => { const chart = document.querySelector('.st-key-card_curves .js-plotly-plot');"
                " return chart?.data?.[0]?.x?.length ?? 0; }"
            )
        )

    return count


@pytest.fixture
def wait_until() -> Callable[..., float]:
    """Wait until something is true, and return the seconds that it took; fail after `limit` seconds."""

    def wait(true: Callable[[], object], limit: float, what: str) -> float:
        began = time.monotonic()
        while not true():
            assert time.monotonic() - began < limit, f"not within {limit} s: {what}"
            time.sleep(0.1)
        return time.monotonic() - began

    return wait


@pytest.fixture
def write_pictures(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of blurred pictures, so many below each of the paths given, with a tint for each class."""

    def write(counts: dict[str, int], folder: str = "pictures", side: int = 96) -> Path:
        for place, count in counts.items():
            path = tmp_path / folder / place
            path.mkdir(parents=True)
            tint = Image.new("RGB", (4, 4), tuple(Random(path.name).randbytes(3)))
            for number in range(count):
                spots = Image.frombytes("RGB", (4, 4), Random(f"{place} {number}").randbytes(48))
                picture = Image.blend(tint, spots, 0.5).resize((side, side), Image.Resampling.BICUBIC)
                picture.save(path / f"{number}.jpg")
        return tmp_path / folder

    return write
