"""Answers `Separate`: whether pictures of one class lie near one another for the untouched backbone."""

from contextlib import closing

import torch
from torch import Tensor
from torch.nn.functional import normalize, one_hot

from tlcore.catalog.cards import Layout
from tlcore.engine.assemble import Assembly, assemble
from tlcore.engine.hooks import HookSession
from tlcore.engine.pictures import Pictures
from tlcore.engine.runtime import Runtime
from tlcore.questions import Separate, Separation
from tlcore.store import Store
from tlcore.store.datasets import Dataset

_MOST = 200
"""Pictures that are looked at."""
_BATCH = 32
_NEIGHBOURS = 5
_TEMPERATURE = 0.07


def separate(store: Store, question: Separate, runtime: Runtime) -> Separation:
    """Send up to 200 training pictures through the backbone once, and let each be named by its nearest others."""
    dataset = store.datasets.by_digest(question.data, question.workspace)
    classes = dataset.manifest.classes
    assembly = assemble(
        store, question.backbone, question.weights, classes, question.image_size, question.seed, runtime
    )
    features, labels = _features(assembly, dataset)
    frequent = int(labels.bincount().max())
    right = int((named_by_neighbours(features, labels) == labels).sum())
    return Separation(right=right, count=len(labels), baseline=frequent / len(labels))


def _features(assembly: Assembly, dataset: Dataset) -> tuple[Tensor, Tensor]:
    """Return what the last block before the head puts out, one row (C) per picture, and the classes (N,)."""
    block = assembly.card.blocks[-2]
    train = dataset.manifest.of("train")
    # They stand class by class, so equal strides keep the shares of the classes.
    count = min(_MOST, len(train))
    examples = [train[place * len(train) // count] for place in range(count)]
    module = assembly.module.to(memory_format=torch.channels_last).eval()
    rows, labels = [], []
    with (
        closing(Pictures(examples, dataset.file, assembly.encoder, assembly.runtime.device)) as pictures,
        torch.inference_mode(),
        HookSession(module, (block,)) as hooks,
    ):
        for batch in pictures.batches(_BATCH):
            module(**batch.inputs)
            rows.append(pooled(hooks.captured[block.name], block.layout).float().cpu())
            labels.append(batch.targets.cpu())
    return torch.cat(rows), torch.cat(labels)


def pooled(output: Tensor, layout: Layout) -> Tensor:
    """Return a block's output as (N, C): the mean over its grid or its tokens."""
    match layout:
        case "map":
            return output.mean((2, 3))
        case "map_last":
            return output.mean((1, 2))
        case "tokens":
            return output.mean(1)
        case "vector":
            return output.flatten(1)


def named_by_neighbours(features: Tensor, labels: Tensor) -> Tensor:
    """Return for each row of `features` (N, C) the class that its nearest other rows vote for, (N,).

    Leave-one-out k-nearest neighbours by cosine with weighted votes (Wu et al. 2018); where we differ: 5 neighbours,
    since the sets are small, and features are centred, since those after a ReLU all point the same way.
    """
    directions = normalize(features - features.mean(0), dim=1)
    likeness = directions @ directions.T
    likeness.fill_diagonal_(-torch.inf)
    nearest, places = likeness.topk(min(_NEIGHBOURS, len(features) - 1))
    votes = one_hot(labels[places], int(labels.max()) + 1) * (nearest / _TEMPERATURE).exp().unsqueeze(2)
    return votes.sum(1).argmax(1)
