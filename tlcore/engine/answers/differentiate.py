"""Answers `Differentiate`: the gradient of a class's score at every block, from one pass there and back."""

from math import isfinite, sqrt

from torch import Tensor

from tlcore.catalog.cards import Block
from tlcore.engine.answers.rank import class_names
from tlcore.engine.answers.see import as_grid, as_map, picture_text
from tlcore.engine.assemble import Assembly
from tlcore.engine.backward import send_back
from tlcore.engine.borrowing import borrowed_flags
from tlcore.errors import ChoiceError
from tlcore.questions import Differentiate, Gradients
from tlcore.questions.gradients import BlockGradient, Candidate
from tlcore.store import Store

_LIKELY = 20
_EVEN = 0.999
"""Share of the largest that the smallest of equal strengths has, but for rounding."""


def differentiate(store: Store, assembly: Assembly, question: Differentiate) -> Gradients:
    """Send the picture through the network, and the score of the wanted class back to the picture.

    The score is the one before the softmax: where the network is sure, the softmax would flatten every gradient.
    Raises ChoiceError where the network has no such class.
    """
    names = _names(assembly, question)
    path = store.datasets.shown(question.picture)
    encoder, module, blocks = assembly.encoder, assembly.module, assembly.card.blocks[:-1]
    pixels = encoder.encode(path).unsqueeze(0).to(assembly.runtime.device)
    with borrowed_flags(module):
        sent = send_back(module.eval(), blocks, encoder.normalise(pixels), question.wanted)
    candidates = [
        Candidate(number=number, name=name, score=score)
        for number, (name, score) in enumerate(zip(names, sent.scores.float().tolist(), strict=True))
    ]
    return Gradients(
        crop=picture_text(encoder.crop(path)),
        of=candidates[sent.wanted],
        likely=tuple(sorted(candidates, key=lambda candidate: -candidate.score)[:_LIKELY]),
        blocks=tuple(_measured(block, sent.gradients[block.name][0].float().cpu()) for block in blocks),
    )


def _names(assembly: Assembly, question: Differentiate) -> tuple[str, ...]:
    """Return a name for every class that the network has a score for."""
    names = class_names(assembly, question.network)
    if not names:
        raise ChoiceError("These weights came without a head, so no class has a score.", "Look at a run instead.")
    if question.wanted is not None and not 0 <= question.wanted < len(names):
        raise ChoiceError(f"Class {question.wanted} is not one of this network's.", f"Known: 0 to {len(names) - 1}.")
    return names


def _measured(block: Block, gradient: Tensor) -> BlockGradient:
    grid = as_grid(gradient, block.layout)
    whole = float(gradient.double().square().sum())
    sound = isfinite(whole)
    placed = float(grid.double().square().sum())
    strengths = grid.abs().sum(0) if sound and grid.ndim > 1 else None
    return BlockGradient(
        block=block.name,
        shape=tuple(grid.shape),
        size=_rounded(sqrt(whole / gradient.numel())) if sound else None,
        map=as_map(strengths, low=0.0) if strengths is not None else None,
        even=strengths is not None and bool(strengths.min() > _EVEN * strengths.max()),
        placeless=_rounded(max(0.0, 1 - placed / whole)) if sound and whole else 0.0,
    )


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")
