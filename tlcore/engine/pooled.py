"""What every block makes of many pictures: a row of numbers per picture and block, from one pass, kept in the store."""

from collections.abc import Mapping, Sequence
from contextlib import closing

import torch
from torch import Tensor

from tlcore.data.manifest import Example
from tlcore.engine.assemble import Assembly
from tlcore.engine.features import rows_of
from tlcore.engine.pictures import Pictures, split_evenly
from tlcore.engine.rows import Rows
from tlcore.errors import ThawError
from tlcore.questions import Network
from tlcore.records import digest
from tlcore.store import Store
from tlcore.store.datasets import Dataset

_BATCH = 16
"""Pictures at a time: the outputs of all blocks are held at once."""


def pooled_features(
    store: Store, assembly: Assembly, network: Network, dataset: Dataset, examples: Sequence[Example]
) -> Mapping[str, Tensor]:
    """Return the features (N, C) of these pictures at each block: the mean over its grid or its patches' tokens.

    Whoever asks again, or for more pictures, gets what is known from the store. Raises ThawError where a block answers
    with numbers that are none.
    """
    with closing(Pictures(examples, dataset.file, assembly.encoder, assembly.runtime.device)) as pictures:
        # The head's width depends on the classes that it came with, so one picture is tried.
        widths = {block: values.shape[1] for block, values in _outputs(assembly, pictures, [0]).items()}
        key = digest(["pooled", network])
        rows = Rows(pictures.names, (sum(widths.values()),), torch.float32, key, store.beginnings)
        with closing(rows):
            found = rows.take(range(len(examples)), lambda places: _side_by_side(assembly, pictures, places))
    features = dict(zip(widths, torch.split(found, list(widths.values()), dim=1), strict=True))
    for block, values in features.items():
        if not values.isfinite().all():
            raise ThawError(
                f"The block {block} answers with numbers that are none any more (NaN or infinite).",
                "Look at an earlier state of this network, or at another one.",
            )
    return features


def _side_by_side(assembly: Assembly, pictures: Pictures, places: Sequence[int]) -> Tensor:
    """Return what the blocks make of the pictures at these places, block beside block (N, C of all of them)."""
    parts = [_outputs(assembly, pictures, part) for part in split_evenly(list(places), _BATCH)]
    return torch.cat([torch.cat(list(part.values()), dim=1) for part in parts])


def _outputs(assembly: Assembly, pictures: Pictures, places: Sequence[int]) -> dict[str, Tensor]:
    return rows_of(assembly, pictures.inputs(pictures.drawn(places, epoch=0)), assembly.card.blocks)
