"""The desk tells where a network looks: every class of it, every method, and in plain words what cannot be asked."""

from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from math import sqrt

import pytest
import torch
from PIL import Image

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.config import Phase
from tlcore.engine.assemble import assemble_checkpoint
from tlcore.engine.desk import Desk
from tlcore.engine.gradcam import grad_cam
from tlcore.engine.runtime import choose_runtime
from tlcore.errors import ThawError
from tlcore.events import Checkpointed
from tlcore.questions import Explain, Network, Rank, Shown

CENTRAL = 0.6
"""Share of the picture's area, around its middle."""


@pytest.fixture
def network():
    return Network(backbone=DEFAULT, weights="imagenet", checkpoint=None, classes=(), image_size=64)


@pytest.fixture
def shown(dataset):
    return Shown(data=dataset.manifest.digest, picture=dataset.manifest.examples[0].id)


@pytest.fixture
def ask(store):
    desk = Desk(store)

    def ask(question):
        assert store.asked.ask(question) is None
        assert desk.answer_next()
        return store.asked.ask(question)

    return ask


def test_every_class_is_ranked_the_likeliest_first(ask, network, shown):
    ranked = ask(Rank(network=network, picture=shown)).classes
    assert sorted(ranking.number for ranking in ranked) == list(range(1000))
    probabilities = [ranking.probability for ranking in ranked]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len({ranking.name for ranking in ranked}) > 990


@pytest.mark.parametrize("method", ["grad_cam", "eigen_cam"])
def test_maps_of_every_block_with_a_grid_begin_at_nothing(ask, network, shown, method):
    answer = ask(Explain(network=network, picture=shown, method=method, target=7))
    card = backbone(DEFAULT)
    assert [evidence.block for evidence in answer.evidence] == [block.name for block in card.blocks[:-1]]
    for evidence, block in zip(answer.evidence, card.blocks, strict=False):
        grey = Image.open(BytesIO(b64decode(evidence.map.png)))
        assert grey.size[0] == max(1, -(-block.shape[1] * 64 // card.sizes.usual))
        assert evidence.map.low == 0
        assert grey.getextrema()[1] == (255 if evidence.map.high else 0)
    assert f"def {method}(" in answer.listing
    assert len(answer.listing.splitlines()) < 25


@pytest.mark.parametrize(("method", "side"), [("integrated_gradients", 22), ("occlusion", 10)])
def test_pixels_are_asked_in_bounded_time(ask, network, shown, method, side):
    answer = ask(Explain(network=network, picture=shown, method=method, target=7))
    (evidence,) = answer.evidence
    assert evidence.block == ""
    assert Image.open(BytesIO(b64decode(evidence.map.png))).size == (side, side)
    assert answer.passes <= 82


def test_a_class_that_is_not_there_is_told_in_words(ask, network, shown):
    for target in (1000, -1):
        with pytest.raises(ThawError, match=f"has no class number {target} here"):
            ask(Explain(network=network, picture=shown, method="grad_cam", target=target))
    gone = replace(network, checkpoint="f" * 64, classes=("a", "b"))
    with pytest.raises(ThawError, match="missing from the home folder"):
        ask(Explain(network=gone, picture=shown, method="grad_cam", target=0))


@pytest.mark.slow
def test_a_trained_network_looks_at_the_ants_and_bees(read_set, plan, carried_out, store, real_pictures):
    """The animals are near the middle of most of these photographs; a peak by chance is there for 51 % of them."""
    dataset = read_set(real_pictures / "hymenoptera")
    features = (Phase(epochs=4, rates={"head": 0.001}),)
    _, events = carried_out(plan(dataset, DEFAULT, "imagenet", schedule=features, size=224, batch=32))
    kept = [event.sha256 for event in events if isinstance(event, Checkpointed)][-1]
    classes, runtime = dataset.manifest.classes, choose_runtime("cpu")
    assembly = assemble_checkpoint(store, DEFAULT, "imagenet", kept, classes, 224, runtime)
    module, block = assembly.module.eval(), assembly.card.blocks[-2]
    central = []
    for example in dataset.manifest.of("val"):
        picture = assembly.encoder.normalise(assembly.encoder.encode(dataset.file(example)).unsqueeze(0))
        with torch.no_grad():
            answer = int(module(picture).argmax())
        if answer == example.label:
            found = grad_cam(module, [block], picture, answer)[block.name]
            row, column = divmod(int(found.argmax()), found.shape[1])
            away = max(abs((row + 0.5) / found.shape[0] - 0.5), abs((column + 0.5) / found.shape[1] - 0.5))
            central.append(away <= sqrt(CENTRAL) / 2)
    assert len(central) > 0.9 * len(dataset.manifest.of("val"))
    assert sum(central) >= 0.7 * len(central), f"{sum(central)} of {len(central)}"
