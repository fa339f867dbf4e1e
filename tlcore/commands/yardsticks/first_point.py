"""Seconds from the click that starts a run to the first point of its curve, with everything standing by."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from tlcore.commands.yardsticks.bench_home import bench_home, brought, supervised, told_to_the_end
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.config import RunConfig
from tlcore.errors import ThawError
from tlcore.events import Stepped
from tlcore.store import Store

_LOOKING = 8.0
"""Seconds that a person looks at the pages of a new home before the first click; the worker measures meanwhile."""


def _figures(settings: Settings) -> Iterator[Figure]:
    drafts = settings.drafts()
    for _ in range(settings.repeat):
        for draft in drafts:
            with bench_home() as store:
                data = brought(store, settings.folder).manifest.digest
                yield from _clicks(store, replace(draft, data=data, epochs=1).config("first point"))


def _clicks(store: Store, config: RunConfig) -> Iterator[Figure]:
    """Time the first run of a new home, and another one of the same plan that finds no rows."""
    with supervised(store) as look:
        time.sleep(_LOOKING)
        first = _first_point(store, config, look)
        store.beginnings.empty()
        later = _first_point(store, config, look)
    name = config.backbone
    yield Figure(f"{name}: from the first click in a new home", first, "s", f"{_LOOKING:g} s after all stood by")
    yield Figure(f"{name}: from the click to the first point", later, "s")


def _first_point(store: Store, config: RunConfig, look: Callable[[], None]) -> float:
    """Return when the first step of a run was written down, in seconds after it was asked for; wait for its end."""
    run = store.runs.submit(config, store.command_line_workspace(), secrets.token_hex(16))
    entries, history = told_to_the_end(store, run.id, look)
    first = next((entry for entry in entries if isinstance(entry.event, Stepped)), None)
    if first is None:
        raise ThawError("The run ended before its first step.", str(history.end or history.rest))
    return first.time - run.created


FIRST_POINT = Yardstick(
    title="from the click that starts a run to the first point of its curve, with a worker standing by",
    figures=_figures,
    usual={"folder": "digits", "backbone": ("efficientnet_lite0",), "batch_size": 32, "image_size": 224},
)
