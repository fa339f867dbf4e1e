"""What freezing the first half of a network's blocks saves, in time and in memory: with rows kept, and without."""

from collections.abc import Iterator
from dataclasses import replace

from tlcore.catalog.weights import SCRATCH
from tlcore.commands.yardsticks.bench_home import Carried, Worker, bench_home, made
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.config import Augment, Phase
from tlcore.draft import Draft
from tlcore.store import Store

_RATE = 1e-4
_EPOCHS = 3
"""The first one decodes, and computes what is kept of frozen blocks; the others are measured."""
_WAYS: tuple[tuple[str, Augment], ...] = (("live augmentation", "gentle"), ("rows kept", "none"))


def _figures(settings: Settings) -> Iterator[Figure]:
    drafts = [replace(draft, weights=SCRATCH) for draft in settings.drafts()]
    with bench_home() as store:
        data = made(store, settings.count).manifest.digest
        for _ in range(settings.repeat):
            for draft in drafts:
                for way, augment in _WAYS:
                    plan = replace(draft, data=data, augment=augment)
                    blocks, half = plan.blocks, len(plan.blocks) // 2
                    thawed, frozen = _trained(store, plan, blocks), _trained(store, plan, blocks[half:])
                    yield from _compared(f"{draft.backbone}, {way}", thawed, frozen)


def _compared(name: str, thawed: Carried, frozen: Carried) -> Iterator[Figure]:
    yield Figure(f"{name}: all thawed", thawed.pace, "pictures a second", thawed.device)
    yield Figure(f"{name}: first half frozen", frozen.pace, "pictures a second")
    yield Figure(f"{name}: speed, frozen over thawed", frozen.pace / thawed.pace)
    yield Figure(f"{name}: memory, all thawed", thawed.memory / 1e6, "MB")
    yield Figure(f"{name}: memory, first half frozen", frozen.memory / 1e6, "MB")
    yield Figure(f"{name}: memory, frozen over thawed", frozen.memory / thawed.memory)
    more = (frozen.memory - frozen.idle) / (thawed.memory - thawed.idle)
    yield Figure(f"{name}: memory beyond standing by, the same", more)


def _trained(store: Store, draft: Draft, learning: tuple[str, ...]) -> Carried:
    """Let these blocks learn in a worker of its own, so that the memory is this run's alone."""
    store.beginnings.empty()
    phase = Phase(epochs=_EPOCHS, rates=dict.fromkeys(learning, _RATE))
    with Worker(store) as worker:
        return worker.carry_out(draft.with_schedule([phase]).config("freezing"))


FREEZING = Yardstick(
    title="the first half of the blocks frozen against all of them thawed",
    figures=_figures,
    usual={"count": 200, "backbone": ("resnet50",), "batch_size": 32, "image_size": 224},
    counts=(8, 10_000),
)
