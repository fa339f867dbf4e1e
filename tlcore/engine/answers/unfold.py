"""Answers `Unfold`: the map of t-SNE, which takes seconds and so is made for one block at a time, when asked."""

from tlcore.engine.answers.chart import as_points, looked_at
from tlcore.engine.assemble import Assembly
from tlcore.engine.pooled import pooled_features
from tlcore.engine.projection import unfolded
from tlcore.questions import Unfold
from tlcore.questions.set_map import Unfolded
from tlcore.store import Store


def unfold(store: Store, assembly: Assembly, question: Unfold) -> Unfolded:
    """Take the features of the pictures that `Chart` looks at, and lay them out."""
    assembly.card.check_block(question.block)
    dataset = store.datasets.by_digest(question.data, question.workspace)
    places = looked_at(dataset.manifest, assembly.card, question.network.image_size)
    examples = [dataset.manifest.examples[place] for place in places]
    features = pooled_features(store, assembly, question.network, dataset, examples)
    return Unfolded(points=as_points(unfolded(features[question.block])))
