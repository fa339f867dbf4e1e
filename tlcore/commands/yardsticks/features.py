"""Ten epochs of feature extraction, from nothing decoded to the last answer, beside one bare pass over the pictures."""

from collections.abc import Iterator
from dataclasses import replace

from tlcore.commands.yardsticks.bench_home import Worker, bench_home, brought
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.config import RunConfig
from tlcore.draft import Draft
from tlcore.jobs.apart import told_apart

_OTHER = 0.5
"""Rate of the head in the second run, over that in the first."""


def _figures(settings: Settings) -> Iterator[Figure]:
    drafts = settings.drafts()
    for _ in range(settings.repeat):
        for draft in drafts:
            yield from _compared(draft, settings.folder)


def _compared(draft: Draft, folder: str) -> Iterator[Figure]:
    with bench_home() as store:
        dataset = brought(store, folder)
        config = replace(draft, data=dataset.manifest.digest).config("features")
        with Worker(store) as worker:
            first = worker.carry_out(config)
            second = worker.carry_out(_with_another_head(config))
        (bare,) = told_apart(
            store,
            "gauge",
            "bare_pass",
            asked={
                "data": config.data,
                "workspace": store.command_line_workspace(),
                "backbone": draft.backbone,
                "batch_size": draft.batch_size,
                "image_size": draft.image_size,
            },
        )
    name, epochs = draft.backbone, f"{draft.epochs} epochs"
    built = bare["building"] + bare["seconds"]
    yield Figure(f"{name}: one bare pass, every picture decoded and answered", bare["seconds"], "s", bare["numerics"])
    yield Figure(f"{name}: {epochs}, the loop", first.loop, "s", first.device)
    yield Figure(f"{name}: {epochs} over the bare pass", first.loop / bare["seconds"])
    yield Figure(f"{name}: building the network, and the bare pass", built, "s")
    yield Figure(f"{name}: {epochs}, from the click to the end", first.seconds, "s")
    yield Figure(f"{name}: {epochs} from the click, over that", first.seconds / built)
    yield Figure(f"{name}: again with another head, from the click", second.seconds, "s")
    yield Figure(f"{name}: accuracy of the best epoch", 100 * first.accuracy, "%")


def _with_another_head(config: RunConfig) -> RunConfig:
    """Return the same plan with other rates, for what learns, and another draw of the head."""
    schedule = tuple(
        replace(phase, rates={block: rate * _OTHER for block, rate in phase.rates.items()}) for phase in config.schedule
    )
    return replace(config, schedule=schedule, seed=config.seed + 1)


FEATURES = Yardstick(
    title="ten epochs of feature extraction against one bare pass over the pictures",
    figures=_figures,
    usual={"folder": "digits", "backbone": ("efficientnet_lite0",), "epochs": 10, "batch_size": 32, "image_size": 224},
)
