"""The plan on the Network page: phases, settings and files change it, and what cannot be is refused in words."""

from dataclasses import replace

import pytest

from tlcore.config import Change
from tlcore.draft import Draft
from tlcore.planfile import from_yaml, to_yaml


@pytest.fixture
def network(open_page, make_set, store, person):
    """Open the page with a plan; return it with a look at the plan that is kept."""

    def go(plan=None):
        manifest = make_set()
        store.drafts.keep(person, replace(plan or Draft(backbone="resnet18", epochs=6), data=manifest.digest))
        return open_page("network"), lambda: store.drafts.of(person)

    return go


def test_a_phase_gets_a_schedule_a_warm_up_and_moving_statistics(network):
    page, kept = network()
    page.selectbox("phase_shape").set_value("cosine").run()
    page.number_input("phase_warmup").set_value(0.5).run()
    page.toggle("phase_statistics").set_value(True).run()
    (phase,) = kept().phases
    assert (phase.epochs, phase.shape, phase.warmup, phase.moving_statistics) == (6, "cosine", 0.5, True)
    assert kept().strategy == "own"
    assert not page.exception


def test_phases_are_added_moved_and_removed(network, words):
    page, kept = network()
    page.button("phase_add").click().run()
    assert [heading.value for heading in page.header if heading.value.startswith("Phase")] == ["Phase 2 of 2"]
    page.number_input("phase_epochs").set_value(2).run()
    page.button("phase_earlier").click().run()
    assert [phase.epochs for phase in kept().phases] == [2, 6]
    assert "Phase 1 of 2" in words(page) or any(heading.value == "Phase 1 of 2" for heading in page.header)
    page.button("phase_remove").click().run()
    assert [phase.epochs for phase in kept().phases] == [6]
    assert page.button("phase_remove").disabled


@pytest.mark.parametrize(
    ("widget", "value", "said"),
    [
        ("phase_epochs", 0, "Epochs of a phase is 0. It takes 1 to 200."),
        ("phase_warmup", 6.0, "The warm-up is 6 epochs. It takes 0 to less than the phase's 6."),
        ("epochs", 0, "Epochs in all is 0. It takes 1 to 200."),
        ("epochs", 201, "Epochs in all is 201. It takes 1 to 200."),
        ("batch_size", 1, "Batch size is 1. It takes 2 to 512."),
        ("image_size", 4096, "Picture size is 4096. It takes 32 to 512."),
        ("weight_decay", -1.0, "Weight decay is -1.0. It takes 0.0 to 1.0."),
        ("seed", -1, "Seed is -1."),
    ],
)
def test_what_cannot_be_is_refused_and_the_field_shows_the_plan_again(network, words, widget, value, said):
    page, kept = network()
    before, shown = kept(), page.number_input(widget).value
    page.number_input(widget).set_value(value).run()
    assert f"Not changed:</b> {said}".replace("'", "&#x27;") in words(page)
    assert kept() == before
    assert page.number_input(widget).value == shown
    page.run()
    assert "Not changed" in words(page), "an answer that draws the page anew does not take the reason away"
    page.number_input("seed").set_value(11).run()
    assert "Not changed" not in words(page)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda page: page.number_input("phase_epochs").set_value(3), "there is no phase 2 in it."),
        (lambda page: page.button("phase_earlier").click(), "there is no phase 2 in it."),
        (lambda page: page.button("phase_remove").click(), "there is no phase 2 in it."),
    ],
)
def test_a_page_whose_phase_went_in_another_tab_says_so(network, words, store, person, act, said):
    page, kept = network()
    page.button("phase_add").click().run()
    elsewhere = kept().by_strategy("low")
    store.drafts.keep(person, elsewhere)
    act(page).run()
    assert not page.exception
    assert f"Not changed:</b> The plan changed in another tab: {said}" in words(page)
    assert kept() == elsewhere


