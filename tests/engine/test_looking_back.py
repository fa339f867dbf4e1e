"""The desk answers where a class's score comes from, and whether a network is alive; what it cannot answer it says."""

from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import pytest
import torch
from PIL import Image

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.diagnosis import dead_told, gradients_told
from tlcore.engine.answers.differentiate import differentiate
from tlcore.engine.answers.examine import examine
from tlcore.engine.assemble import assemble
from tlcore.engine.desk import Desk
from tlcore.engine.runtime import choose_runtime
from tlcore.errors import ThawError
from tlcore.questions import Differentiate, Examine, Network, Shown

_UNTOUCHED = Network(backbone=DEFAULT, weights="imagenet", checkpoint=None, classes=(), image_size=64)


@pytest.fixture
def desk(store):
    return Desk(store)


@pytest.fixture
def question(dataset):
    picture = Shown(data=dataset.manifest.digest, picture=dataset.manifest.examples[0].id)
    return Differentiate(network=_UNTOUCHED, picture=picture, wanted=None)


@pytest.fixture
def examination(dataset):
    return Examine(network=_UNTOUCHED, data=dataset.manifest.digest)


@pytest.fixture
def small(store, dataset):
    """A network from random numbers, with a head for the set's classes, as the desk keeps it ready."""
    return assemble(store, "squeezenet1_0", "scratch", dataset.manifest.classes, 32, 0, choose_runtime("cpu"))


def test_the_score_of_the_likeliest_class_is_sent_back_through_every_block(store, desk, question):
    assert store.asked.ask(question) is None
    assert desk.answer_next()
    found = store.asked.ask(question)
    assert found.of == found.likely[0]
    assert len(found.likely) == 20
    scores = [candidate.score for candidate in found.likely]
    assert scores == sorted(scores, reverse=True)
    assert [block.block for block in found.blocks] == [block.name for block in backbone(DEFAULT).blocks[:-1]]
    for block in found.blocks:
        picture = Image.open(BytesIO(b64decode(block.map.png)))
        assert picture.size == block.shape[:0:-1]
        assert (block.map.low, picture.getextrema()[1]) == (0.0, 255)
        assert block.size > 0


def test_before_a_mean_over_all_places_every_place_counts_the_same(desk, question):
    blocks = desk._answer(question).blocks
    assert [block.block for block in blocks if block.even] == ["blocks.6"]
    assert set(Image.open(BytesIO(b64decode(blocks[-1].map.png))).tobytes()) == {255}


def test_every_class_has_gradients_of_its_own(desk, question):
    first, second = (desk._answer(replace(question, wanted=number)) for number in (0, 1))
    assert (first.of.number, second.of.number) == (0, 1)
    assert first.of.name != second.of.name
    assert first.blocks != second.blocks


@pytest.mark.parametrize("number", [-1, 1000])
def test_a_class_that_the_network_lacks_is_refused_in_words(desk, question, number):
    with pytest.raises(ThawError, match=f"Class {number} is not one of this network's. Known: 0 to 999."):
        desk._answer(replace(question, wanted=number))


def test_weights_without_a_head_have_no_score(store, small, question):
    untouched = replace(small, classes=())
    with pytest.raises(ThawError, match="no class has a score"):
        differentiate(store, untouched, replace(question, network=replace(_UNTOUCHED, weights="scratch")))


def test_a_network_comes_back_as_it_was_also_after_an_error(store, small, question, examination, hooks_left):
    small.module.train()
    small.module.features[0].eval()
    for parameter in small.module.features[3].parameters():
        parameter.requires_grad_(False)

    def state():
        return (
            [part.training for part in small.module.modules()],
            [(parameter.requires_grad, parameter.grad) for parameter in small.module.parameters()],
            hooks_left(small.module),
        )

    before, values = state(), {name: value.clone() for name, value in small.module.state_dict().items()}
    differentiate(store, small, question)
    examine(store, small, examination)
    with pytest.raises(ThawError):
        differentiate(store, small, replace(question, wanted=99))
    small.module.classifier[1] = torch.nn.Linear(7, 3)
    broken = state()
    for fails in (lambda: differentiate(store, small, question), lambda: examine(store, small, examination)):
        with pytest.raises(RuntimeError):
            fails()
        assert state() == broken
    assert broken[2] == before[2] == 0
    assert [flag for flag, _ in before[1]][:-2] == [flag for flag, _ in broken[1]][:-2]
    kept = small.module.state_dict()
    assert all(torch.equal(kept[name], value) for name, value in values.items() if not name.startswith("classifier"))


def test_a_gradient_that_a_network_shrinks_on_purpose_is_told(store, small, question):
    with torch.no_grad():
        small.module.features[10].squeeze.weight.mul_(1e-5)
    told = gradients_told(differentiate(store, small, question))
    assert not told.sound
    assert told.told.startswith("the gradient vanishes: at `stem`")


def test_a_gradient_that_a_network_enlarges_on_purpose_is_told(store, small, question):
    with torch.no_grad():
        small.module.features[10].squeeze.weight.mul_(1e5)
    told = gradients_told(differentiate(store, small, question))
    assert not told.sound
    assert told.told.startswith("the gradient explodes: at `stem`")


def test_a_gradient_that_is_no_number_is_told(store, small, question):
    with torch.no_grad():
        small.module.features[10].squeeze.weight.fill_(float("nan"))
    found = differentiate(store, small, question)
    assert (found.blocks[0].size, found.blocks[0].map) == (None, None)
    assert "no number any more" in gradients_told(found).told


def test_a_shut_relu_lets_no_gradient_through_and_its_channels_are_dead(store, small, question, examination):
    with torch.no_grad():
        small.module.features[10].squeeze.bias.fill_(-1e6)
    told = gradients_told(differentiate(store, small, question))
    assert not told.sound
    assert "no gradient at all reaches `features.10`" in told.told
    health = examine(store, small, examination)
    before = {block.block: block.dead for block in health.blocks}
    assert before["features.10"] >= 64
    assert "most in `features.10`" in dead_told(health).told


def test_every_block_of_the_default_network_is_examined(desk, examination):
    health = desk._answer(examination)
    assert health.count == 3
    assert [block.block for block in health.blocks] == [block.name for block in backbone(DEFAULT).blocks[:-1]]
    assert all(block.stuck is None and block.dead < block.channels for block in health.blocks)


def test_equal_examinations_give_equal_answers(desk, examination):
    assert desk._answer(examination) == desk._answer(examination)


def test_of_one_picture_alone_nothing_can_be_told(desk, examination, monkeypatch):
    monkeypatch.setattr("tlcore.engine.answers.examine._MOST", 1)
    with pytest.raises(ThawError, match="Put at least two on the validation side"):
        desk._answer(examination)


@pytest.mark.slow
def test_the_default_network_is_healthy_on_real_photographs(desk, read_set, real_pictures):
    manifest = read_set(real_pictures / "hymenoptera").manifest
    network = replace(_UNTOUCHED, image_size=224)
    health = desk._answer(Examine(network=network, data=manifest.digest))
    assert health.count == 64
    assert dead_told(health).sound
    picture = Shown(data=manifest.digest, picture=manifest.of("val")[0].id)
    assert gradients_told(desk._answer(Differentiate(network=network, picture=picture, wanted=None))).sound
