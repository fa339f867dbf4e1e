"""Answers `Doubt`: pictures that lie among those of another class, as mislabelled ones do."""

from tlcore.engine.assemble import assemble
from tlcore.engine.features import features, neighbours_votes, spread
from tlcore.engine.runtime import Runtime
from tlcore.questions import Doubt, Doubts, Suspect
from tlcore.store import Store

_MOST = 2000
"""Pictures that are looked at."""
_SUSPECTS = 60
"""Suspects that are named."""


def doubt(store: Store, question: Doubt, runtime: Runtime) -> Doubts:
    """Send up to 2000 pictures of both sides through the backbone once; suspects are outvoted by their nearest others.

    No picture has a vote on itself, as in confident learning (Northcutt et al. 2021); where we differ: neighbours by
    features instead of a classifier that is trained several times, and so no thresholds for each class.
    """
    dataset = store.datasets.by_digest(question.data, question.workspace)
    classes = dataset.manifest.classes
    assembly = assemble(
        store, question.backbone, question.weights, classes, question.image_size, question.seed, runtime
    )
    examples = spread(dataset.manifest.examples, _MOST)
    rows, labels = features(assembly, dataset, examples)
    votes = neighbours_votes(rows, labels)
    own = votes.gather(1, labels.unsqueeze(1)).squeeze(1)
    most, suggested = votes.max(1)
    suspects = [
        Suspect(
            picture=examples[place].id,
            given=classes[int(labels[place])],
            suggested=classes[int(suggested[place])],
            confidence=float(most[place]),
        )
        for place in own.argsort(stable=True).tolist()
        if suggested[place] != labels[place]
    ]
    return Doubts(suspects=tuple(suspects[:_SUSPECTS]), count=len(examples))
