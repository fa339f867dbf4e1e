"""The cards that show what the desk answered: the adviser, the rate finder, estimate and truth."""

from dataclasses import replace

import pytest

from tlcore.draft import Draft
from tlcore.estimate import what_to_measure
from tlcore.events import Evaluated, Finished
from tlcore.questions import FindRate, Measure, Measured, RateCurve, Separate, Separation
from tlcore.ui import estimate_view

CURVE = RateCurve(rates=(1e-5, 1e-4, 1e-3, 1e-2), losses=(0.7, 0.6, 0.3, 0.9), suggestion=0.00081)
MEASURED = Measured(
    device="CPU, 2 cores",
    steps=(0.5, 1.0),
    answering=(0.25, 0.25),
    beginnings=(0.0, 0.0),
    rows=(0, 0),
    keys=("", ""),
    saving=(0.0, 0.0),
    reading=0.01,
    start=1.0,
    process=800_000_000,
    weights=40_000_000,
    gradients=(1_000_000, 20_000_000),
    optimizer=(2_000_000, 40_000_000),
    activations=(1_000_000, 600_000_000),
    picture=12_288,
)


@pytest.fixture
def answer(store):
    """Answer a question as the desk would."""

    def give(question, given):
        store.asked.ask(question)
        store.asked.answer(question, given)

    return give


@pytest.fixture
def separate(person):
    def question(manifest):
        return Separate(
            backbone="efficientnet_lite0",
            weights="imagenet",
            data=manifest.digest,
            image_size=224,
            seed=0,
            workspace=person,
        )

    return question


@pytest.fixture
def finding(person):
    def question(manifest, *learning, weight_decay=0.01):
        return FindRate(
            backbone="efficientnet_lite0",
            weights="imagenet",
            data=manifest.digest,
            learning=learning,
            image_size=224,
            batch_size=32,
            seed=0,
            weight_decay=weight_decay,
            workspace=person,
        )

    return question


def open_questions(store):
    found = []
    while (question := store.asked.waiting()) and question not in found:
        found.append(question)
        store.asked.refuse(question, "Not now.")
    return found


@pytest.fixture
def at_once(monkeypatch):
    """A plan is measured without waiting whether it stands still."""
    monkeypatch.setattr(estimate_view, "_STILL", 0.0)


def test_a_plan_that_was_just_changed_is_not_measured_yet(open_page, make_set, store):
    make_set()
    open_page("network")
    assert {type(question) for question in open_questions(store)} == {Separate}


@pytest.mark.usefixtures("at_once")
def test_an_open_page_asks_how_features_separate_and_what_the_plan_costs(open_page, make_set, store):
    make_set()
    assert not open_page("network").exception
    assert {type(question) for question in open_questions(store)} == {Measure, Separate}


def test_the_adviser_shows_its_path_and_why(open_page, make_set, answer, separate, words):
    manifest = make_set()
    answer(separate(manifest), Separation(right=6, count=10, baseline=0.5))
    said = words(open_page("network"))
    assert "6 of 10 pictures fall into the right class" in said
    assert "Few under 1,000, or under 20 per class" in said
    assert "tell your classes apart? Hardly" in said
    assert "Gradual thawing&quot;" in said or "; Gradual thawing" in said


def test_the_adviser_works_without_the_measurement(open_page, make_set, words):
    make_set()
    said = words(open_page("network"))
    assert "Not measured yet" in said
    assert "not known yet" in said


def test_the_advice_can_be_taken(open_page, make_set, store, person):
    manifest = make_set()
    store.drafts.keep(person, Draft(data=manifest.digest).by_strategy("low"))
    open_page("network").button("take_advice").click().run()
    assert store.drafts.of(person).strategy == "features"


def test_the_opposite_is_filed_with_the_same_pictures_and_seed(open_page, make_set, store, person, monkeypatch):
    monkeypatch.setattr("streamlit.switch_page", lambda *_, **__: None)
    manifest = make_set()
    store.drafts.keep(person, Draft(data=manifest.digest, seed=7, image_size=64))
    open_page("network").button("run_opposite").click().run()
    (run,) = store.runs.recent((person,), 5)
    assert (run.config.strategy, run.config.data, run.config.seed) == ("low", manifest.digest, 7)
    assert run.config.loader.image_size == 64
    assert store.drafts.of(person).strategy == "features"


def test_a_rate_is_looked_for_only_when_somebody_asks(open_page, make_set, store, person, finding):
    manifest = make_set()
    store.drafts.keep(person, Draft(data=manifest.digest, weight_decay=0.2))
    page = open_page("network")
    assert FindRate not in {type(question) for question in open_questions(store)}
    page.button("find_rate").click().run()
    assert finding(manifest, "head", weight_decay=0.2) in open_questions(store)
    assert page.button("find_rate").disabled


