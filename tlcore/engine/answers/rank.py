"""Answers `Rank`: every class that a network knows, and how likely it finds it for a picture."""

import torch
from torchvision.models._meta import _IMAGENET_CATEGORIES as IMAGENET_CATEGORIES

from tlcore.engine.answers.see import picture_text
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
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
    names = class_names(assembly, question.network)
    best = probabilities.topk(min(_MOST, len(names)))
    return Ranked(
        crop=picture_text(encoder.crop(path)),
        classes=tuple(
            Ranking(number=place, name=names[place], probability=round(value, 4))
            for value, place in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ),
    )


def class_names(assembly: Assembly, network: Network) -> tuple[str, ...]:
    """Return a name for every class that a network answers with, a number where nobody published names.

    There are none where it came without a head, and puts out features.
    """
    if assembly.classes:
        return assembly.classes
    published = assembly.card.published(network.weights)
    count = published.classes if published else 0
    return (
        tuple(IMAGENET_CATEGORIES) if count == len(IMAGENET_CATEGORIES) else tuple(map("class {}".format, range(count)))
    )
