"""Weights are read without running code, checked against the network, and refused with names where they do not fit."""

import pickle
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torchvision.models.vision_transformer import interpolate_embeddings

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.catalog.weights import weights_file
from tlcore.engine import state as state_room
from tlcore.engine.bring import bring_weights
from tlcore.engine.modality.image import Encoder, build_module, build_outline
from tlcore.engine.state import load_trunk, load_whole, published_state
from tlcore.errors import WeightsError

OWN_FILES = {
    "mobilenet_v2": "mobilenet_v2-from-pytorch-ios-demo.pth",
    "squeezenet1_0": "squeezenet1_0-from-songhan-compressed.pth",
}


class Evil:
    """A pickle that writes a canary when it is read."""

    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return Path.touch, (Path(self.canary),)


@pytest.fixture(scope="module")
def squeezenet():
    torch.manual_seed(0)
    return build_module(backbone("squeezenet1_0"), 1000).state_dict()


@pytest.fixture
def bring(store):
    def bring(path, name="squeezenet1_0"):
        return bring_weights(store, path, path.name, name, "person")

    return bring


def refusal(bring, path, name="squeezenet1_0"):
    with pytest.raises(WeightsError) as caught:
        bring(path, name)
    assert str(path.parent) not in str(caught.value)
    assert caught.value.hint
    return caught.value.message


def test_the_packages_weights_load_into_the_network_that_they_were_made_for():
    card = backbone(DEFAULT)
    state = published_state(card, card.weights[0])
    assert len(state) == 296
    module = build_module(card, 1000)
    assert {name: value.shape for name, value in module.state_dict().items()} == {
        name: value.shape for name, value in state.items()
    }
    assert not module.load_state_dict(state).missing_keys


def test_with_published_weights_the_trunk_is_theirs_and_the_head_is_new(plan, dataset, put_together):
    assembly = put_together(plan(dataset, name=DEFAULT, weights="imagenet"), dataset)
    state, published = assembly.module.state_dict(), published_state(assembly.card, backbone(DEFAULT).weights[0])
    head = [name for name in state if assembly.card.head.holds(name)]
    assert all(torch.equal(state[name], published[name]) for name in state if name not in head)
    assert [tuple(state[name].shape) for name in head] == [(3, 1280), (3,)]


def test_a_flipped_byte_in_the_packages_weights_is_refused(tmp_path, monkeypatch):
    card = backbone(DEFAULT)
    weights = card.weights[0]
    damaged = tmp_path / weights.file
    content = bytearray(weights_file(weights).read_bytes())
    content[len(content) // 3] ^= 4
    damaged.write_bytes(content)
    monkeypatch.setattr(state_room, "weights_file", lambda _: damaged)
    with pytest.raises(WeightsError, match="are damaged"):
        published_state(card, weights)


def test_weights_that_are_not_here_are_told_with_their_size(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    card = backbone("resnet18")
    with pytest.raises(WeightsError, match=r"ResNet-18 \(ImageNet-1K\) are not on this machine \(45 MB\)"):
        published_state(card, card.weights[0])


def test_pictures_are_prepared_as_the_weights_learned_with_them(pictures):
    card = backbone(DEFAULT)
    steps = card.preprocessing("imagenet")
    encoder = Encoder(steps)
    path = pictures / "red" / "0.png"
    pixels = encoder.encode(path)
    assert (pixels.shape, pixels.dtype) == ((3, 224, 224), torch.uint8)
    assert encoder.crop(path).size == (224, 224)
    normal = encoder.normalise(pixels.unsqueeze(0))
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (steps.mean, steps.std))
    assert torch.allclose(normal[0], (pixels.float() / 255 - mean) / std, atol=1e-5)
    assert steps.interpolation == "bicubic"


@pytest.mark.parametrize("name", OWN_FILES)
def test_a_file_as_others_saved_it_fits_its_backbone(bring, store, real_weights, plan, dataset, put_together, name):
    sha256 = bring(real_weights / OWN_FILES[name], name)
    assert [weights.sha256 for weights in store.imported.of("person", name)] == [sha256]
    assembly = put_together(plan(dataset, name=name, weights=sha256), dataset)
    theirs = torch.load(real_weights / OWN_FILES[name], map_location="cpu", weights_only=True)
    own = assembly.module.state_dict()
    trunk = [one for one in own if not assembly.card.head.holds(one)]
    assert all(torch.equal(own[one], theirs[one]) for one in trunk)


def test_a_file_for_another_backbone_is_refused_with_names(bring, real_weights):
    said = refusal(bring, real_weights / OWN_FILES["mobilenet_v2"], "squeezenet1_0")
    assert said.startswith("These weights do not fit SqueezeNet 1.0: the file lacks features.0.weight,")
    assert said.rstrip(".").endswith("more")


@pytest.mark.parametrize("end", [".safetensors", ".pth"])
@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {f"module.{key}": state[key] for key in state}])
def test_a_state_dict_in_either_form_is_kept_as_safetensors(bring, store, squeezenet, tmp_path, end, wrap):
    path = tmp_path / f"mine{end}"
    (save_file if end == ".safetensors" else torch.save)(wrap(squeezenet), path)
    kept = load_file(store.blobs.path(bring(path)))
    assert set(kept) == set(squeezenet)
    assert all(torch.equal(kept[name], squeezenet[name]) for name in kept)


