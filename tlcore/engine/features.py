"""What the blocks of a network make of pictures, one row of numbers for each, and which rows lie near one another."""

from collections.abc import Sequence
from contextlib import closing
from math import isqrt
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn.functional import normalize

from tlcore.catalog.cards import Block, Layout
from tlcore.data.manifest import Example
from tlcore.engine.assemble import Assembly
from tlcore.engine.hooks import HookSession
from tlcore.engine.pictures import Pictures
from tlcore.store.datasets import Dataset

Item = TypeVar("Item")

_BATCH = 32
_NEIGHBOURS = 5
_TEMPERATURE = 0.07


def spread(examples: Sequence[Item], most: int) -> list[Item]:
    """Return up to `most` examples; since they stand class by class, equal strides keep the shares of the classes."""
    count = min(most, len(examples))
    return [examples[place * len(examples) // count] for place in range(count)]


def features(assembly: Assembly, dataset: Dataset, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """Return what the last block before the head puts out, one row (C) per picture, and the classes (N,)."""
    block = assembly.card.blocks[-2]
    assembly.module.to(memory_format=torch.channels_last)
    rows = features_of(assembly, dataset, examples, (block,))[block.name]
    return rows, torch.tensor([example.label for example in examples])


def features_of(
    assembly: Assembly, dataset: Dataset, examples: Sequence[Example], blocks: Sequence[Block]
) -> dict[str, Tensor]:
    """Return what each of the blocks puts out, one row (C) per picture and all in one pass, by the block's name."""
    with closing(Pictures(examples, dataset.file, assembly.encoder, assembly.runtime.device)) as pictures:
        parts = [rows_of(assembly, batch.inputs["x"], blocks) for batch in pictures.batches(_BATCH)]
    return {block.name: torch.cat([rows[block.name] for rows in parts]) for block in blocks}


def rows_of(assembly: Assembly, inputs: Tensor, blocks: Sequence[Block]) -> dict[str, Tensor]:
    """Return what each of the blocks makes of inputs (N, 3, H, W), one row (C) each, by the block's name."""
    with torch.inference_mode(), HookSession(assembly.module.eval(), blocks) as hooks:
        assembly.module(inputs)
    return {block.name: pooled(hooks.captured[block.name].float(), block.layout).cpu() for block in blocks}


def pooled(output: Tensor, layout: Layout) -> Tensor:
    """Return a block's output as (N, C): the mean over its grid, or over the tokens of its patches."""
    match layout:
        case "map":
            return output.mean((2, 3))
        case "map_last":
            return output.mean((1, 2))
        case "tokens":
            patches = isqrt(output.shape[1]) ** 2  # the others stand first, such as the class token
            return output[:, output.shape[1] - patches :].mean(1)
        case "vector":
            return output.flatten(1)


def neighbours_votes(features: Tensor, labels: Tensor) -> Tensor:
    """Return for each row of `features` (N, C) how the votes of its nearest other rows fall, as shares (N, classes).

    Leave-one-out k-nearest neighbours by cosine with weighted votes (Wu et al. 2018); where we differ: 5 neighbours,
    since the sets are small, and features are centred, since those after a ReLU all point the same way.
    """
    directions = normalize(features - features.mean(0), dim=1)
    likeness = directions @ directions.T
    likeness.fill_diagonal_(-torch.inf)
    nearest, places = likeness.topk(min(_NEIGHBOURS, len(features) - 1))
    votes = torch.zeros(len(features), int(labels.max()) + 1)
    votes.scatter_add_(1, labels[places], (nearest / _TEMPERATURE).exp())
    return votes / votes.sum(1, keepdim=True)