def test_epochs_in_all_are_refused_once_another_tab_gave_each_phase_its_own(network, words, store, person):
    page, kept = network()
    elsewhere = kept().adding(0)
    store.drafts.keep(person, elsewhere)
    page.number_input("epochs").set_value(9).run()
    assert not page.exception
    assert "each of its phases has epochs of its own" in words(page)
    assert kept() == elsewhere


def test_settings_go_into_the_plan(network):
    page, kept = network()
    for widget, value in (("epochs", 4), ("batch_size", 8), ("image_size", 96), ("weight_decay", 0.1), ("seed", 9)):
        page.number_input(widget).set_value(value).run()
    plan = kept()
    assert (plan.epochs, plan.batch_size, plan.image_size, plan.weight_decay, plan.seed) == (4, 8, 96, 0.1, 9)
    page.selectbox("augment").set_value("gentle").run()
    assert kept() == replace(plan, augment="gentle")
    page.number_input("views").set_value(4).run()
    assert kept() == replace(plan, augment="gentle", views=4)
    assert "4 drawings of each in turn" in "".join(block.value for block in page.code)
    assert plan.strategy == "features"


def test_what_earlier_runs_kept_is_told_and_can_be_emptied(network, store):
    page, _ = network()
    assert not any("frozen blocks made of pictures" in caption.value for caption in page.caption)
    file, _ = store.beginnings.append("a" * 64, ["one"], [memoryview(b"1234")])
    file.close()
    page.run()
    assert any("frozen blocks made of pictures" in caption.value for caption in page.caption)
    page.button("empty_kept").click().run()
    assert store.beginnings.all_bytes() == 0
    assert not page.exception


def test_a_strategy_fills_the_plan_and_the_slope_shapes_it(network):
    page, kept = network()
    page.button_group("strategy").set_value("depth").run()
    page.select_slider("slope_rate").set_value(0.01).run()
    page.slider("slope_decay").set_value(0.5).run()
    assert kept().strategy == "depth"
    assert kept().phases[0].rate("layer4") == 0.005
    assert not page.exception


def test_a_pasted_plan_becomes_the_plan(network):
    page, kept = network()
    wanted = Draft(backbone="vgg16", epochs=9, seed=4).by_strategy("gradual")
    page.text_area("plan_pasted").set_value(to_yaml(wanted)).run()
    page.button("take_plan").click().run()
    assert replace(kept(), data=None, schedule=()) == wanted
    assert kept().phases == wanted.phases
    assert page.text_area("plan_pasted").value == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty."),
        ("backbone: resnet19\nphases: []", "Line 1: resnet19 is not a backbone. Did you mean resnet18?"),
        (
            f"backbone: resnet18\nweights: {'f' * 64}\nphases:\n  - {{epochs: 1, rates: {{head: 0.1}}}}",
            "The plan begins with a weights file of somebody&#x27;s own, ffffffff…, which is not here.",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused(network, words, text, said):
    page, kept = network()
    before = kept()
    page.text_area("plan_pasted").set_value(text).run()
    page.button("take_plan").click().run()
    assert f"Not changed:</b> {said}" in words(page)
    assert kept() == before


def test_changes_in_the_middle_of_phases_are_told_and_can_be_left_out(network, words):
    page, kept = network(Draft(backbone="resnet18", changes=(Change(after=3, block="layer4", rate=0.0002),)))
    assert "layer4` 0.0002 after step 3" in words(page)
    page.button("drop_changes").click().run()
    assert kept().changes == ()


def test_the_page_offers_the_file_of_the_plan(network):
    page, kept = network()
    shown = next(code.value for code in page.code if code.language == "yaml")
    assert from_yaml(shown).phases == kept().phases


def test_the_numbers_to_compute_with_are_measured_unless_somebody_says_which(network):
    page, kept = network()
    assert page.selectbox("precision").value == "auto"
    page.selectbox("precision").set_value("bfloat16").run()
    assert kept().config("").compute.precision == "bfloat16"
    assert "bfloat16" not in to_yaml(kept())  # another machine has another best
    assert not page.exception
