"""How far estimates of memory and time are from what runs on this machine then take."""

from collections.abc import Iterator
from dataclasses import replace

from tlcore.catalog.weights import SCRATCH
from tlcore.commands.yardsticks.bench_home import Worker, bench_home, brought, wait_for
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.draft import Draft
from tlcore.errors import ProcessError
from tlcore.estimate import estimate, what_to_measure
from tlcore.jobs.processes import start
from tlcore.questions import Measure, Measured
from tlcore.store import Store


def _figures(settings: Settings) -> Iterator[Figure]:
    drafts = [replace(draft, weights=SCRATCH) for draft in settings.drafts()]
    for _ in range(settings.repeat):
        for draft in drafts:
            with bench_home() as store:
                yield from _compared(store, draft, settings.folder)


def _compared(store: Store, draft: Draft, folder: str) -> Iterator[Figure]:
    manifest = brought(store, folder).manifest
    config = replace(draft, data=manifest.digest).config(draft.backbone)
    measured = _ask_desk(store, what_to_measure(config, manifest, store.command_line_workspace()))
    guess = estimate(config, manifest, measured)
    with Worker(store) as worker:
        run = worker.carry_out(config)
    name = draft.backbone
    yield Figure(f"{name}: memory, estimate", guess.memory / 1e6, "MB")
    yield Figure(f"{name}: memory, truth", run.memory / 1e6, "MB")
    yield Figure(f"{name}: memory, estimate over truth", guess.memory / run.memory)
    yield Figure(f"{name}: time, estimate", guess.seconds, "s")
    yield Figure(f"{name}: time, truth", run.loop, "s")
    yield Figure(f"{name}: time, estimate over truth", guess.seconds / run.loop)


def _ask_desk(store: Store, question: Measure) -> Measured:
    """Return the answer of a desk that is started for it; this process is its supervisor."""
    store.processes.register("supervisor")
    store.asked.ask(question)
    with start(store, "answer", log="desk.log") as desk:

        def look() -> None:
            if desk.poll() is not None:
                raise ProcessError("The desk ended before it had measured.", "Its log says why.")

        try:
            return wait_for(lambda: store.asked.ask(question), look)
        finally:
            desk.terminate()


ESTIMATES = Yardstick(
    title="estimates of memory and time against what runs then take",
    figures=_figures,
    usual={
        "folder": "digits",
        "backbone": ("efficientnet_lite0", "resnet18", "mobilenet_v3_large", "squeezenet1_0", "vgg16"),
        "strategy": "low",
        "epochs": 3,
        "batch_size": 32,
        "image_size": 112,
    },
    asked_only=True,
)
