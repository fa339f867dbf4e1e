"""Seconds from the click that starts a run to the first point of its curve, with everything standing by."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tlcore.commands.yardsticks.bench_home import bench_home, brought
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.config import RunConfig
from tlcore.errors import ProcessError, ThawError
from tlcore.events import Stepped
from tlcore.history import History
from tlcore.jobs.processes import kill_family, start
from tlcore.store import Store
from tlcore.store.runs import Entry

_TICK = 0.02
"""Seconds between looks at the store."""


def _figures(settings: Settings) -> Iterator[Figure]:
    drafts = settings.drafts()
    with bench_home() as store:
        data = brought(store, settings.folder).manifest.digest
        with _supervised(store):
            for _ in range(settings.repeat):
                for draft in drafts:
                    store.beginnings.empty()
                    config = replace(draft, data=data, epochs=1).config("first point")
                    yield Figure(
                        f"{draft.backbone}: from the click to the first point", _first_point(store, config), "s"
                    )


def _first_point(store: Store, config: RunConfig) -> float:
    """Return when the first step of a run was written down, in seconds after it was asked for; wait for its end."""
    run = store.runs.submit(config, store.command_line_workspace(), secrets.token_hex(16))
    entries, history = list[Entry](), History()
    while history.end is None and history.rest is None:
        time.sleep(_TICK)
        entries += (new := store.runs.events(run.id, history.last))
        history.add(new)
    first = next((entry for entry in entries if isinstance(entry.event, Stepped)), None)
    if first is None:
        raise ThawError("The run ended before its first step.", str(history.end or history.rest))
    return first.time - run.created


@contextmanager
def _supervised(store: Store) -> Iterator[None]:
    """Keep a supervisor, and wait until its worker and its desk stand by."""
    supervisor = start(store, "supervise", "--stay", log="supervisor.log")
    try:
        while not all(any(note == "ready" for _, note in store.processes.living(role)) for role in ("worker", "desk")):
            if supervisor.poll() is not None:
                raise ProcessError("The supervisor ended before its worker stood by.")
            time.sleep(_TICK)
        yield
    finally:
        kill_family(supervisor.pid)
        supervisor.wait()


FIRST_POINT = Yardstick(
    title="from the click that starts a run to the first point of its curve, with a worker standing by",
    figures=_figures,
    usual={"folder": "digits", "backbone": ("efficientnet_lite0",), "batch_size": 32, "image_size": 224},
)
