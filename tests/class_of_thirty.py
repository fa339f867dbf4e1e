"""A class on one machine that trains: viewers who speak Streamlit's protocol look at one live run and click about.

Run it from the repository's root, on a quiet machine: python -m tests.class_of_thirty --viewers 30 --seconds 60
"""

import argparse
import asyncio
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random
from statistics import fmean
from threading import Event, Thread
from typing import Any

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.browser.conftest import HERE, RunningApp
from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.config import MOST_EPOCHS, Compute, Loader, Phase, RunConfig
from tlcore.controls import Stop
from tlcore.data.collect import look_here
from tlcore.draft import Draft
from tlcore.events import Stepped
from tlcore.paths import HOME_VARIABLE
from tlcore.store import Store
from tlcore.store.reading import Reader

GOALS = {"page_p95": 2.0, "interaction_p95": 1.5, "training_share": 0.7, "first_page": 2.5}
"""Seconds at most, and the share of its speed alone that training keeps at least."""
ARRIVE, REFRESHING = 2.0, 40
"""Seconds in which all arrive, and how many press F5 together at the end."""
PAUSES = (5.0, 10.0)
"""Seconds between two things that a viewer does, at least and at most."""
PATIENCE = 60.0
PAGES = ("train", "network", "pictures", "start", "inside")


