"""Channels that stand out are told by what they really do, and the pictures that excite them are the right ones."""

from base64 import b64decode
from copy import deepcopy
from io import BytesIO

import pytest
import torch
from PIL import Image

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.engine.answers.excite import affordable, excite
from tlcore.engine.answers.see import as_grid, see
from tlcore.engine.answers.single_out import influences, output_and_slope, single_out
from tlcore.engine.assemble import assemble, assemble_untouched
from tlcore.engine.hooks import HookSession
from tlcore.engine.runtime import choose_runtime
from tlcore.errors import ChoiceError, ThawError
from tlcore.questions import Excite, Network, See, Shown, SingleOut

BLOCK = "blocks.4"


@pytest.fixture
def network():
    return Network(backbone=DEFAULT, weights="imagenet", checkpoint=None, classes=(), image_size=64)


@pytest.fixture
def assembly():
    card = backbone(DEFAULT)
    return assemble_untouched(DEFAULT, card.weights[0], 64, choose_runtime("cpu"))


@pytest.fixture
def picture(dataset):
    return Shown(data=dataset.manifest.digest, picture=dataset.manifest.examples[0].id)


@pytest.fixture
def grid(store, assembly, picture):
    """What the block puts out for the picture, (C, H, W)."""
    module = deepcopy(assembly.module).eval()
    inputs = assembly.encoder.normalise(assembly.encoder.encode(store.datasets.shown(picture)).unsqueeze(0))
    with torch.inference_mode(), HookSession(module, assembly.card.blocks) as hooks:
        module(inputs)
    return as_grid(hooks.captured[BLOCK][0], "map")


@pytest.mark.parametrize("by", ["mean", "variance"])
def test_channels_come_by_mean_or_by_how_they_differ_over_the_picture(store, assembly, network, picture, grid, by):
    asked = SingleOut(network=network, picture=picture, block=BLOCK, by=by, most=5)
    channels = single_out(store, assembly, asked).channels
    values = grid.flatten(1).mean(1) if by == "mean" else grid.flatten(1).var(1, correction=0)
    assert [channel.number for channel in channels] == values.topk(5).indices.tolist()
    assert [channel.value for channel in channels] == pytest.approx(values.topk(5).values.tolist(), rel=1e-5)
    _, height, width = grid.shape
    for channel in channels:
        assert Image.open(BytesIO(b64decode(channel.map.png))).size == (width, height)
        assert channel.map.low == pytest.approx(float(grid[channel.number].min()), rel=1e-5)
        assert channel.map.high == pytest.approx(float(grid[channel.number].max()), rel=1e-5)


def test_an_influence_is_how_far_the_answer_falls_when_a_channel_is_turned_down(store, assembly, network, picture):
    """A channel that is turned down by a thousandth changes the score by a thousandth of its influence."""
    asked = SingleOut(network=network, picture=picture, block=BLOCK, by="influence", answer=7, most=3)
    channels = single_out(store, assembly, asked).channels
    sizes = [abs(channel.value) for channel in channels]
    assert sizes == sorted(sizes, reverse=True)
    module = assembly.module.eval().double()
    inputs = assembly.encoder.normalise(assembly.encoder.encode(store.datasets.shown(picture)).unsqueeze(0)).double()
    part = module.get_submodule(backbone(DEFAULT).block(BLOCK).output)
    with torch.no_grad():
        whole = module(inputs)[0, 7]
        for channel in channels:
            down = torch.ones(part(inputs_of(module, part, inputs)).shape[1], dtype=torch.float64)
            down[channel.number] = 0.999
            handle = part.register_forward_hook(lambda _part, _inputs, out, down=down: out * down[:, None, None])
            fallen = whole - module(inputs)[0, 7]
            handle.remove()
            assert float(fallen) == pytest.approx(channel.value / 1000, rel=0.02)


def inputs_of(module, part, inputs):
    """Return what a part gets."""
    got = []
    handle = part.register_forward_pre_hook(lambda _part, given: got.append(given[0]))
    module(inputs)
    handle.remove()
    return got[0]


def test_influences_on_every_setting_of_frozen_blocks_are_alike(store, assembly, network, picture):
    asked = SingleOut(network=network, picture=picture, block=BLOCK, by="influence", answer=7)
    before = single_out(store, assembly, asked)
    assembly.module.requires_grad_(False)
    assert single_out(store, assembly, asked) == before


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_what_is_asked_leaves_the_network_as_it_was(store, assembly, network, picture, dataset, hooks_left, ends):
    module = assembly.module.train()
    frozen = next(module.children()).requires_grad_(False)
    kept = next(module.parameters())
    kept.grad = torch.ones_like(kept)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    if ends == "badly":
        last = backbone(DEFAULT).blocks[-1].output
        module.get_submodule(last).forward = lambda _x: [][0]
    shared = {"network": network, "picture": picture}
    for work in (
        lambda: see(store, assembly, See(**shared)),
        lambda: single_out(store, assembly, SingleOut(**shared, block=BLOCK)),
        lambda: single_out(store, assembly, SingleOut(**shared, block=BLOCK, by="influence")),
        lambda: excite(store, assembly, Excite(network=network, data=dataset.manifest.digest, block=BLOCK)),
    ):
        try:
            work()
        except IndexError:
            assert ends == "badly"
        assert hooks_left(module) == 0
        assert all(part.training for part in module.modules())
        assert not any(parameter.requires_grad for parameter in frozen.parameters())
        assert sum(parameter.grad is not None for parameter in module.parameters()) == 1
        assert torch.equal(kept.grad, torch.ones_like(kept))
        assert all(torch.equal(module.state_dict()[name], value) for name, value in before.items())


