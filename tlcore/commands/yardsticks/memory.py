"""The memory and the time of runs on many pictures: within a budget, and twice as long for twice as many."""

from collections.abc import Iterator
from dataclasses import replace

from tlcore.commands.yardsticks.bench_home import Carried, Worker, bench_home, made
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.data.limits import BEGINNINGS_IN_MEMORY, KEPT_READY
from tlcore.data.manifest import Manifest
from tlcore.draft import Draft
from tlcore.store import Store

_BATCHES = 4
"""Of a run on few pictures, whose memory is that of libraries, network and steps: many pictures add to it."""


def _figures(settings: Settings) -> Iterator[Figure]:
    half, whole = settings.count // 2, settings.count
    few = min(_BATCHES * settings.batch_size, half)
    drafts = settings.drafts()
    with bench_home() as store:
        sets = {count: made(store, count).manifest for count in (few, half, whole)}
        for _ in range(settings.repeat):
            for draft in drafts:
                runs = {count: _carried_out(store, replace(draft, data=each.digest)) for count, each in sets.items()}
                for count in (half, whole):
                    name = f"{draft.backbone}, {count:,} pictures"
                    yield from _weighed(name, runs[count], runs[few], _budget(draft, sets[count]))
                yield Figure(
                    f"{draft.backbone}: seconds a picture, all over half",
                    runs[whole].loop / whole / (runs[half].loop / half),
                    note="1 is linear",
                )


def _carried_out(store: Store, draft: Draft) -> Carried:
    """Carry a plan out in a worker of its own, so that the memory is this run's alone."""
    store.beginnings.empty()
    with Worker(store) as worker:
        return worker.carry_out(draft.config("memory"))


def _budget(draft: Draft, manifest: Manifest) -> int:
    """Return the bytes that pictures and their rows may take in memory."""
    counts = [len(manifest.of(split)) for split in ("train", "val")]
    ready = sum(min(KEPT_READY, count * 3 * draft.image_size**2) for count in counts)
    return ready + len(counts) * BEGINNINGS_IN_MEMORY


def _weighed(name: str, run: Carried, few: Carried, budget: int) -> Iterator[Figure]:
    yield Figure(f"{name}: the loop", run.loop, "s")
    yield Figure(f"{name}: memory, most", run.memory / 1e6, "MB")
    yield Figure(f"{name}: memory, few pictures", few.memory / 1e6, "MB", f"that of {_BATCHES} batches at most")
    yield Figure(f"{name}: memory, more than few", (run.memory - few.memory) / 1e6, "MB")
    yield Figure(f"{name}: memory, budget for pictures and rows", budget / 1e6, "MB")
    yield Figure(
        f"{name}: memory, more over budget", (run.memory - few.memory) / budget, note="within it where at most 1"
    )


MEMORY = Yardstick(
    title="feature extraction on many pictures: memory against its budget, and time against half as many",
    figures=_figures,
    usual={
        "count": 20_000,
        "backbone": ("efficientnet_lite0",),
        "epochs": 2,
        "batch_size": 32,
        "image_size": 224,
    },
    counts=(32, 100_000),
    asked_only=True,
)