class Viewer:
    """One tab: it shows a page, asks for updates as the page says, clicks, and notes how long everything took."""

    def __init__(self, port: int, run: str, number: int, workspace: str | None = None) -> None:
        self.workspace = workspace or secrets.token_hex(16)
        self.pages: list[tuple[str, float]] = []
        self.interactions: list[float] = []
        self.updates: list[float] = []
        self.asked = self.received = 0
        self.faults: list[str] = []
        self._address = f"ws://{HERE}:{port}/_stcore/stream"
        self._run = run
        self._draw = Random(number)
        self._page = "train"
        self._hashes: dict[str, str] = {}
        self._values: dict[str, WidgetState] = {}
        self._offered: dict[str, tuple[WidgetState, str]] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._asked_at: dict[str, float] = {}
        self._running: tuple[str, ...] = ()
        self._awaited: tuple[str, asyncio.Future[None]] | None = None
        self._socket: ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None

    async def attend(self, after: float, until: float) -> None:
        """Arrive `after` so many seconds, and go about until the clock says `until`."""
        await asyncio.sleep(after)
        try:
            cookie = {"Cookie": f"thaw_workspace={self.workspace}"}
            began = time.monotonic()
            async with connect(
                self._address, subprotocols=[Subprotocol("streamlit")], additional_headers=cookie, max_size=None
            ) as self._socket:
                self._listening = asyncio.create_task(self._listen())
                try:
                    await self._ask("")
                    self.pages.append((self._page, time.monotonic() - began))
                    await self._go_about(until)
                finally:
                    self._listening.cancel()
                    self._end_timers()
        except TimeoutError:
            self.faults.append(f"{self._page}: no answer in {PATIENCE:.0f} s")
        except (OSError, WebSocketException) as error:
            self.faults.append(f"{self._page}: {error!r}")

    async def _go_about(self, until: float) -> None:
        while (rest := until - time.monotonic()) > 0:
            await asyncio.sleep(min(rest, self._draw.uniform(*PAUSES)))
            if time.monotonic() >= until:
                return
            began = time.monotonic()
            if self._offered and self._draw.random() < 0.5:
                state, fragment = self._draw.choice(sorted(self._offered.values(), key=lambda one: one[0].id))
                self._values[state.id] = state
                await self._ask(fragment)
                self.interactions.append(time.monotonic() - began)
            else:
                # Every other page is the live run's, which is what a class looks at.
                away = self._draw.choice([page for page in PAGES if page != "train"])
                self._page = away if self._page == "train" else "train"
                self._values.clear()
                await self._ask("")
                self.pages.append((self._page, time.monotonic() - began))

    async def _ask(self, fragment: str) -> None:
        """Let the whole page run, or a fragment of it, and wait until it has."""
        done = asyncio.get_running_loop().create_future()
        self._awaited = (fragment, done)
        await self._send(fragment)
        assert self._listening is not None
        ended, _ = await asyncio.wait({done, self._listening}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if self._listening in ended:
            self._listening.result()
            raise ConnectionError("the server hung up")
        if not ended:
            raise TimeoutError

    async def _send(self, fragment: str, by_itself: bool = False) -> None:
        assert self._socket is not None
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = f"run={self._run}" if self._page == "train" else ""
        asked.page_script_hash = self._hashes.get(self._page, "")
        asked.page_name = "" if self._hashes else self._page
        asked.fragment_id, asked.is_auto_rerun = fragment, by_itself
        asked.widget_states.widgets.extend(self._values.values())
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        assert self._socket is not None
        async for packed in self._socket:
            assert isinstance(packed, bytes)
            self.received += len(packed)
            self._hear(ForwardMsg.FromString(packed))

    def _hear(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._running = tuple(message.metadata.run.fragment_ids)
                if not self._running:
                    self._end_timers()
                # What is drawn anew may lack what could be clicked; it says itself what it has.
                self._offered = {
                    name: (state, fragment)
                    for name, (state, fragment) in self._offered.items()
                    if self._running and fragment not in self._running
                }
            case "navigation":
                self._hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            case "auto_rerun":
                self._tick(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    if fragment in self._timers:
                        self._timers.pop(fragment).cancel()
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._see(message.delta.new_element, message.delta.fragment_id)
            case "script_finished":
                self._finished(message.script_finished)

    def _see(self, element: Any, fragment: str) -> None:
        match element.WhichOneof("type"):
            case "exception":
                self.faults.append(f"{self._page}: {element.exception.type} {element.exception.message}")
            case "button_group" if element.button_group.options and not element.button_group.disabled:
                group = element.button_group
                state = WidgetState(id=group.id)
                state.string_array_value.data.append(self._draw.choice(list(group.options)).content)
                self._offered[group.id] = (state, fragment)
            case "checkbox" if not element.checkbox.disabled:
                state = WidgetState(id=element.checkbox.id, bool_value=not element.checkbox.default)
                self._offered[element.checkbox.id] = (state, fragment)

    def _finished(self, status: int) -> None:
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.faults.append(f"{self._page}: does not compile")
        for fragment in self._running:
            if fragment in self._asked_at:
                self.updates.append(time.monotonic() - self._asked_at.pop(fragment))
        if self._awaited is None or status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        fragment, done = self._awaited
        # A click may also be answered by the whole page, where the fragment says that all is to be drawn anew.
        if not done.done() and (not self._running or fragment in self._running):
            done.set_result(None)

    def _tick(self, fragment: str, every: float) -> None:
        async def tick() -> None:
            while True:
                await asyncio.sleep(every)
                self.asked += 1
                self._asked_at.setdefault(fragment, time.monotonic())
                await self._send(fragment, by_itself=True)

        if fragment in self._timers:
            self._timers.pop(fragment).cancel()
        self._timers[fragment] = asyncio.create_task(tick())

    def _end_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._asked_at.clear()


class Gauge:
    """What a process takes while somebody watches it: the share of a core, and the most memory and threads."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._over = Event()
        self._memory = self._threads = 0
        self._watch = Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Gauge":
        self._began, self._used = time.monotonic(), self._seconds()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        self._cpu = (self._seconds() - self._used) / (time.monotonic() - self._began)

    def told(self) -> dict[str, float]:
        """Return what was seen."""
        return {"cores": round(self._cpu, 2), "rss_mb": self._memory // 2**20, "threads": self._threads}

    def _seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _look(self) -> None:
        while not self._over.wait(0.5):
            self._memory = max(self._memory, self._process.memory_info().rss)
            self._threads = max(self._threads, self._process.num_threads())


class Speed:
    """How fast a run learns, by its own events."""

    def __init__(self, store: Store, run: str) -> None:
        self._store, self._run, self._last = store, run, 0

    def since(self, began: float) -> float:
        """Return the pictures per second since the clock said `began`, and forget what was before."""
        seconds = time.monotonic() - began
        return self.learned() / seconds

    def learned(self) -> int:
        """Return the pictures that were learned since this was asked last."""
        entries = self._store.runs.events(self._run, self._last)
        self._last = entries[-1].sequence if entries else self._last
        return sum(entry.event.count for entry in entries if isinstance(entry.event, Stepped))


def begin_training(store: Store) -> str:
    """File a run that takes longer than any lesson, where everybody sees it; return its id."""
    owner = store.command_line_workspace()
    album = Reader(store, owner, 0, lambda _done, _total: None, look_here).sample("digits")
    everything = {block.name: 1e-4 for block in backbone(DEFAULT).blocks}
    config = RunConfig(
        name="The class's run",
        data=store.albums.dataset(album).manifest.digest,
        backbone=DEFAULT,
        weights="imagenet",
        strategy="own",
        schedule=(Phase(epochs=MOST_EPOCHS, rates=everything),),
        loader=Loader(image_size=96),
        compute=Compute(device="cpu"),
    )
    return store.runs.submit(config, owner, secrets.token_hex(16)).id


def wait_for_steps(store: Store, run: str, most: float) -> None:
    """Return when a run has made a few steps; raise TimeoutError after `most` seconds."""
    until = time.monotonic() + most
    while sum(isinstance(entry.event, Stepped) for entry in store.runs.events(run)) < 5:
        if time.monotonic() > until:
            raise TimeoutError("The run did not begin to learn.")
        time.sleep(0.2)


def spread(seconds: Iterable[float]) -> dict[str, float]:
    """Return how many there are, and the percentiles that are asked about."""
    found = sorted(seconds)
    if not found:
        return {"count": 0}
    at = {f"p{share}": round(found[min(len(found) - 1, len(found) * share // 100)], 3) for share in (50, 95, 99)}
    return {"count": len(found), **at}


async def hold(viewers: list[Viewer], seconds: float, arrive: float) -> None:
    """Let these viewers arrive within `arrive` seconds and stay for `seconds`."""
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(viewer.attend(arrive * number / len(viewers), until) for number, viewer in enumerate(viewers))
    )


def lesson(home: Path, count: int, seconds: float) -> dict[str, Any]:
    """Start the app, train alone, then before a class, then alone again; return what was seen."""
    app = RunningApp(home)
    try:
        began = time.monotonic()
        app.start()
        first = Viewer(app.port, "", number=0)
        asyncio.run(hold([first], 0.0, 0.0))
        first_page = time.monotonic() - began
        run = begin_training(app.store)
        wait_for_steps(app.store, run, 120)
        speed = Speed(app.store, run)

        def alone() -> float:
            speed.learned()
            began = time.monotonic()
            time.sleep(seconds / 3)
            return speed.since(began)

        data = app.store.runs.named(run).config.data
        before = alone()
        viewers = [Viewer(app.port, run, number) for number in range(count)]
        for viewer in viewers:
            app.store.drafts.keep(viewer.workspace, Draft(data=data))
        processes = {"app": app.store.processes.living("app"), "worker": app.store.processes.living("worker")}
        speed.learned()
        began = time.monotonic()
        with (
            Gauge(processes["app"][0][0].pid) as server,
            Gauge(processes["worker"][0][0].pid) as worker,
            Gauge(os.getpid()) as ours,
        ):
            asyncio.run(hold(viewers, seconds, ARRIVE))
            during = speed.since(began)
        after = alone()
        refreshing = [Viewer(app.port, run, number) for number in range(min(REFRESHING, 2 * count))]
        asyncio.run(hold(refreshing, 0.0, 0.0))
        app.store.runs.ask(run, Stop())
        everybody = [first, *viewers, *refreshing]
        opened = [visit for viewer in viewers for visit in viewer.pages]
        pages = spread(wait for _, wait in opened)
        interactions = spread(wait for viewer in viewers for wait in viewer.interactions)
        share = during / fmean((before, after))
        seen = {
            "page_p95": pages.get("p95"),
            "interaction_p95": interactions.get("p95"),
            "training_share": round(share, 3),
            "first_page": round(first_page, 2),
        }
        return {
            "viewers": count,
            "seconds": seconds,
            "cores": os.cpu_count(),
            "seen": seen,
            "goals": GOALS,
            "failed_sessions": sum(bool(viewer.faults) for viewer in everybody),
            "faults": sorted({fault for viewer in everybody for fault in viewer.faults}),
            "pages": pages,
            "each_page": {name: spread(wait for page, wait in opened if page == name) for name in PAGES},
            "interactions": interactions,
            "updates": {
                "asked": sum(viewer.asked for viewer in viewers),
                **spread(wait for viewer in viewers for wait in viewer.updates),
            },
            "refreshing_together": spread(wait for viewer in refreshing for _, wait in viewer.pages),
            "pictures_per_second": {
                "alone": [round(before, 1), round(after, 1)],
                "with_viewers": round(during, 1),
            },
            "kilobytes_per_second": round(sum(viewer.received for viewer in viewers) / 1000 / seconds),
            "server": server.told(),
            "worker": worker.told(),
            "viewers_themselves": ours.told(),
        }
    finally:
        app.close()


def main() -> int:
    """Hold a lesson on an empty home and print what was seen as JSON; 1 if a viewer's session failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they stay")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        os.environ |= {HOME_VARIABLE: folder, "THAW_MODE": "class", "OMP_WAIT_POLICY": "PASSIVE"}
        report = lesson(Path(folder), arguments.viewers, arguments.seconds)
    print(json.dumps(report, indent=2))
    return 1 if report["failed_sessions"] else 0


if __name__ == "__main__":
    sys.exit(main())
