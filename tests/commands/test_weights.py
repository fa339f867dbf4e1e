"""The verb `weights` lists, packs and unpacks; weights of somebody's own are taken from a file."""

import json
from zipfile import ZipFile

from tlcore.catalog.backbones import BACKBONES
from tlcore.planfile import to_yaml
from tlcore.store import Store


def test_weights_are_listed_with_what_is_here(said, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    _, out, _ = said("weights", "--json")
    rows = {(row["backbone"], row["weights"]): row for row in json.loads(out)["weights"]}
    assert list(rows) == [(card.name, weights.name) for card in BACKBONES.values() for weights in card.weights]
    assert [name for name, row in rows.items() if row["here"]] == [("efficientnet_lite0", "imagenet")]
    assert rows["resnet50", "IMAGENET1K_V2"]["accuracy"] == 80.9
    assert "download, 528 MB" in said("weights")[1]


def test_weights_are_packed_on_one_machine_and_unpacked_on_another(said, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "one"))
    cache = tmp_path / "one" / "hub" / "checkpoints"
    cache.mkdir(parents=True)
    file = BACKBONES["convnextv2_atto"].weights[0].file
    (cache / file).write_bytes(b"weights")
    words = ("weights", "pack", "convnextv2_atto", "efficientnet_lite0", "--to", str(tmp_path / "usb"), "--json")
    assert json.loads(said(*words)[1]) == {"files": [file]}
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "two"))
    assert said("weights", "unpack", str(tmp_path / "usb")) == (0, f"{file}\n", "")
    assert (tmp_path / "two" / "hub" / "checkpoints" / file).read_bytes() == b"weights"


def test_own_weights_are_taken_from_a_file(said, pictures, trained, own_home, tmp_path):
    said("export", trained["run"], str(tmp_path / "x.zip"))
    with ZipFile(tmp_path / "x.zip") as archive:
        archive.extract("weights.safetensors", tmp_path)
    words = ("--backbone=squeezenet1_0", "--epochs=1", "--image-size=32", "--json")
    status, out, _ = said("train", str(pictures), *words, "--weights", str(tmp_path / "weights.safetensors"))
    assert status == 0
    opened = Store(own_home)
    config = opened.runs.named(json.loads(out)["run"]).config
    assert len(config.weights) == 64
    assert opened.blobs.path(config.weights).is_file()
    opened.close()
    (tmp_path / "plan.yaml").write_text(to_yaml(config), encoding="utf-8")
    assert said("plan", "--plan", str(tmp_path / "plan.yaml"))[0] == 0
