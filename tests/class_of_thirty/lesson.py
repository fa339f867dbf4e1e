"""A lesson: the app starts, a run trains alone, before a class and alone again, and all press F5 together."""

import asyncio
import os
import secrets
import time
from pathlib import Path
from statistics import fmean
from typing import Any

from tests.browser.conftest import RunningApp
from tests.class_of_thirty.gauges import Gauge, Speed, spread
from tests.class_of_thirty.viewer import PAGES, Viewer
from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.config import MOST_EPOCHS, Compute, Loader, Phase, RunConfig
from tlcore.controls import Stop
from tlcore.data.collect import look_here
from tlcore.draft import Draft
from tlcore.events import Stepped
from tlcore.store import Store
from tlcore.store.reading import Reader

GOALS = {"page_p95": 2.0, "interaction_p95": 1.5, "training_share": 0.7, "first_page": 2.5}
"""Seconds at most, and the share of its speed alone that training keeps at least."""
ARRIVE, REFRESHING = 2.0, 40
"""Seconds in which all arrive, and how many press F5 together at the end."""


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
            "failed_sessions": sum(bool(viewer.tab.faults) for viewer in everybody),
            "cut_short": sum(viewer.tab.cut_short for viewer in everybody),
            "faults": sorted({fault for viewer in everybody for fault in viewer.tab.faults}),
            "pages": pages,
            "each_page": {name: spread(wait for page, wait in opened if page == name) for name in PAGES},
            "interactions": interactions,
            "updates": {
                "asked": sum(viewer.tab.asked for viewer in viewers),
                **spread(wait for viewer in viewers for wait in viewer.tab.updates),
            },
            "refreshing_together": spread(wait for viewer in refreshing for _, wait in viewer.pages),
            "pictures_per_second": {
                "alone": [round(before, 1), round(after, 1)],
                "with_viewers": round(during, 1),
            },
            "kilobytes_per_second": round(sum(viewer.tab.received for viewer in viewers) / 1000 / seconds),
            "server": server.told(),
            "worker": worker.told(),
            "viewers_themselves": ours.told(),
        }
    finally:
        app.close()
