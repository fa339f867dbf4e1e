"""Feature extraction as fastai does it where nobody tells it otherwise; measured only where fastai is installed."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import nn

from tlcore.catalog.weights import IMAGENET
from tlcore.engine.assemble import assemble
from tlcore.engine.freezing import parameters_of
from tlcore.engine.runtime import choose_runtime
from tlcore.store import Store

_LARGER = 2
"""Side to which pictures are scaled before a part of each is cut out at random, over that of the network's input."""


def fastai_loop(store: Store, *, folder: str, backbone: str, image_size: int, timed: int) -> Iterator[dict[str, Any]]:
    """Yield the seconds of `timed` epochs, and the accuracy of the best of them, for a folder with train and val.

    The network, its weights and its new head are ours, so that only the loops differ.
    """
    from fastai.vision import all as fastai

    runtime = choose_runtime("auto")
    folders = Path(folder)
    classes = tuple(sorted(each.name for each in (folders / "train").iterdir()))
    assembly = assemble(store, backbone, IMAGENET, classes, image_size, 0, runtime)
    card, told = assembly.card, assembly.encoder.preprocessing

    def parts(module: nn.Module) -> list[list[nn.Parameter]]:
        trunk = [each for block in card.blocks if block != card.head for each in parameters_of(module, block)]
        return [trunk, parameters_of(module, card.head)]

    loaders = fastai.ImageDataLoaders.from_folder(
        folders,
        train="train",
        valid="val",
        item_tfms=fastai.Resize(image_size * _LARGER),
        batch_tfms=[*fastai.aug_transforms(size=image_size), fastai.Normalize.from_stats(told.mean, told.std)],
    )
    learner = fastai.Learner(
        loaders, assembly.module, loss_func=nn.CrossEntropyLoss(), splitter=parts, metrics=fastai.accuracy
    )
    learner.freeze()
    began = time.monotonic()
    learner.fit_one_cycle(timed)
    seconds = time.monotonic() - began
    yield {"seconds": seconds, "accuracy": max(float(row[-1]) for row in learner.recorder.values)}