def test_the_pictures_that_excite_a_channel_are_those_with_its_highest_values(store, assembly, network, dataset):
    excited = excite(store, assembly, Excite(network=network, data=dataset.manifest.digest, block=BLOCK))
    assert excited.count == len(dataset.manifest.examples)
    module, peaks = assembly.module.eval(), {}
    for example in dataset.manifest.examples:
        inputs = assembly.encoder.normalise(assembly.encoder.encode(dataset.file(example)).unsqueeze(0))
        with torch.inference_mode(), HookSession(module, assembly.card.blocks) as hooks:
            module(inputs)
        peaks[example.id] = hooks.captured[BLOCK][0].flatten(1).amax(1)
    assert len(excited.channels) == assembly.card.block(BLOCK).shape[0]
    for channel, places in enumerate(excited.channels):
        told = [float(peaks[excited.pictures[place]][channel]) for place in places]
        best = sorted((float(values[channel]) for values in peaks.values()), reverse=True)[:6]
        assert told == pytest.approx(best, abs=1e-4)


def test_a_large_network_is_asked_about_fewer_pictures_and_never_about_none():
    small, large = backbone("resnet18"), backbone("vit_b_16")
    assert affordable(small, "layer1", 224) == 200
    last = large.block_names[-2]
    assert 24 < affordable(large, last, 224) < affordable(large, large.block_names[1], 224) < 200
    assert affordable(large, last, 384) == 24


@pytest.mark.parametrize(("name", "side"), [("vit_tiny_patch16_224", 4), ("mambaout_femto", 16)])
@pytest.mark.parametrize("by", ["mean", "influence"])
def test_tokens_and_channels_that_come_last_are_laid_out_as_they_lie_in_the_picture(
    store, dataset, picture, name, side, by
):
    card, classes = backbone(name), dataset.manifest.classes
    block = next(one for one in card.blocks[1:] if one.layout in ("tokens", "map_last"))
    assembly = assemble(store, name, "scratch", classes, 64, 0, choose_runtime("cpu"))
    network = Network(backbone=name, weights="scratch", checkpoint=None, classes=classes, image_size=64)
    asked = SingleOut(network=network, picture=picture, block=block.name, by=by, most=2)
    for channel in single_out(store, assembly, asked).channels:
        assert Image.open(BytesIO(b64decode(channel.map.png))).size == (side, side)


def test_influence_is_slope_times_activation_summed():
    grid, slope = torch.rand(3, 2, 2), torch.rand(3, 2, 2)
    expected = [sum(float(grid[c, y, x] * slope[c, y, x]) for y in (0, 1) for x in (0, 1)) for c in range(3)]
    assert influences(grid, slope).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("block", "answer", "said"),
    [
        ("layer9", -1, "layer9 is not a block of EfficientNet-Lite0"),
        ("head", -1, "head puts out 1,000 numbers that have no place in the picture"),
        (BLOCK, 1000, "This network has 1000, counted from 0"),
    ],
)
def test_what_cannot_be_singled_out_is_told(store, assembly, network, picture, block, answer, said):
    asked = SingleOut(network=network, picture=picture, block=block, by="influence", answer=answer)
    with pytest.raises(ChoiceError, match=said):
        single_out(store, assembly, asked)


def test_a_block_that_the_network_lacks_excites_nobody(store, assembly, network, dataset):
    with pytest.raises(ThawError, match="layer9 is not a block"):
        excite(store, assembly, Excite(network=network, data=dataset.manifest.digest, block="layer9"))


def test_a_slope_is_the_one_of_the_whole_networks_answer(assembly):
    """At the last block but one the score is linear in what follows, so that the slope is the head's own weights."""
    inputs = torch.rand(1, 3, 64, 64)
    module = assembly.module.eval()
    block = assembly.card.blocks[-2]
    output, slope = output_and_slope(assembly, block.name, inputs, 3)
    assert slope.shape == output.shape
    weight = module.get_submodule(assembly.card.head.prefixes[0]).weight[3].detach()
    if output.ndim == 4:
        assert slope[0].sum((1, 2)) == pytest.approx(weight, abs=1e-6)
