"""Errands and questions on a home folder of their own: real processes do them, or say in a plain sentence why not."""

import time
from io import BytesIO
from zipfile import ZipFile

import pytest
import torch

from tests.jobs.waiting import PATIENCE, wait_for
from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.engine.modality.image import build_module
from tlcore.errands import FetchSet, FetchWeights, MakeSample, ReadUpload, ReadWeights, SurveyNetwork
from tlcore.questions import Network, See, Shown
from tlcore.store.intake import Piece

pytestmark = pytest.mark.slow

UPLOAD = "0123456789abcdef" * 2


def done(house, errand, seconds=PATIENCE):
    filed = house.errands.add(errand, "person")
    return wait_for(lambda: None if house.errands.get(filed.id).open else house.errands.get(filed.id), seconds)


def test_a_sample_is_made(house):
    errand = done(house, MakeSample(sample="shapes", seed=0))
    assert errand.fault is None
    assert (errand.done, errand.total) == (240, 240)
    made = house.albums.dataset(house.albums.get(errand.result, "person"))
    assert sum(made.manifest.counts("train")) == 192


def test_pictures_that_were_sent_are_read_and_nothing_is_left_of_the_upload(house, colours):
    files = [
        Piece(f"Mes photos/{example.where}", 0, colours.path(example.id).read_bytes())
        for example in colours.manifest.examples
    ]
    house.intake.write(UPLOAD, [*files, Piece("Mes photos/red/notes.txt", 0, b"no picture")])
    errand = done(house, ReadUpload(upload=UPLOAD, name="sent", seed=0))
    assert errand.fault is None
    assert house.albums.get(errand.result, "person").digest == colours.manifest.digest
    assert not house.intake.folder(UPLOAD).exists()


def test_a_zip_that_was_sent_is_read(house, colours):
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for example in colours.manifest.examples:
            archive.writestr(example.where, colours.path(example.id).read_bytes())
        archive.writestr("__MACOSX/red/._0.png", b"fork")
    buffer.seek(0)
    errand = done(house, ReadUpload(upload=house.intake.receive("colours.zip", buffer), name="zip", seed=0))
    assert errand.fault is None
    assert house.albums.get(errand.result, "person").digest == colours.manifest.digest


@pytest.mark.parametrize(
    ("errand", "said"),
    [
        (FetchSet(public_set="hymenoptera", seed=0), "This machine has no internet"),
        (FetchWeights(backbone="resnet18", weights="imagenet"), "This machine has no internet"),
        (FetchSet(public_set="hymenopter", seed=0), "Did you mean hymenoptera?"),
        (FetchWeights(backbone="resnet19", weights="imagenet"), "Did you mean resnet18?"),
        (
            SurveyNetwork(network="levit_128s", instead_of="resnet18"),
            "no block structure that Thaw understands: it has 2 heads",
        ),
        (SurveyNetwork(network="../levit_128s", instead_of="resnet18"), "is not a backbone"),
        (ReadUpload(upload="../../etc", name="x", seed=0), "This upload is not one of ours."),
        (ReadUpload(upload="f" * 32, name="x", seed=0), "This upload is not here any more."),
        (ReadWeights(upload="f" * 32, backbone="resnet18"), "This upload is not here any more."),
        (MakeSample(sample="digit", seed=0), "Did you mean digits?"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_an_errand_that_cannot_be_done_says_why_in_a_plain_sentence(house, errand, said):
    fault = done(house, errand).fault
    assert fault is not None
    assert said in fault
    assert "made a mistake" not in fault
    assert "Traceback" not in fault
    assert str(house.home) not in fault


def test_a_timm_network_is_measured_and_its_card_kept_in_this_home(house):
    assert done(house, SurveyNetwork(network="resnet10t", instead_of="resnet18")).result == "resnet10t"
    assert (house.home / "cards" / "resnet10t.json").is_file()


def test_weights_that_were_sent_are_kept_for_their_backbone_or_refused(house, tmp_path):
    torch.save(build_module(backbone("squeezenet1_0"), 3).state_dict(), tmp_path / "mine.pth")
    for name, refused in (("squeezenet1_0", None), ("mobilenet_v2", "do not fit MobileNetV2")):
        with (tmp_path / "mine.pth").open("rb") as file:
            errand = done(house, ReadWeights(upload=house.intake.receive("mine.pth", file), backbone=name))
        if refused:
            assert refused in errand.fault
        else:
            assert [own.name for own in house.imported.of("person", name)] == ["mine.pth"]
            assert house.blobs.path(errand.result).is_file()


def test_a_file_that_is_no_weights_is_refused(house):
    errand = done(house, ReadWeights(upload=house.intake.receive("empty.pth", BytesIO(b"")), backbone="vgg16"))
    assert errand.fault.startswith("This is not a state dict")


def test_the_desk_answers_a_question(house, colours):
    question = See(
        network=Network(backbone=DEFAULT, weights="imagenet", checkpoint=None, classes=(), image_size=64),
        picture=Shown(data=colours.manifest.digest, picture=colours.manifest.examples[0].id),
    )
    seen = wait_for(lambda: house.asked.ask(question))
    assert [block.block for block in seen.blocks] == [block.name for block in backbone(DEFAULT).blocks]
    began = time.monotonic()
    assert house.asked.ask(question) == seen
    assert time.monotonic() - began < 1


def test_the_home_is_told_to_every_process_and_nothing_is_written_elsewhere(house, own_home):
    assert house.home.name == "Thaw à la maison"
    assert not own_home.exists()
    assert sorted(path.name for path in house.logs.iterdir() if path.suffix == ".log") == [
        "desk.log",
        "errands.log",
        "eyes.log",
        "worker.log",
    ]
    assert "Traceback" not in (house.logs / "desk.log").read_text(encoding="utf-8")
