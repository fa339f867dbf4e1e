"""How quickly the desk answers what a network makes of pictures: thirty at once, and one while a run trains."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median

from tlcore.catalog.weights import IMAGENET
from tlcore.commands.yardsticks.bench_home import bench_home, brought, pace, supervised, wait_for
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.config import MOST_EPOCHS, RunConfig
from tlcore.controls import Stop
from tlcore.draft import Draft
from tlcore.errors import ChoiceError
from tlcore.events import Stepped
from tlcore.questions import Network, See, Shown
from tlcore.store import Store

_AT_ONCE = 30
_WINDOW = 60.0
"""Seconds of training that are compared: without a question, and with one."""


def _figures(settings: Settings) -> Iterator[Figure]:
    for _ in range(settings.repeat):
        for draft in settings.drafts():
            with bench_home() as store, supervised(store) as look:
                yield from _answered(store, draft, settings, look)


def _answered(store: Store, draft: Draft, settings: Settings, look: Callable[[], None]) -> Iterator[Figure]:
    manifest = brought(store, settings.folder).manifest
    if len(manifest.examples) < _AT_ONCE + 2:
        raise ChoiceError("These are too few pictures.", f"Take a set of at least {_AT_ONCE + 2}.")
    network = Network(
        backbone=draft.backbone, weights=IMAGENET, checkpoint=None, classes=(), image_size=draft.image_size
    )
    workspace = store.command_line_workspace()
    first, *others = (
        See(network=network, picture=Shown(data=manifest.digest, picture=example.id, workspace=workspace))
        for example in manifest.examples[: _AT_ONCE + 2]
    )
    at_once, late = others[:-1], others[-1]
    name = draft.backbone
    yield Figure(f"{name}: a question about a network that is not ready", _seconds(store, [first], look), "s")
    yield Figure(f"{name}: {_AT_ONCE} questions at once, to the last answer", _seconds(store, at_once, look), "s")
    again = median(_seconds(store, [question], look) for question in at_once)
    yield Figure(f"{name}: one of them again", again * 1000, "ms")
    config = replace(draft, data=manifest.digest, epochs=MOST_EPOCHS).by_strategy("low").config("questions")
    alone, beside, answer = _beside_training(store, config, late, look)
    yield Figure(f"{name}: a question while a run trains", answer, "s")
    yield Figure(f"{name}: training in that minute over a minute without", beside / alone)


def _seconds(store: Store, questions: Sequence[See], look: Callable[[], None]) -> float:
    """Return the seconds from asking all of these to having the last answer."""
    began = time.monotonic()
    for question in questions:
        store.asked.ask(question)
    wait_for(lambda: all(store.asked.ask(question) is not None for question in questions), look)
    return time.monotonic() - began


def _beside_training(
    store: Store, config: RunConfig, question: See, look: Callable[[], None]
) -> tuple[float, float, float]:
    """Return pictures a second of a run without and with a question in that minute, and the question's seconds."""
    run = store.runs.submit(config, store.command_line_workspace(), secrets.token_hex(16)).id
    wait_for(lambda: any(isinstance(entry.event, Stepped) for entry in store.runs.events(run)), look)
    try:
        time.sleep(_WINDOW)
        middle = time.time()
        answer = _seconds(store, [question], look)
        time.sleep(max(0.0, _WINDOW - (time.time() - middle)))
    finally:
        store.runs.ask(run, Stop())
    steps = [(entry.time, entry.event) for entry in store.runs.events(run) if isinstance(entry.event, Stepped)]
    before = [step for at, step in steps if at <= middle]
    after = [step for at, step in steps if at > middle]
    return pace(before, []), pace(after, []), answer


QUESTIONS = Yardstick(
    title="what a network makes of a picture: thirty questions at once, and one while a run trains",
    figures=_figures,
    usual={"folder": "digits", "backbone": ("efficientnet_lite0",), "batch_size": 32, "image_size": 224},
    asked_only=True,
)
