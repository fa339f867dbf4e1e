"""What is taken along works without Thaw: the script in the zip gives the class that Thaw gives."""

import json
import subprocess
import sys
from hashlib import sha256 as sha256_of
from zipfile import ZipFile

import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from tlcore import __version__
from tlcore.catalog.backbones import DEFAULT
from tlcore.engine.answers.see import see
from tlcore.engine.assemble import assemble_checkpoint
from tlcore.engine.runtime import choose_runtime
from tlcore.events import Checkpointed, Evaluated
from tlcore.questions import Network, See, Shown
from tlcore.strategies import fill
from tlcore.takeaway import METADATA_KEY, pack, predict_script

SIZE = 96


@pytest.fixture
def taken(plan, carried_out, store, tmp_path):
    """Train a set quickly and unpack what is taken along."""

    def take(dataset, name=DEFAULT, weights="imagenet"):
        config = plan(dataset, name=name, weights=weights, schedule=fill("features", ["head"], 3), size=SIZE)
        run, events = carried_out(config)
        kept = [event for event in events if isinstance(event, Checkpointed)][-1]
        (best,) = [event for event in events if isinstance(event, Evaluated) and event.epoch == kept.epoch]
        (tmp_path / "run.zip").write_bytes(pack(store.blobs.path(kept.sha256)))
        with ZipFile(tmp_path / "run.zip") as archive:
            archive.extractall(tmp_path / "taken along")
        return tmp_path / "taken along", run, kept, best

    return take


def predicted(folder, picture):
    done = subprocess.run(
        [sys.executable, "predict.py", str(picture)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def given(store, dataset, kept, picture):
    """The class and the probability that Thaw itself gives."""
    classes = dataset.manifest.classes
    assembly = assemble_checkpoint(store, DEFAULT, "imagenet", kept.sha256, classes, SIZE, choose_runtime("cpu"))
    asked = See(
        network=Network(backbone=DEFAULT, weights="imagenet", checkpoint=kept.sha256, classes=classes, image_size=SIZE),
        picture=Shown(data=dataset.manifest.digest, picture=picture.id),
    )
    return see(store, assembly, asked).answers[0]


def test_the_zip_holds_weights_a_card_and_a_script(dataset, taken):
    folder, run, kept, best = taken(dataset)
    assert sorted(path.name for path in folder.iterdir()) == ["predict.py", "thaw.json", "weights.safetensors"]
    card = json.loads((folder / "thaw.json").read_text(encoding="utf-8"))
    assert (card["run"], card["epoch"], card["thaw"]) == (run, kept.epoch, __version__)
    assert (card["right"], card["count"]) == (best.right, best.count)
    assert card["classes"] == ["blue", "green", "red"]
    assert (card["preprocessing"]["crop"], card["began_with"]) == (SIZE, "imagenet")
    assert (folder / "predict.py").read_text(encoding="utf-8") == predict_script()
    assert "tlcore" not in predict_script().replace("Thaw", "")


def test_the_script_says_what_thaw_says(store, dataset, taken):
    folder, _, kept, _ = taken(dataset)
    picture = dataset.manifest.of("val")[0]
    ours = given(store, dataset, kept, picture)
    assert predicted(folder, dataset.path(picture.id)) == f"{ours.name} {ours.probability:.1%}\n"


def test_the_script_refuses_damaged_weights(dataset, taken):
    folder, *_ = taken(dataset)
    content = bytearray((folder / "weights.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(content)
    with pytest.raises(AssertionError, match=r"weights\.safetensors is damaged"):
        predicted(folder, dataset.path(dataset.manifest.examples[0].id))


def test_the_script_turns_a_photograph_as_its_camera_says(dataset, taken, tmp_path):
    folder, *_ = taken(dataset)
    upright = Image.open(dataset.path(dataset.manifest.of("val")[0].id))
    orientation = Image.Exif()
    orientation[0x0112] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=orientation)
    upright.save(tmp_path / "upright.png")
    assert predicted(folder, tmp_path / "turned.png") == predicted(folder, tmp_path / "upright.png")


@pytest.mark.slow
def test_the_script_says_what_thaw_says_of_a_real_photograph(store, read_set, real_pictures, taken, tmp_path):
    few = tmp_path / "ants and bees"
    for name in ("ants", "bees"):
        (few / name).mkdir(parents=True)
        for path in sorted((real_pictures / "hymenoptera" / "train" / name).iterdir())[:12]:
            (few / name / path.name).write_bytes(path.read_bytes())
    dataset = read_set(few)
    folder, _, kept, _ = taken(dataset)
    for picture in dataset.manifest.of("val")[::3]:
        ours = given(store, dataset, kept, picture)
        assert predicted(folder, dataset.path(picture.id)).rpartition(" ")[0] == ours.name


def test_a_network_that_is_built_with_options_is_built_with_them_elsewhere(dataset, taken):
    folder, *_ = taken(dataset, "vit_tiny_patch16_224", "scratch")
    assert json.loads((folder / "thaw.json").read_text(encoding="utf-8"))["options"] == {"dynamic_img_size": True}
    assert predicted(folder, dataset.path(dataset.manifest.examples[0].id)).split()[0] in dataset.manifest.classes


def test_weights_of_the_first_version_are_packed_with_what_the_script_needs(tmp_path, dataset, taken):
    folder, *_ = taken(dataset)
    card = json.loads((folder / "thaw.json").read_text(encoding="utf-8"))
    del card["options"], card["sha256"]
    save_file(load_file(folder / "weights.safetensors"), tmp_path / "old", metadata={METADATA_KEY: json.dumps(card)})
    (tmp_path / "old.zip").write_bytes(pack(tmp_path / "old"))
    with ZipFile(tmp_path / "old.zip") as archive:
        sha256 = sha256_of(archive.read("weights.safetensors")).hexdigest()
        assert json.loads(archive.read("thaw.json")) == card | {"options": {}, "sha256": sha256}
