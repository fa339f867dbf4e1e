"""Pictures in the wrong class are among the first suspects, and a clean set has few."""

import shutil
from random import Random

import pytest
from PIL import Image

from tlcore.engine.answers.doubt import doubt
from tlcore.engine.runtime import choose_runtime
from tlcore.questions import Doubt


@pytest.fixture
def ask(store):
    def answer(dataset, size=64):
        question = Doubt(
            backbone="efficientnet_lite0",
            weights="imagenet",
            data=dataset.manifest.digest,
            image_size=size,
            seed=0,
            workspace="person",
        )
        return doubt(store, question, choose_runtime("cpu"))

    return answer


@pytest.fixture
def two_colours(tmp_path):
    """A folder of twelve noisy pictures in each of two colours."""
    for name, colour in (("red", (200, 40, 30)), ("green", (40, 180, 60))):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(12):
            noise = Image.frombytes("RGB", (40, 40), Random(f"{name} {number}").randbytes(4800))
            Image.blend(Image.new("RGB", (40, 40), colour), noise, 0.1).save(tmp_path / "set" / name / f"{number}.png")
    return tmp_path / "set"


def test_a_green_picture_among_red_ones_is_the_first_suspect(ask, read_set, two_colours):
    (two_colours / "green" / "0.png").rename(two_colours / "red" / "from_green.png")
    dataset = read_set(two_colours)
    doubts = ask(dataset)
    (swapped,) = [example for example in dataset.manifest.examples if example.name == "from_green.png"]
    suspect = doubts.suspects[0]
    assert (suspect.picture, suspect.given, suspect.suggested) == (swapped.id, "red", "green")
    assert suspect.confidence > 0.9
    assert doubts.count == 24


def test_two_colours_in_order_have_no_suspects(ask, read_set, two_colours):
    assert ask(read_set(two_colours)).suspects == ()


@pytest.mark.slow
def test_most_labels_that_were_swapped_in_ants_and_bees_are_among_the_first_suspects(
    ask, read_set, real_pictures, tmp_path
):
    shutil.copytree(real_pictures / "hymenoptera", tmp_path / "swapped")
    files = sorted((tmp_path / "swapped").rglob("*.jpg"))
    swapped = Random(0).sample(files, round(0.05 * len(files)))
    for file in swapped:
        other = {"ants": "bees", "bees": "ants"}[file.parent.name]
        file.rename(file.parent.parent / other / f"swapped_{file.name}")
    dataset = read_set(tmp_path / "swapped")
    names = {example.id: example.name for example in dataset.manifest.examples}
    first = [names[suspect.picture] for suspect in ask(dataset, size=224).suspects[: 2 * len(swapped)]]
    found = [name.startswith("swapped_") for name in first]
    assert sum(found[: len(swapped)]) > len(swapped) / 2
    assert sum(found) > 0.75 * len(swapped)
