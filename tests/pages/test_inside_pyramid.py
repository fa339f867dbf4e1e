"""The pyramid: a network's stages over one picture, and what blocks make of a whole set, computed and taken along."""

import re
from base64 import b64encode
from io import BytesIO

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tlcore.catalog.backbones import backbone
from tlcore.catalog.stages import side
from tlcore.draft import Draft
from tlcore.questions import KINDS, Pool, Pooled, See
from tlcore.questions.seen import BlockSeen, Map, Seen
from tlcore.records import from_json

LITE = "efficientnet_lite0"
VIT = "vit_tiny_patch16_224"


def grey(squares):
    buffer = BytesIO()
    Image.linear_gradient("L").resize((squares, squares)).save(buffer, "PNG")
    return b64encode(buffer.getvalue()).decode("ascii")


def seen_by(name):
    """Answer as a network of this shape would."""
    blocks = tuple(
        BlockSeen(
            block=block.name,
            shape=(24, side(block), side(block)),
            mean=Map(png=grey(side(block)), low=0.0, high=1.0),
        )
        for block in backbone(name).blocks
        if side(block) > 1
    )
    return Seen(crop=grey(8), blocks=blocks, answers=())


def asked(store):
    """Return all that waits for the desk, the newest first."""
    rows = store._database.rows("SELECT kind, body FROM questions WHERE answer IS NULL ORDER BY asked DESC")
    return [from_json(KINDS[row["kind"]], row["body"]) for row in rows]


@pytest.fixture
def opened(open_page, make_set, store, monkeypatch):
    """Open the view on a set of twelve pictures, once the desk has sent a picture through the network."""

    def go(name=LITE):
        manifest = make_set()
        monkeypatch.setattr("tlcore.ui.subject.is_here", lambda _card, _weights: True)
        store.drafts.keep("a" * 32, Draft(data=manifest.digest, backbone=name))
        page = open_page("inside")
        page.session_state["inside_view"] = "Pyramid"
        page.run()
        for question in asked(store):
            if isinstance(question, See):
                store.asked.answer(question, seen_by(name))
        return page.run()

    return go


@pytest.fixture
def computed(store):
    """Answer what waits as the desk would, with a file for each part of the set."""

    def compute():
        parts = [question for question in asked(store) if isinstance(question, Pool)]
        for part in parts:
            with store.blobs.aside() as file:
                save_file({block: torch.rand(part.count, 3) for block in part.blocks}, file)
                store.asked.answer(part, Pooled(sha256=store.blobs.keep(file)))
        return parts

    return compute


def downloads(page):
    return [element.proto.label for element in page.main if element.type == "download_button"]


def progress(page):
    """Return what a bar says of how far it is."""
    return next(element.proto.text for element in page.main if element.type == "progress")


def test_stages_are_drawn_from_fine_to_coarse(opened, words):
    said = words(opened())
    assert re.findall(r"<b>Stride (\d+)</b>", said) == ["4", "8", "16", "32"]
    assert "half as many squares in a row" in said
    assert "56 × 56 squares" in said


def test_a_network_of_patches_has_no_pyramid_and_the_page_says_so(opened, words):
    said = words(opened(VIT))
    assert said.count("<figure") == 1
    assert "has one stride only" in said
    assert "patches of 16 × 16 pixels" in said


def test_features_are_computed_when_asked_for_and_offered_as_three_files(opened, computed, store):
    page = opened()
    assert not asked(store)
    assert downloads(page) == []
    page.button("features_go").click().run()
    assert progress(page).startswith("0 of 12 pictures.")
    (part,) = computed()
    assert part.blocks == ("blocks.4", "blocks.6")
    assert (part.first, part.count) == (0, 12)
    assert downloads(page.run()) == ["NumPy (.npy)", "Parquet", "CSV"]


@pytest.mark.parametrize(
    ("limit", "most"),
    [("_PART", 5), ("_WORK", 5 * backbone(LITE).multiply_adds)],
    ids=["many pictures", "a large network"],
)
def test_what_takes_long_is_asked_for_in_parts(opened, computed, monkeypatch, limit, most):
    monkeypatch.setattr(f"tlcore.ui.features_view.{limit}", most)
    page = opened()
    page.button("features_go").click().run()
    assert [(part.first, part.count) for part in computed()] == [(5, 5), (0, 5)]
    assert progress(page.run()).startswith("10 of 12 pictures.")
    assert [(part.first, part.count) for part in computed()] == [(10, 2)]
    assert len(downloads(page.run())) == 3


def test_features_whose_file_is_gone_can_be_computed_again(opened, computed, store):
    page = opened()
    page.button("features_go").click().run()
    computed()
    page.run()
    for sha256, _ in store.blobs.all():
        store.blobs.drop(sha256)
    assert downloads(page.run()) == []
    assert not page.exception
    computed()
    assert len(downloads(page.run())) == 3


def test_no_block_and_too_many_numbers_are_said_in_words(opened, words, monkeypatch):
    page = opened()
    page.button_group(f"features_{LITE}").set_value([]).run()
    assert "Choose at least one block." in words(page)
    monkeypatch.setattr("tlcore.ui.features_view._MOST", 100)
    page.button_group(f"features_{LITE}").set_value(["blocks.6"]).run()
    assert "Choose fewer blocks." in words(page)


def test_a_refusal_is_said_and_the_page_stays(opened, store, words):
    page = opened()
    page.button("features_go").click().run()
    for question in asked(store):
        store.asked.refuse(question, "The weights are not here.")
    assert "The weights are not here." in words(page.run())
    assert "Stride 32" in words(page)