def test_the_rate_that_was_found_is_put_onto_the_plan(open_page, make_set, store, person, answer, finding):
    manifest = make_set()
    answer(finding(manifest, "head"), CURVE)
    page = open_page("network")
    assert page.button("use_rate").label == "Use 0.00081 for head"
    page.button("use_rate").click().run()
    assert store.drafts.of(person).phases[0].rates["head"] == 0.00081
    assert page.button("use_rate").disabled


def test_a_rate_for_a_phase_that_went_in_another_tab_is_refused(
    open_page, make_set, store, person, answer, finding, words
):
    manifest = make_set()
    store.drafts.keep(person, Draft(data=manifest.digest).adding(0))
    answer(finding(manifest, "head"), CURVE)
    page = open_page("network")
    page.button("phase_add").click().run()
    elsewhere = Draft(data=manifest.digest)
    store.drafts.keep(person, elsewhere)
    page.button("use_rate").click().run()
    assert not page.exception
    assert "The plan changed in another tab: there is no phase 2 in it." in words(page)
    assert store.drafts.of(person) == elsewhere


def test_a_rate_for_all_blocks_goes_to_those_that_learn(open_page, make_set, store, person, answer, finding):
    manifest = make_set()
    plan = Draft(data=manifest.digest, epochs=1).with_rate(0, "blocks.6", 0.0002)
    store.drafts.keep(person, plan)
    answer(finding(manifest, "blocks.6", "head"), CURVE)
    open_page("network").button("use_rate").click().run()
    rates = store.drafts.of(person).phases[0].rates
    assert {name: rate for name, rate in rates.items() if rate} == {"blocks.6": 0.00081, "head": 0.00081}


def test_a_sweep_that_failed_at_once_suggests_nothing(open_page, make_set, answer, finding, words):
    manifest = make_set()
    answer(finding(manifest, "head"), RateCurve(rates=(), losses=(), suggestion=1e-6))
    page = open_page("network")
    assert not page.exception
    assert "no rate can be suggested" in words(page)


def test_the_estimate_is_drawn_once_it_is_measured(open_page, make_set, person, answer, words):
    manifest = make_set()
    question = what_to_measure(Draft(data=manifest.digest).config("x"), manifest, person)
    answer(question, replace(MEASURED, steps=(0.5,), gradients=(10**6,), optimizer=(10**6,), activations=(10**6,)))
    said = words(open_page("network"))
    assert "<b>843 MB</b><span>memory at the peak" in said
    assert "Weights, and a copy to measure drift" in said
    assert "<b>about 6 s</b><span>for 10 epochs" in said


def test_nothing_is_measured_by_itself_while_a_run_trains(open_page, make_set, make_run, store, words):
    manifest = make_set()
    make_run(manifest)
    page = open_page("network")
    assert "measuring now would slow it down" in words(page)
    assert Measure not in {type(question) for question in open_questions(store)}
    page.button("measure").click().run()
    assert Measure in {type(question) for question in open_questions(store)}


def test_a_large_network_is_measured_only_when_somebody_asks(open_page, make_set, store, person, words):
    manifest = make_set()
    store.drafts.keep(person, Draft(data=manifest.digest, backbone="vgg16"))
    assert "134.3 M parameters" in words(open_page("network"))
    assert Measure not in {type(question) for question in open_questions(store)}


@pytest.mark.usefixtures("at_once")
def test_another_plan_takes_the_question_back(open_page, make_set, store, person):
    manifest = make_set()
    page = open_page("network")
    store.drafts.keep(person, Draft(data=manifest.digest).by_strategy("low"))
    page.run()
    measuring = [question for question in open_questions(store) if isinstance(question, Measure)]
    assert [len(question.learning[0]) for question in measuring] == [8]


def test_truth_stands_beside_the_estimate(open_page, make_set, make_run, two_epochs, answer, words):
    manifest = make_set()
    events = [
        replace(event, memory=1_000_000_000) if isinstance(event, Evaluated) else event
        for event in two_epochs(manifest)
    ]
    run = make_run(manifest, *events, Finished(seconds=2.0))
    assert "Estimate and truth" not in words(open_page("train", run=run.id))
    answer(what_to_measure(run.config, manifest, run.workspace), MEASURED)
    said = words(open_page("train", run=run.id))
    assert "<b>1.0 GB</b><span>memory at the peak</span><span>estimated: 1.5 GB" in said
    assert "50.0 % too high" in said
