"""The desk answers what each block makes of a picture, for untouched backbones and for runs, and says why it cannot."""

from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.engine.desk import Desk
from tlcore.errors import ThawError
from tlcore.events import Checkpointed
from tlcore.questions import See


@pytest.fixture
def question(dataset):
    return See(
        backbone=DEFAULT,
        weights="imagenet",
        checkpoint=None,
        classes=(),
        data=dataset.manifest.digest,
        picture=dataset.manifest.examples[0].id,
        image_size=64,
    )


@pytest.fixture
def ask(store):
    desk = Desk(store)

    def ask(question):
        assert store.asked.ask(question) is None
        assert desk.answer_next()
        assert not desk.answer_next()
        return store.asked.ask(question)

    return ask


def size(picture):
    return Image.open(BytesIO(b64decode(picture))).size


def test_every_block_of_an_untouched_backbone_shows_what_it_sees(ask, question):
    seen = ask(question)
    assert size(seen.crop) == (64, 64)
    assert [block.block for block in seen.blocks] == [block.name for block in backbone(DEFAULT).blocks]
    for block in seen.blocks[:-1]:
        channels, height, width = block.shape
        assert size(block.mean.png) == (width, height)
        assert len(block.strongest) == min(32, channels)
        means = [channel.mean for channel in block.strongest]
        assert means == sorted(means, reverse=True)
    assert (seen.blocks[-1].shape, seen.blocks[-1].mean) == ((1000,), None)


def test_answers_are_five_of_imagenets_classes_most_likely_first(ask, question):
    answers = ask(question).answers
    probabilities = [answer.probability for answer in answers]
    assert len(answers) == 5
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) <= 1.0
    assert all(answer.name for answer in answers)


def test_the_untouched_backbone_knows_a_bee_when_it_sees_one(ask, read_set, real_pictures):
    dataset = read_set(real_pictures / "hymenoptera")
    (bee,) = [one for one in dataset.manifest.examples if one.name.endswith("1092977343_cb42b38d62.jpg")]
    asked = See(
        backbone=DEFAULT,
        weights="imagenet",
        checkpoint=None,
        classes=(),
        data=dataset.manifest.digest,
        picture=bee.id,
        image_size=224,
    )
    assert "bee" in [answer.name for answer in ask(asked).answers]


def test_a_runs_own_weights_answer_with_its_classes(ask, question, plan, dataset, carried_out):
    _, events = carried_out(plan(dataset))
    kept = next(event.sha256 for event in events if isinstance(event, Checkpointed))
    seen = ask(
        See(
            backbone="mobilenet_v2",
            weights="scratch",
            checkpoint=kept,
            classes=dataset.manifest.classes,
            data=question.data,
            picture=question.picture,
            image_size=32,
        )
    )
    assert {answer.name for answer in seen.answers} == {"blue", "green", "red"}
    assert sum(answer.probability for answer in seen.answers) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"checkpoint": "f" * 64, "classes": ("a", "b")}, "missing from the home folder"),
        ({"picture": "f" * 64}, "not in the set"),
        ({"data": "f" * 64}, "not here any more"),
        ({"backbone": "resnet18"}, "not on this machine"),
        ({"backbone": "resnet19"}, r"Did you mean resnet18\?"),
    ],
)
def test_what_cannot_be_answered_says_why(ask, question, change, said, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(ThawError, match=said):
        ask(replace(question, **change))
