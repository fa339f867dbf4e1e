"""Answers `Separate`: whether pictures of one class lie near one another for the untouched backbone."""

from tlcore.engine.assemble import assemble
from tlcore.engine.features import features, neighbours_votes, spread
from tlcore.engine.runtime import Runtime
from tlcore.questions import Separate, Separation
from tlcore.store import Store

_MOST = 200
"""Pictures that are looked at."""


def separate(store: Store, question: Separate, runtime: Runtime) -> Separation:
    """Send up to 200 training pictures through the backbone once, and let each be named by its nearest others."""
    dataset = store.datasets.by_digest(question.data, question.workspace)
    classes = dataset.manifest.classes
    assembly = assemble(
        store, question.backbone, question.weights, classes, question.image_size, question.seed, runtime
    )
    rows, labels = features(assembly, dataset, spread(dataset.manifest.of("train"), _MOST))
    frequent = int(labels.bincount().max())
    right = int((neighbours_votes(rows, labels).argmax(1) == labels).sum())
    return Separation(right=right, count=len(labels), baseline=frequent / len(labels))
