"""Answers `Examine`: which channels stir over many pictures, which gates are stuck, and how large numbers get."""

from contextlib import closing

import torch

from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.features import spread
from tlcore.engine.hooks import watched
from tlcore.engine.pictures import Pictures
from tlcore.engine.vitals import Vitals
from tlcore.errors import ChoiceError
from tlcore.questions import Examine, Health
from tlcore.store import Store

_MOST = 64
"""Pictures that are looked at."""
_FEWEST = 2
"""Pictures of which it can be told whether a channel changes."""
_BATCH = 16


def examine(store: Store, assembly: Assembly, question: Examine) -> Health:
    """Send up to 64 validation pictures, spread over the classes, through the network, and watch every part of it.

    Raises ChoiceError where there is only one picture.
    """
    dataset = store.datasets.by_digest(question.data, question.workspace)
    examples = spread(dataset.manifest.of("val"), _MOST)
    if len(examples) < _FEWEST:
        raise ChoiceError(
            "One validation picture cannot show which channels stir.", "Put at least two on the validation side."
        )
    module = assembly.module
    vitals = Vitals(module, assembly.card.blocks)
    with (
        closing(Pictures(examples, dataset.file, assembly.encoder, assembly.runtime.device)) as pictures,
        borrowed_flags(module),
        torch.inference_mode(),
        watched(module, vitals.entered, vitals.left),
    ):
        module.eval()
        for batch in pictures.batches(_BATCH):
            vitals.begin()
            module(**batch.inputs)
    return Health(count=len(examples), blocks=vitals.told())
