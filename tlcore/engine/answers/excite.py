"""Answers `Excite`: the pictures of a set to which each channel of a block answers most."""

from contextlib import closing

import torch

from tlcore.catalog.cards import BackboneCard
from tlcore.engine.answers.see import as_grid
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.features import spread
from tlcore.engine.hooks import run_until
from tlcore.engine.pictures import Pictures
from tlcore.questions import Excite, Excited
from tlcore.store import Store

_FEWEST, _MOST = 24, 200
"""Pictures that are looked at."""
_WORK = 500e9
"""Multiply-adds of all of them, some ten seconds on two cores: the desk answers nobody else meanwhile."""
_SHOWN = 6
"""Pictures that are told of each channel."""
_BATCH = 16


def excite(store: Store, assembly: Assembly, question: Excite) -> Excited:
    """Send up to 200 pictures of both sides as far as the block; what counts of a channel is its highest value.

    Where the network is large there are fewer pictures, though not fewer than 24.
    """
    assembly.card.check_block(question.block)
    dataset = store.datasets.by_digest(question.data, question.workspace)
    examples = spread(dataset.manifest.examples, affordable(assembly.card, question.block, question.network.image_size))
    block, module = assembly.card.block(question.block), assembly.module
    rows: list[torch.Tensor] = []
    with (
        closing(Pictures(examples, dataset.file, assembly.encoder, assembly.runtime.device)) as pictures,
        torch.inference_mode(),
        borrowed_flags(module),
    ):
        module.eval()
        for batch in pictures.batches(_BATCH):
            outputs = run_until(module, block.output, 0, batch.inputs["x"]).float().cpu()
            rows += [as_grid(output, block.layout).flatten(1).amax(1) for output in outputs]
    peaks = torch.stack(rows)
    best = peaks.argsort(stable=True, dim=0, descending=True)[:_SHOWN].T.tolist()
    varied = (peaks.amax(0) > peaks.amin(0)).tolist()
    named = sorted({place for places, differs in zip(best, varied, strict=True) if differs for place in places})
    places_of = {place: position for position, place in enumerate(named)}
    return Excited(
        count=len(examples),
        pictures=tuple(examples[place].id for place in named),
        channels=tuple(
            tuple(places_of[place] for place in places) if differs else ()
            for places, differs in zip(best, varied, strict=True)
        ),
    )


def affordable(card: BackboneCard, block: str, image_size: int) -> int:
    """Return how many pictures of this size may go as far as a block."""
    reached = card.blocks[: card.block_names.index(block) + 1]
    each = sum(one.multiply_adds for one in reached) * (image_size / card.sizes.usual) ** 2
    return max(_FEWEST, min(_MOST, int(_WORK / max(each, 1.0))))
