"""Features of a set are what a plain forward pass puts out, averaged; they come in parts, as files of the store."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from tlcore.catalog.backbones import backbone
from tlcore.engine.answers.pool import pool, rounded
from tlcore.engine.assemble import assemble
from tlcore.engine.desk import Desk
from tlcore.engine.features import pooled
from tlcore.engine.runtime import choose_runtime
from tlcore.errors import ThawError
from tlcore.feature_table import read_table
from tlcore.questions import Network, Pool

SIZES = {"mobilenet_v2": 32, "vit_tiny_patch16_224": 32, "swin_t": 32}


@pytest.fixture
def network(store, dataset):
    def built(name):
        return assemble(store, name, "scratch", dataset.manifest.classes, SIZES[name], 0, choose_runtime("cpu"))

    return built


@pytest.fixture
def question(dataset):
    def made(name, *blocks, first=0, count=100):
        seen = Network(
            backbone=name, weights="scratch", checkpoint=None, classes=dataset.manifest.classes, image_size=SIZES[name]
        )
        return Pool(network=seen, data=dataset.manifest.digest, blocks=blocks, first=first, count=count)

    return made


@pytest.mark.parametrize("name", SIZES)
def test_features_are_what_a_plain_forward_pass_puts_out(store, dataset, network, question, hooks_left, name):
    assembly, card = network(name), backbone(name)
    blocks = (card.blocks[1], card.blocks[-2])
    answer = pool(store, assembly, question(name, *(block.name for block in blocks)))
    found = load_file(store.blobs.whole(answer.sha256))
    assert hooks_left(assembly.module) == 0
    squares = torch.stack([assembly.encoder.encode(dataset.file(one)) for one in dataset.manifest.examples])
    kept = {}
    for block in blocks:
        part = assembly.module.get_submodule(block.output)
        part.register_forward_hook(lambda _part, _inputs, output, name=block.name: kept.update({name: output.clone()}))
    with torch.no_grad():
        assembly.module.eval()(assembly.encoder.normalise(squares))
    for block in blocks:
        output = kept[block.name]
        plain = {"map": (2, 3), "map_last": (1, 2), "tokens": (1,)}[block.layout]
        if block.layout == "tokens":
            output = output[:, 1:]  # without the class token
        torch.testing.assert_close(found[block.name], output.mean(plain), rtol=2e-5, atol=1e-6)


def test_the_class_token_is_not_among_the_patches():
    tokens = torch.ones(2, 1 + 9, 5)
    tokens[:, 0] = 100.0
    assert torch.equal(pooled(tokens, "tokens"), torch.ones(2, 5))


def test_parts_of_a_set_are_the_whole_in_its_order(store, dataset, network, question):
    assembly = network("mobilenet_v2")
    (last,) = {backbone("mobilenet_v2").blocks[-2].name}
    files = [
        store.blobs.whole(pool(store, assembly, question("mobilenet_v2", last, first=first, count=7)).sha256)
        for first in (0, 7, 14)
    ]
    assert [len(load_file(file)[last]) for file in files] == [7, 7, 4]
    table = read_table(dataset.manifest, files)
    (whole,) = load_file(store.blobs.whole(pool(store, assembly, question("mobilenet_v2", last)).sha256)).values()
    torch.testing.assert_close(torch.from_numpy(table.features[last]), whole, rtol=2e-5, atol=1e-6)
    assert table.about["file"] == [one.name for one in dataset.manifest.examples]


def test_the_desk_answers_and_the_same_question_has_the_same_file(store, question):
    asked = question("mobilenet_v2", backbone("mobilenet_v2").blocks[-2].name)
    files = set()
    for _ in range(2):
        assert store.asked.ask(asked) is None
        assert Desk(store).answer_next()
        files.add(store.asked.ask(asked).sha256)
        store.asked.forget(asked)
    assert len(files) == 1


def test_a_block_that_the_network_lacks_is_refused_in_words(store, network, question):
    with pytest.raises(ThawError, match="layer9 is not a block of"):
        pool(store, network("mobilenet_v2"), question("mobilenet_v2", "layer9"))


def test_a_set_that_is_gone_is_refused_in_words(store, network, question):
    asked = replace(question("mobilenet_v2", backbone("mobilenet_v2").blocks[0].name), data="0" * 64)
    with pytest.raises(ThawError, match="not here any more"):
        pool(store, network("mobilenet_v2"), asked)


def test_numbers_are_rounded_to_six_digits():
    values = torch.tensor([[0.0, -1.2345678, 123456.78, 1.2345678e-8, torch.inf, torch.nan]])
    told = ["0", "-1.23457", "123457", "1.23457e-08", "inf", "nan"]
    assert [f"{value:.7g}" for value in rounded(values)[0].tolist()] == told


def test_the_file_of_an_answer_is_kept_and_that_of_none_is_swept(store, network, question):
    asked = question("mobilenet_v2", backbone("mobilenet_v2").blocks[0].name)
    store.asked.ask(asked)
    answer = pool(store, network("mobilenet_v2"), asked)
    store.asked.answer(asked, answer)
    store.space.sweep(frozenset(), age=-1.0)
    assert store.blobs.whole(answer.sha256)
    store.asked.forget(asked)
    store.space.sweep(frozenset(), age=-1.0)
    assert store.asked.known(asked) is None
    assert not store.blobs.size(answer.sha256)
