"""The memory and the time of runs on many pictures: within a budget, and twice as long for twice as many."""

from collections.abc import Iterator
from dataclasses import replace

from tlcore.commands.yardsticks.bench_home import Carried, Worker, bench_home, made
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.data.limits import BEGINNINGS_IN_MEMORY, KEPT_READY
from tlcore.draft import Draft
from tlcore.store import Store

_SPLITS = 2


def _figures(settings: Settings) -> Iterator[Figure]:
    drafts, counts = settings.drafts(), (settings.count // 2, settings.count)
    with bench_home() as store:
        sets = {count: made(store, count).manifest.digest for count in counts}
        for _ in range(settings.repeat):
            for draft in drafts:
                seconds = list[float]()
                for count in counts:
                    run = _carried_out(store, replace(draft, data=sets[count]))
                    seconds.append(run.loop)
                    yield from _weighed(f"{draft.backbone}, {count:,} pictures", run, _budget(draft, count))
                half, whole = seconds
                yield Figure(
                    f"{draft.backbone}: seconds a picture, all over half", whole / counts[1] / (half / counts[0])
                )


def _carried_out(store: Store, draft: Draft) -> Carried:
    """Carry a plan out in a worker of its own, so that the memory is this run's alone."""
    store.beginnings.empty()
    with Worker(store) as worker:
        return worker.carry_out(draft.config("memory"))


def _budget(draft: Draft, count: int) -> int:
    """Return the bytes that pictures and their rows may take in memory."""
    return min(_SPLITS * KEPT_READY, count * 3 * draft.image_size**2) + _SPLITS * BEGINNINGS_IN_MEMORY


def _weighed(name: str, run: Carried, budget: int) -> Iterator[Figure]:
    yield Figure(f"{name}: the loop", run.loop, "s")
    yield Figure(f"{name}: memory, standing by", run.idle / 1e6, "MB")
    yield Figure(f"{name}: memory, most", run.memory / 1e6, "MB")
    yield Figure(f"{name}: memory, more than standing by", (run.memory - run.idle) / 1e6, "MB")
    yield Figure(f"{name}: memory, budget for pictures and rows", budget / 1e6, "MB")
    yield Figure(f"{name}: memory, more over budget", (run.memory - run.idle) / budget)


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
