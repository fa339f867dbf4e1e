"""Ten epochs of feature extraction beside those of other people's loops, on the same pictures, network and weights."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from tlcore.commands.yardsticks.bench_home import Worker, bench_home, brought
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.draft import Draft
from tlcore.errors import ChoiceError
from tlcore.jobs.apart import told_apart
from tlcore.store.datasets import Dataset

_USUAL = {
    "folder": "digits",
    "backbone": ("efficientnet_lite0",),
    "epochs": 10,
    "timed": 2,
    "batch_size": 32,
    "image_size": 224,
}


def _against(gauge: str, whose: str, needs: str = "") -> Callable[[Settings], Iterator[Figure]]:
    """Return what measures our loop beside the one that the engine calls `gauge`, if the package `needs` is here."""

    def figures(settings: Settings) -> Iterator[Figure]:
        if needs and find_spec(needs) is None:
            raise ChoiceError(f"{needs} is not installed.", f"Run: pip install {needs}")
        drafts = settings.drafts()
        for _ in range(settings.repeat):
            for draft in drafts:
                yield from _compared(gauge, whose, draft, settings)

    return figures


def _compared(gauge: str, whose: str, draft: Draft, settings: Settings) -> Iterator[Figure]:
    with bench_home() as store:
        dataset = brought(store, settings.folder)
        with Worker(store) as worker:
            ours = worker.carry_out(replace(draft, data=dataset.manifest.digest).config(gauge))
        asked = {
            "folder": str(_laid_out(dataset, store.home / "by class")),
            "backbone": draft.backbone,
            "image_size": draft.image_size,
            "timed": settings.timed,
        }
        (theirs,) = told_apart(store, "gauge", gauge, asked=asked)
    reckoned = theirs["seconds"] / settings.timed * draft.epochs
    name, epochs, timed = draft.backbone, f"{draft.epochs} epochs", f"{settings.timed} of {draft.epochs} epochs timed"
    yield Figure(f"{name}: {epochs}, {whose}", reckoned, "s", timed)
    yield Figure(f"{name}: {epochs}, ours", ours.loop, "s", ours.device)
    yield Figure(f"{name}: {whose} over ours", reckoned / ours.loop)
    yield Figure(f"{name}: accuracy, {whose}", 100 * theirs["accuracy"], "%", timed)
    yield Figure(f"{name}: accuracy, ours", 100 * ours.accuracy, "%")


def _laid_out(dataset: Dataset, folder: Path) -> Path:
    """Copy a set's pictures into train and val with a folder for each class, as other people's loaders want them."""
    for split in ("train", "val"):
        for example in dataset.manifest.of(split):
            source = dataset.file(example)
            target = folder / split / f"{example.label:04d}" / f"{example.id}{source.suffix.lower()}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


TUTORIAL = Yardstick(
    title="ten epochs of feature extraction against the loop of PyTorch's tutorial",
    figures=_against("tutorial", "the tutorial's loop"),
    usual=_USUAL,
)
FASTAI = Yardstick(
    title="ten epochs of feature extraction against fastai",
    figures=_against("fastai", "fastai", needs="fastai"),
    usual=_USUAL,
    asked_only=find_spec("fastai") is None,
)
