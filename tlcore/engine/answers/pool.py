"""Answers `Pool`: what blocks make of a part of a set, as a file of the store."""

import torch
from torch import Tensor

from tlcore.engine.assemble import Assembly
from tlcore.engine.features import features_of
from tlcore.engine.tensor_file import write_tensors
from tlcore.questions import Pool, Pooled
from tlcore.store import Store

_DIGITS = 6
"""Digits that are kept of a number: the further ones differ from machine to machine."""
_LEAST = 1e-30
"""Smaller numbers have no digits that count."""


def pool(store: Store, assembly: Assembly, question: Pool) -> Pooled:
    """Send a part of the set through the network once, with a hook on each of the blocks."""
    for name in question.blocks:
        assembly.card.check_block(name)
    dataset = store.datasets.by_digest(question.data, question.workspace)
    examples = dataset.manifest.examples[question.first : question.first + question.count]
    blocks = tuple(assembly.card.block(name) for name in question.blocks)
    rows = {name: rounded(values) for name, values in features_of(assembly, dataset, examples, blocks).items()}
    with store.blobs.aside() as file:
        write_tensors(rows, file)
        return Pooled(sha256=store.blobs.keep(file))


def rounded(values: Tensor) -> Tensor:
    """Return float32 values rounded to six digits; what is not finite stays as it is."""
    exact = values.double()
    before = exact.abs().clamp(min=_LEAST).log10().floor() + 1
    scale = 10 ** (_DIGITS - before)
    return torch.where(exact.isfinite(), (exact * scale).round() / scale, exact).float()