def test_a_training_checkpoint_with_a_state_dict_inside_is_read(bring, squeezenet, tmp_path):
    torch.save({"epoch": 3, "state_dict": squeezenet}, tmp_path / "mine.pth")
    assert len(bring(tmp_path / "mine.pth")) == 64


def test_a_file_for_other_classes_fits_since_the_head_is_made_new(bring, tmp_path):
    torch.save(build_module(backbone("squeezenet1_0"), 7).state_dict(), tmp_path / "seven.pth")
    assert len(bring(tmp_path / "seven.pth")) == 64


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_code_in_a_file_is_refused_and_does_not_run(bring, tmp_path, protocol):
    canary = tmp_path / "canary"
    path = tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps({"features.0.weight": Evil(canary)}, protocol=protocol))
    assert "not a state dict" in refusal(bring, path)
    assert not canary.exists()
    pickle.loads(path.read_bytes())  # noqa: S301
    assert canary.exists(), "the file would have run its code"


def test_code_in_a_torch_archive_is_refused_and_does_not_run(bring, tmp_path):
    canary = tmp_path / "canary"
    torch.save({"features.0.weight": torch.zeros(1), "more": Evil(canary)}, tmp_path / "evil.pth")
    assert "not a state dict" in refusal(bring, tmp_path / "evil.pth")
    assert not canary.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"P",
        b"PK\x03\x04 no zip",
        b"\x80\x02 no pickle",
        b"{}",
        b"\xff" * 8 + b"{}",
        (10**6).to_bytes(8, "little") + b"{}",
        b"\x08\x00\x00\x00\x00\x00\x00\x00not json",
        b'\x44\x00\x00\x00\x00\x00\x00\x00{"a":{"dtype":"F32","shape":[9999999,9999999],"data_offsets":[0,4]}}',
        b"<!DOCTYPE html><html>",
    ],
)
def test_garbage_is_refused_in_a_sentence(bring, tmp_path, content):
    for end in ("safetensors", "pth"):
        path = tmp_path / f"garbage.{end}"
        path.write_bytes(content)
        assert refusal(bring, path)


def test_half_a_file_is_refused(bring, squeezenet, tmp_path):
    for end, save in (("safetensors", save_file), ("pth", torch.save)):
        path = tmp_path / f"whole.{end}"
        save(squeezenet, path)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        assert refusal(bring, path)


