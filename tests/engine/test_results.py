"""The figures that Thaw is held to: ants and bees by features alone, digits by what thawing adds."""

from statistics import mean

import pytest

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.data.collect import look_here
from tlcore.events import Evaluated, Finished
from tlcore.store.reading import Reader
from tlcore.strategies import fill

pytestmark = pytest.mark.slow

BLOCKS = [block.name for block in backbone(DEFAULT).blocks]
EPOCHS = 10
FEATURE_EPOCHS = 5
DIGIT_SIZE = 96


@pytest.fixture
def accuracy(plan, carried_out):
    """Train the default backbone; return the best validation accuracy."""

    def reached(dataset, strategy, seed=0, size=224, epochs=EPOCHS):
        schedule = fill(strategy, BLOCKS, epochs)
        config = plan(dataset, name=DEFAULT, weights="imagenet", schedule=schedule, size=size, batch=32, seed=seed)
        _, events = carried_out(config)
        assert isinstance(events[-1], Finished)
        return max(event.accuracy for event in events if isinstance(event, Evaluated))

    return reached


def test_ants_and_bees_are_told_apart_by_features_alone(accuracy, read_set, real_pictures):
    dataset = read_set(real_pictures / "hymenoptera")
    assert (sum(dataset.manifest.counts("train")), sum(dataset.manifest.counts("val"))) == (244, 153)
    assert mean(accuracy(dataset, "features", seed, epochs=FEATURE_EPOCHS) for seed in range(3)) >= 0.92


def test_digits_need_thawed_blocks(accuracy, store):
    dataset = store.albums.dataset(Reader(store, "person", 0, lambda *_: None, look_here).sample("digits"))
    assert len(dataset.manifest.examples) == 600
    features = accuracy(dataset, "features", size=DIGIT_SIZE)
    assert 0.82 <= features <= 0.94
    assert accuracy(dataset, "gradual", size=DIGIT_SIZE) >= features + 0.03
