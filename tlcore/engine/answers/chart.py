"""Answers `Chart`: the set as every block sees it, from one pass."""

import torch
from torch import Tensor

from tlcore.catalog.cards import BackboneCard
from tlcore.data.manifest import Manifest
from tlcore.engine.assemble import Assembly
from tlcore.engine.features import spread
from tlcore.engine.pooled import pooled_features
from tlcore.engine.probe import probe
from tlcore.engine.projection import nearest, principal
from tlcore.packing import pack
from tlcore.questions import Chart
from tlcore.questions.set_map import NEIGHBOURS, SPAN, BlockCharted, Charted, Probe
from tlcore.store import Store

_MOST, _LEAST = 1000, 200
"""Pictures that are looked at: the most, and those that also the largest network looks at."""
_WORK = 2_000_000_000_000
"""Multiply-adds that the pass may take beyond the least pictures: about half a minute on two cores."""


def chart(store: Store, assembly: Assembly, question: Chart) -> Charted:
    """Send up to 1000 pictures of both sides through the network once, and look at every block's features."""
    dataset = store.datasets.by_digest(question.data, question.workspace)
    manifest = dataset.manifest
    places = looked_at(manifest, assembly.card, question.network.image_size)
    examples = [manifest.examples[place] for place in places]
    features = pooled_features(store, assembly, question.network, dataset, examples)
    labels = torch.tensor([example.label for example in examples])
    judged = torch.tensor([example.split == "val" for example in examples])
    frequent = int(labels[~judged].bincount().argmax())
    own = assembly.classes == manifest.classes
    return Charted(
        places=pack(places),
        blocks=tuple(_charted(block, values, labels, judged) for block, values in features.items()),
        answers=pack(features[assembly.card.head.name].argmax(1).tolist()) if own else "",
        learned_from=int((~judged).sum()),
        judged_on=int(judged.sum()),
        baseline=int((labels[judged] == frequent).sum()),
    )


def looked_at(manifest: Manifest, card: BackboneCard, image_size: int) -> list[int]:
    """Return the places of the pictures that are looked at, all classes and both sides with their shares."""
    one = max(1, card.multiply_adds * image_size**2 // card.sizes.usual**2)
    most = max(_LEAST, min(_MOST, _WORK // one))
    return spread(range(len(manifest.examples)), most)


def as_points(coordinates: Tensor) -> str:
    """Return coordinates (N, 2) as packed points from 0 to SPAN in the middle of a square, on one scale."""
    low, high = coordinates.min(0).values, coordinates.max(0).values
    room = (high - low).max().clamp(min=1e-12)
    shares = (coordinates - (low + high) / 2) / room + 0.5
    return pack((shares * SPAN).round().clamp(0, SPAN).int().flatten().tolist())


def _charted(block: str, features: Tensor, labels: Tensor, judged: Tensor) -> BlockCharted:
    coordinates, shares = principal(features, 2)
    missing = 2 - len(shares)  # where a block has one number for each picture, or there is one picture
    along, across = torch.nn.functional.pad(shares, (0, missing)).tolist()
    tried = probe(features, labels, judged) if judged.any() else None
    return BlockCharted(
        block=block,
        width=features.shape[1],
        points=as_points(torch.nn.functional.pad(coordinates, (0, missing))),
        shares=(round(along, 4), round(across, 4)),
        near=pack(nearest(features, NEIGHBOURS).flatten().tolist()),
        probe=Probe(right=tried[0], learned=tried[1]) if tried else None,
    )