@pytest.mark.parametrize("what", [[1, 2], {"features.0.weight": "a word"}, {"state_dict": {"a": 1}}])
def test_a_file_without_tensors_is_refused(bring, tmp_path, what):
    torch.save(what, tmp_path / "no.pth")
    assert refusal(bring, tmp_path / "no.pth") == "This file holds no state dict."


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused_by_name(bring, squeezenet, tmp_path, value):
    spoilt = {**squeezenet, "features.3.squeeze.weight": squeezenet["features.3.squeeze.weight"] * value}
    torch.save(spoilt, tmp_path / "nan.pth")
    assert "features.3.squeeze.weight" in refusal(bring, tmp_path / "nan.pth")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.pop("features.0.bias"), "the file lacks features.0.bias"),
        (lambda state: state.update({"tail.weight": torch.zeros(1)}), "the file has tail.weight"),
        (lambda state: state.update({"features.0.bias": torch.zeros(3)}), "in another shape features.0.bias"),
    ],
)
def test_what_does_not_fit_is_named(bring, squeezenet, tmp_path, change, said):
    state = dict(squeezenet)
    change(state)
    torch.save(state, tmp_path / "odd.pth")
    assert said in refusal(bring, tmp_path / "odd.pth")


def test_a_trunk_that_is_loaded_leaves_the_head_alone(squeezenet):
    card = backbone("squeezenet1_0")
    module = build_module(card, 3)
    head = module.state_dict()["classifier.1.weight"].clone()
    load_trunk(module, card, squeezenet)
    assert torch.equal(module.state_dict()["classifier.1.weight"], head)
    assert torch.equal(module.state_dict()["features.0.weight"], squeezenet["features.0.weight"])


def outlined(name, classes=1000):
    """Return a state dict of zeros with the names and shapes of a network, quickly."""
    return {
        key: torch.zeros_like(value, device="cpu")
        for key, value in build_outline(backbone(name), classes).state_dict().items()
    }


@pytest.mark.parametrize(
    ("name", "extra"), [("googlenet", "aux1.conv.conv.weight"), ("inception_v3", "AuxLogits.fc.bias")]
)
def test_heads_for_training_only_are_dropped_from_published_files(name, extra):
    card = backbone(name)
    state = outlined(name) | {extra: torch.zeros(3)}
    load_trunk(build_module(card, 3), card, state)
    with pytest.raises(WeightsError, match="the file has aux9"):
        load_trunk(build_module(card, 3), card, state | {"aux9.weight": torch.zeros(3)})


def test_names_from_before_torchvision_renamed_its_layers_are_understood():
    for name, old, new in (
        ("densenet121", ("norm1.", "norm2.", "conv1.", "conv2."), ("norm.1.", "norm.2.", "conv.1.", "conv.2.")),
        ("vit_b_32", ("mlp.0.", "mlp.3."), ("mlp.linear_1.", "mlp.linear_2.")),
    ):
        card, state = backbone(name), {}
        for key, value in outlined(name).items():
            for now, before in zip(old, new, strict=True):
                if "denselayer" in key or "mlp" in key:
                    key = key.replace(now, before)
            state[key] = value
        assert any(before in key for key in state for before in new)
        load_trunk(build_module(card, 3), card, state)


def test_position_embeddings_for_larger_pictures_are_stretched_as_torchvision_does():
    card = backbone("vit_b_32")
    module = build_module(card, 3)
    state = module.state_dict()
    large = torch.randn(1, 1 + 12 * 12, 768)
    theirs = interpolate_embeddings(224, 32, OrderedDict({"encoder.pos_embedding": large}))["encoder.pos_embedding"]
    load_trunk(module, card, state | {"encoder.pos_embedding": large})
    assert torch.allclose(module.encoder.pos_embedding, theirs, atol=1e-6)
    with pytest.raises(WeightsError, match=r"in another shape encoder\.pos_embedding"):
        load_trunk(module, card, state | {"encoder.pos_embedding": torch.zeros(1, 1 + 49, 99)})


def test_weights_without_a_head_are_loaded_whole_into_a_network_without_one():
    card = backbone("vit_small_patch14_dinov2")
    weights = card.weights[0]
    assert weights.classes == 0
    state = outlined(card.name, weights.classes)
    assert not any(card.head.holds(name) for name in state)
    load_whole(build_module(card, weights.classes), card, state)
    load_trunk(build_module(card, 3), card, state)
