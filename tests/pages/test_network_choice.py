"""The gallery's cards and the choice of weights say what the catalog and this machine hold."""

from dataclasses import replace

import pytest

from tlcore.catalog.backbones import BACKBONES, RECOMMENDED, backbone, card_file
from tlcore.draft import Draft
from tlcore.errands import FetchWeights, SurveyNetwork
from tlcore.records import to_json
from tlcore.ui import network_choice
from tlcore.ui.components.gallery import BackboneTile


@pytest.fixture(autouse=True)
def no_weights_here(tmp_path, monkeypatch):
    for variable in ("TORCH_HOME", "HF_HUB_CACHE"):
        monkeypatch.setenv(variable, str(tmp_path))


@pytest.fixture
def opened(open_page, make_set, store, person):
    """Open the Network page with a plan for a backbone."""

    def go(name, **changes):
        manifest = make_set()
        store.drafts.keep(person, Draft(data=manifest.digest, backbone=name, **changes))
        return open_page("network")

    return go


def drawn(monkeypatch):
    """Catch what the gallery is given."""
    given = []
    monkeypatch.setattr(network_choice, "gallery", lambda **what: given.append(what))
    return given


def test_the_gallery_holds_the_whole_zoo_the_recommended_first(opened, monkeypatch):
    given = drawn(monkeypatch)
    assert not opened("resnet18").exception
    cards = given[-1]["cards"]
    assert [card.id for card in cards[: len(RECOMMENDED)]] == list(RECOMMENDED)
    assert {card.id for card in cards} == set(BACKBONES)
    for key in (filtered.key for filtered in given[-1]["filters"]):
        assert any(key in card.filters for card in cards), key
    assert [card.id for card in cards if "ready" in card.filters] == ["efficientnet_lite0"]
    assert all(("transformer" in card.filters) != ("convolutional" in card.filters) for card in cards)
    shown: BackboneTile = next(card for card in cards if card.id == "resnet18")
    assert dict(shown.facts) == {"Parameters": "11.7 M", "GFLOPs": "1.8", "ImageNet": "69.8 %", "Blocks": "6"}
    assert shown.status == "Download, 45 MB"


def test_a_network_that_was_opened_by_name_joins_the_gallery(opened, monkeypatch):
    given = drawn(monkeypatch)
    path = card_file("resnet10t")
    path.parent.mkdir(parents=True)
    path.write_text(to_json(backbone("resnet18")), encoding="utf-8")
    opened("resnet18")
    assert len(given[-1]["cards"]) == len(BACKBONES) + 1
    assert "resnet10t" not in given[-1]["others"]
    assert "resnet14t" in given[-1]["others"]


def test_cards_that_cannot_be_read_lock_nobody_out(
    opened, open_page, make_set, make_run, store, person, words, monkeypatch
):
    given = drawn(monkeypatch)
    card_file("resnet14t").parent.mkdir(parents=True)
    card_file("resnet14t").write_text("{", encoding="utf-8")
    assert not opened("resnet10t").exception
    assert len(given[-1]["cards"]) == len(BACKBONES)
    assert given[-1]["chosen"] == "efficientnet_lite0"
    assert {"resnet10t", "resnet14t"} <= set(given[-1]["others"])
    config = replace(make_run(make_set()).config, backbone="resnet14t")
    run = store.runs.submit(config, person, "b" * 32)
    for name in ("start", "train", "inside"):
        page = open_page(name, run=run.id) if name != "start" else open_page(name)
        assert not page.exception, name
        if name != "inside":
            assert "· resnet14t" in words(page)


@pytest.mark.parametrize(("chosen", "taken"), [("resnet18", "resnet10t"), ("resnet50", "resnet50")])
def test_a_network_that_was_measured_is_taken_unless_another_was_chosen_meanwhile(opened, store, person, chosen, taken):
    path = card_file("resnet10t")
    path.parent.mkdir(parents=True)
    path.write_text(to_json(backbone("resnet18")).replace('"resnet18"', '"resnet10t"', 1), encoding="utf-8")
    errand = store.errands.add(SurveyNetwork(network="resnet10t", instead_of="resnet18"), person)
    store.errands.finish(errand.id, "resnet10t")
    assert not opened(chosen).exception
    assert store.drafts.of(person).backbone == taken


def test_published_weights_are_told_with_accuracy_and_licence_and_can_be_changed(opened, store, person, words):
    page = opened("vit_b_16")
    assert "Learned from ImageNet-1K · 81.1 % right on ImageNet · made for 224 pixels" in words(page)
    (variants,) = [box for box in page.selectbox if box.label == "Which of them"]
    assert len(variants.options) == 3
    variants.select_index(1).run()
    assert store.drafts.of(person).weights == "IMAGENET1K_SWAG_E2E_V1"
    said = words(page)
    assert "85.3 % right on ImageNet · made for 384 pixels" in said
    assert "SWAG/blob/main/LICENSE" in said


def test_weights_that_are_not_here_keep_the_start_closed_and_are_fetched_by_name(opened, store, person):
    page = opened("resnet50", weights="IMAGENET1K_V2")
    assert page.button("start").disabled
    page.button("fetch_weights").click().run()
    assert store.errands.newest(person, [FetchWeights]).errand == FetchWeights(
        backbone="resnet50", weights="IMAGENET1K_V2"
    )


def test_random_numbers_and_published_weights_take_turns(opened, store, person):
    page = opened("resnet50")
    begin = next(control for control in page.segmented_control if control.label == "The network begins with")
    begin.set_value("scratch").run()
    assert store.drafts.of(person).weights == "scratch"
    assert not page.button("start").disabled
    begin = next(control for control in page.segmented_control if control.label == "The network begins with")
    begin.set_value("published").run()
    assert store.drafts.of(person).weights == "imagenet"
