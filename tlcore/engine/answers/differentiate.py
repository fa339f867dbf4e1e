"""Answers `Differentiate`: the gradient of a class's score at every block, from one pass there and back."""

from base64 import b64encode
from math import isfinite, sqrt

from torch import Tensor
from torchvision.models._meta import _IMAGENET_CATEGORIES as IMAGENET_CATEGORIES

from tlcore.catalog.cards import Block
from tlcore.engine.answers.see import as_grid, as_map
from tlcore.engine.assemble import Assembly
from tlcore.engine.backward import send_back
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.modality.image import png
from tlcore.errors import ChoiceError
from tlcore.questions import Differentiate, Gradients
from tlcore.questions.gradients import BlockGradient, Candidate
from tlcore.store import Store

_LIKELY = 20


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
        crop=b64encode(png(encoder.crop(path))).decode("ascii"),
        of=candidates[sent.wanted],
        likely=tuple(sorted(candidates, key=lambda candidate: -candidate.score)[:_LIKELY]),
        blocks=tuple(_measured(block, sent.gradients[block.name][0].float().cpu()) for block in blocks),
    )


def _names(assembly: Assembly, question: Differentiate) -> tuple[str, ...]:
    """Return a name for every class that the network has a score for."""
    published = assembly.card.published(question.network.weights)
    count = len(assembly.classes) or (published.classes if published else 0)
    if not count:
        raise ChoiceError("These weights came without a head, so no class has a score.", "Look at a run instead.")
    if question.wanted is not None and not 0 <= question.wanted < count:
        raise ChoiceError(f"Class {question.wanted} is not one of this network's.", f"Known: 0 to {count - 1}.")
    names = assembly.classes or IMAGENET_CATEGORIES
    # Heads that learned from more than ImageNet-1K have answers that nobody named here.
    return tuple(names) if len(names) == count else tuple(f"answer {number}" for number in range(count))


def _measured(block: Block, gradient: Tensor) -> BlockGradient:
    grid = as_grid(gradient, block.layout)
    whole = float(gradient.double().square().sum())
    sound = isfinite(whole)
    placed = float(grid.double().square().sum())
    return BlockGradient(
        block=block.name,
        shape=tuple(grid.shape),
        size=_rounded(sqrt(whole / gradient.numel())) if sound else None,
        map=as_map(grid.abs().sum(0)) if sound and grid.ndim > 1 else None,
        placeless=_rounded(max(0.0, 1 - placed / whole)) if sound and whole else 0.0,
    )


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")
