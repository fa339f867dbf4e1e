"""Answers `Compare` and `Liken`: one backbone in two states, block by block."""

from contextlib import closing

import torch
from torch import Tensor

from tlcore.catalog.cards import Block
from tlcore.engine.answers.see import as_grid, as_map, likely, picture_text
from tlcore.engine.assemble import Assembly
from tlcore.engine.features import rows_of, spread
from tlcore.engine.hooks import HookSession
from tlcore.engine.pictures import Pictures
from tlcore.engine.similarity import FEWEST, linear_cka
from tlcore.errors import ChoiceError
from tlcore.questions.compared import BlockCompared, Compare, Compared, Liken, Likeness
from tlcore.store import Store

_PICTURES = 64
"""Pictures that are enough to tell likenesses apart."""
_BATCH = 16


def compare(store: Store, before: Assembly, after: Assembly, question: Compare) -> Compared:
    """Send the picture through both states, with a hook on every block."""
    path = store.datasets.shown(question.picture)
    pixels = before.encoder.encode(path).unsqueeze(0)
    earlier, first = _outputs(before, pixels)
    later, second = _outputs(after, pixels)
    return Compared(
        crop=picture_text(before.encoder.crop(path)),
        blocks=tuple(
            _compared(block, earlier[block.name][0], later[block.name][0])
            for block in before.card.blocks
            if block.layout != "vector"
        ),
        before=likely(first, before.classes),
        after=likely(second, after.classes),
    )


def liken(store: Store, before: Assembly, after: Assembly, question: Liken) -> Likeness:
    """Send up to 64 validation pictures through both states; of each block its mean over the grid is compared."""
    dataset = store.datasets.by_digest(question.data, question.workspace)
    examples = spread(dataset.manifest.of("val"), _PICTURES)
    if len(examples) < FEWEST:
        raise ChoiceError(
            f"The set has {len(examples)} validation pictures.", f"To compare blocks it takes at least {FEWEST}."
        )
    with closing(Pictures(examples, dataset.file, before.encoder, before.runtime.device)) as pictures:
        earlier, later = _rows(before, pictures), _rows(after, pictures)
    alike = {
        name: round(linear_cka(rows, later[name]), 6)
        for name, rows in earlier.items()
        if rows.shape == later[name].shape
    }
    return Likeness(blocks=alike, pictures=len(examples))


def _outputs(assembly: Assembly, pixels: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Return what every block puts out for one picture (1, 3, H, W), and the answers (classes,)."""
    module = assembly.module.eval()
    with torch.inference_mode(), HookSession(module, assembly.card.blocks) as hooks:
        logits = module(assembly.encoder.normalise(pixels.to(assembly.runtime.device))).flatten(1)
    return {name: output.float().cpu() for name, output in hooks.captured.items()}, logits[0]


def _rows(assembly: Assembly, pictures: Pictures) -> dict[str, Tensor]:
    """Return for every block a row (N, C) for each picture: the mean over its grid."""
    blocks = assembly.card.blocks
    parts = [rows_of(assembly, batch.inputs["x"], blocks) for batch in pictures.batches(_BATCH)]
    return {block.name: torch.cat([rows[block.name] for rows in parts]) for block in blocks}


def _compared(block: Block, before: Tensor, after: Tensor) -> BlockCompared:
    grids = as_grid(before, block.layout), as_grid(after, block.layout)
    means = [grid.mean(0) for grid in grids]
    low, high = (float(end) for end in torch.stack(means).aminmax())
    difference = (means[1] - means[0]).abs()
    return BlockCompared(
        block=block.name,
        shape=tuple(grids[0].shape),
        before=as_map(means[0], low, high),
        after=as_map(means[1], low, high),
        difference=as_map(difference, 0.0, high - low),
        change=_change(before, after),
    )


def _change(before: Tensor, after: Tensor) -> float:
    if torch.equal(before, after):
        return 0.0
    return float((after - before).norm() / before.norm().clamp_min(torch.finfo(before.dtype).tiny))
