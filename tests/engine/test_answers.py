"""The desk answers what each block makes of a picture, for untouched backbones and for runs, and says why it cannot."""

from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from torchvision.transforms.v2.functional import pil_to_tensor

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.engine.desk import Desk
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.modality.image import Encoder
from tlcore.errors import ThawError
from tlcore.events import Checkpointed
from tlcore.questions import OWN, Network, Prepare, See, Shown

_OF_NETWORKS, _OF_PICTURES = {"backbone", "checkpoint", "classes"}, {"data", "picture"}


@pytest.fixture
def question(dataset):
    return See(
        network=Network(backbone=DEFAULT, weights="imagenet", checkpoint=None, classes=(), image_size=64),
        picture=Shown(data=dataset.manifest.digest, picture=dataset.manifest.examples[0].id),
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
        _, height, width = block.shape
        assert size(block.mean.png) == (width, height)
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
        network=Network(backbone=DEFAULT, weights="imagenet", checkpoint=None, classes=(), image_size=224),
        picture=Shown(data=dataset.manifest.digest, picture=bee.id),
    )
    assert "bee" in [answer.name for answer in ask(asked).answers]


def test_a_runs_own_weights_answer_with_its_classes(ask, question, plan, dataset, carried_out):
    _, events = carried_out(plan(dataset))
    kept = next(event.sha256 for event in events if isinstance(event, Checkpointed))
    seen = ask(
        See(
            network=Network(
                backbone="mobilenet_v2",
                weights="scratch",
                checkpoint=kept,
                classes=dataset.manifest.classes,
                image_size=32,
            ),
            picture=question.picture,
        )
    )
    assert {answer.name for answer in seen.answers} == {"blue", "green", "red"}
    assert sum(answer.probability for answer in seen.answers) == pytest.approx(1.0)


def test_damaged_weights_of_a_run_are_told_and_the_desk_goes_on(ask, question, store):
    with store.blobs.aside() as path:
        path.write_bytes(bytes(range(256)))
        kept = store.blobs.keep(path)
    store.blobs.path(kept).write_bytes(bytes(256))
    network = replace(question.network, checkpoint=kept, classes=("a", "b"))
    with pytest.raises(ThawError, match="is damaged"):
        ask(replace(question, network=network))
    assert ask(question).answers


def test_an_own_picture_is_answered_like_one_of_a_set_until_it_is_gone(ask, question, store, pictures, tmp_path):
    path = tmp_path / "sent.png"
    path.write_bytes((pictures / "red" / "0.png").read_bytes())
    own = sha256(path.read_bytes()).hexdigest()
    store.own.keep("person", own, path)
    of_the_set = replace(question, picture=replace(question.picture, picture=own))
    shown = Shown(data=OWN, picture=own, workspace="person")
    assert ask(replace(question, picture=shown)) == ask(of_the_set)
    with pytest.raises(ThawError, match="newest are kept"):
        ask(replace(question, picture=replace(shown, workspace="another")))


@pytest.fixture
def preparation(dataset):
    """What resnet18, whose weights are not here, would get of a picture."""
    return Prepare(
        backbone="resnet18",
        weights="imagenet",
        data=dataset.manifest.digest,
        picture=dataset.manifest.examples[0].id,
        image_size=64,
    )


def picture(text):
    return Image.open(BytesIO(b64decode(text))).convert("RGB")


def test_what_the_network_gets_is_told_without_its_weights(ask, preparation, dataset):
    prepared = ask(preparation)
    encoder = Encoder(backbone("resnet18").preprocessing("imagenet").at(64))
    path = dataset.file(dataset.manifest.examples[0])
    assert picture(prepared.square).tobytes() == encoder.crop(path).tobytes()
    assert size(prepared.original) == (40, 40)
    assert prepared.frame == pytest.approx((0.0616, 0.0616, 0.8767, 0.8767), abs=1e-3)
    assert prepared.augmented == ()


def test_the_frame_shows_what_the_square_shows(read_set, ask, preparation, tmp_path):
    for name in ("wide", "tall"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(3):
            sides = (300 + number, 150) if name == "wide" else (150, 300 + number)
            ramp = Image.radial_gradient("L").resize(sides).convert("RGB")
            ramp.save(tmp_path / "set" / name / f"{number}.png")
    dataset = read_set(tmp_path / "set")
    for example in dataset.manifest.examples:
        prepared = ask(replace(preparation, data=dataset.manifest.digest, picture=example.id))
        whole = picture(prepared.original)
        left, top, width, height = prepared.frame
        box = [round(share * side) for share, side in zip((left, top), whole.size, strict=True)]
        box += [round((left + width) * whole.width), round((top + height) * whole.height)]
        cut = whole.crop(tuple(box)).resize((64, 64), Image.Resampling.BILINEAR)
        differences = ImageChops.difference(cut, picture(prepared.square)).convert("L")
        assert sum(differences.tobytes()) / 64**2 < 6


def test_the_augmented_squares_are_those_of_the_first_epochs(ask, preparation, dataset):
    prepared = ask(replace(preparation, augment="strong", seed=3))
    encoder = Encoder(backbone("resnet18").preprocessing("imagenet").at(64))
    pixels = encoder.encode(dataset.file(dataset.manifest.examples[0]))
    augmenter = Augmenter("strong", 64, 3)
    assert len(prepared.augmented) == 8
    for epoch, shown in enumerate(prepared.augmented):
        expected = augmenter.augment(pixels, preparation.picture, epoch)
        got = pil_to_tensor(picture(shown))
        assert (got.float() - expected.float()).abs().mean() < 12  # JPEG


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
        ask(
            replace(
                question,
                network=replace(question.network, **{name: change[name] for name in change if name in _OF_NETWORKS}),
                picture=replace(question.picture, **{name: change[name] for name in change if name in _OF_PICTURES}),
            )
        )
