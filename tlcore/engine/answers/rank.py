"""Answers `Rank`: every class that a network knows, and how likely it finds it for a picture."""

from base64 import b64encode

import torch
from torchvision.models._meta import _IMAGENET_CATEGORIES as IMAGENET_CATEGORIES

from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.modality.image import png
from tlcore.questions import Network, Rank, Ranked
from tlcore.questions.attribution import Ranking
from tlcore.store import Store

_MOST = 1000


def rank(store: Store, assembly: Assembly, question: Rank) -> Ranked:
    """Send the picture through the network once and sort its answers."""
    path = store.datasets.shown(question.picture)
    encoder = assembly.encoder
    picture = encoder.normalise(encoder.encode(path).unsqueeze(0).to(assembly.runtime.device))
    with borrowed_flags(assembly.module), torch.inference_mode():
        probabilities = assembly.module.eval()(picture).flatten(1)[0].float().softmax(0).cpu()
    names = _names(assembly, question.network)
    best = probabilities.topk(min(_MOST, len(names)))
    return Ranked(
        crop=b64encode(png(encoder.crop(path))).decode("ascii"),
        classes=tuple(
            Ranking(number=place, name=names[place], probability=round(value, 4))
            for value, place in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ),
    )


def answers_of(assembly: Assembly, network: Network) -> int:
    """Return how many classes a network answers with: none where it came without a head, and puts out features."""
    published = assembly.card.published(network.weights)
    return len(assembly.classes) or (published.classes if published else 0)


def _names(assembly: Assembly, network: Network) -> tuple[str, ...]:
    """Return the names of a network's classes, which are numbers where nobody published names."""
    count = answers_of(assembly, network)
    if assembly.classes or count != len(IMAGENET_CATEGORIES):
        return assembly.classes or tuple(f"class {place}" for place in range(count))
    return tuple(IMAGENET_CATEGORIES)
