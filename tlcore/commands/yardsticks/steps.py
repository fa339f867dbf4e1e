"""Pictures per second of our training steps, beside those of a bare loop over tensors that lie ready."""

from collections.abc import Iterator

from tlcore.commands.yardsticks.bench_home import bench_home, made
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.jobs.apart import told_apart


def _figures(settings: Settings) -> Iterator[Figure]:
    drafts = settings.drafts()
    with bench_home() as store:
        dataset = made(store, settings.count)
        for draft in drafts:
            asked = {
                "data": dataset.manifest.digest,
                "workspace": store.command_line_workspace(),
                "backbone": draft.backbone,
                "batch_size": draft.batch_size,
                "image_size": draft.image_size,
                "repeat": settings.repeat,
            }
            for paces in told_apart(store, "gauge", "steps", asked=asked):
                yield Figure(f"{draft.backbone}: bare loop", paces["bare"], "pictures a second")
                yield Figure(f"{draft.backbone}: our steps", paces["ours"], "pictures a second", paces["device"])
                yield Figure(f"{draft.backbone}: ours over bare", paces["ours"] / paces["bare"])


STEPS = Yardstick(
    title="training steps on all blocks against a bare loop over tensors that lie ready",
    figures=_figures,
    usual={
        "count": 200,
        "backbone": ("resnet18", "resnet50", "efficientnet_lite0", "mobilenet_v3_large"),
        "batch_size": 32,
        "image_size": 224,
    },
    counts=(8, 10_000),
)
