"""Drafts, sets, questions, errands and imported weights are kept per workspace and found again."""

import shutil
from dataclasses import replace

import pytest

from tlcore.draft import Draft
from tlcore.errands import FetchSet, FetchWeights, MakeSample
from tlcore.errors import ThawError
from tlcore.questions import Inspect, Network, See, Shown
from tlcore.questions.seen import Likely, Seen
from tlcore.store import Store, asked
from tlcore.store.claims import Claimant
from tlcore.store.imported import ImportedWeights

QUESTION = See(
    network=Network(backbone="resnet18", weights="imagenet", checkpoint=None, classes=(), image_size=64),
    picture=Shown(data="d", picture="p"),
)
ANSWER = Seen(crop="AAAA", blocks=(), answers=(Likely(number=0, name="bee", probability=0.9),))


def test_a_draft_survives_a_refresh_and_a_restart(store):
    draft = Draft(backbone="resnet18", epochs=7).by_strategy("gradual").with_rate(0, "layer4", 0.01)
    store.drafts.keep("person", Draft())
    store.drafts.keep("person", draft)
    again = Store(store.home)
    assert again.drafts.of("person") == draft
    assert again.drafts.of("other") == Draft()
    again.close()


def test_a_draft_of_an_older_thaw_begins_anew(store):
    store._database.write("INSERT INTO drafts VALUES ('person', '{\"colour\": \"red\"}')")
    assert store.drafts.of("person") == Draft()


def test_a_draft_whose_network_has_no_card_any_more_goes_on_with_the_default_one(store):
    store.drafts.keep("person", Draft(data="d" * 64, backbone="resnet10t", strategy="gradual", epochs=7))
    assert store.drafts.of("person") == Draft(data="d" * 64, strategy="gradual", epochs=7)


def test_a_set_is_seen_by_its_workspace_only(store, dataset):
    digest = dataset.manifest.digest
    assert store.datasets.get(digest, "person") == dataset
    assert store.datasets.get(digest, "other") is None
    assert store.datasets.get("f" * 64, "other") is None
    assert store.datasets.of("person") == [dataset]
    assert store.datasets.of("other") == []


def test_the_same_pictures_read_again_are_one_set(store, dataset, read_set, pictures):
    assert read_set(pictures).manifest.digest == dataset.manifest.digest
    assert len(store.datasets.of("person")) == 1


def test_another_seed_draws_another_split(dataset, read_set, pictures):
    assert read_set(pictures, seed=5).manifest.digest != dataset.manifest.digest


def test_pictures_that_are_gone_are_told_in_a_sentence(store, read_set, pictures, tmp_path):
    folder = shutil.copytree(pictures, tmp_path / "moved away")
    dataset = read_set(folder)
    shutil.rmtree(folder)
    with pytest.raises(ThawError, match="not here any more"):
        store.datasets.by_digest(dataset.manifest.digest, "person")
    with pytest.raises(ThawError, match="not in the set"):
        dataset.path("f" * 64)


def test_the_same_pictures_elsewhere_serve_a_run_whose_folder_is_gone(store, read_set, pictures, tmp_path):
    for name in ("first", "second"):
        digest = read_set(shutil.copytree(pictures, tmp_path / name), workspace=name).manifest.digest
    shutil.rmtree(tmp_path / "second")
    assert store.datasets.by_digest(digest, "person").roots == (tmp_path / "first",)


def test_nothing_in_the_folder_of_a_set_is_changed(read_set, pictures):
    before = {path: path.stat().st_mtime_ns for path in pictures.rglob("*")}
    read_set(pictures)
    assert {path: path.stat().st_mtime_ns for path in pictures.rglob("*")} == before


def test_a_question_is_asked_once_and_its_answer_kept(store):
    assert store.asked.ask(QUESTION) is None
    assert store.asked.ask(QUESTION) is None
    assert store.asked.waiting() == QUESTION
    store.asked.answer(QUESTION, ANSWER)
    assert store.asked.ask(QUESTION) == ANSWER
    assert store.asked.waiting() is None


def test_another_kind_of_question_about_the_same_things_is_another_question(store):
    other = Inspect(network=QUESTION.network, picture=QUESTION.picture)
    store.asked.ask(QUESTION)
    store.asked.answer(QUESTION, ANSWER)
    assert store.asked.ask(other) is None
    assert store.asked.waiting() == other


def test_the_newest_question_is_answered_first(store):
    other = replace(QUESTION, picture=Shown(data="d", picture="q"))
    store.asked.ask(QUESTION)
    store.asked.ask(other)
    assert store.asked.waiting() == other


def test_a_question_that_nobody_waits_for_is_taken_back_but_an_answer_stays(store):
    store.asked.ask(QUESTION)
    store.asked.withdraw(QUESTION)
    assert store.asked.waiting() is None
    store.asked.ask(QUESTION)
    store.asked.answer(QUESTION, ANSWER)
    store.asked.withdraw(QUESTION)
    assert store.asked.known(QUESTION) == ANSWER


def test_a_question_without_an_answer_says_why_for_a_while_and_is_then_asked_anew(store, monkeypatch):
    store.asked.ask(QUESTION)
    store.asked.refuse(QUESTION, "The weights are not here.")
    assert store.asked.waiting() is None
    with pytest.raises(ThawError, match=r"The weights are not here\."):
        store.asked.ask(QUESTION)
    monkeypatch.setattr(asked, "_REFUSED", 0.0)
    assert store.asked.ask(QUESTION) is None
    assert store.asked.waiting() == QUESTION


def test_a_refusal_is_told_however_long_the_question_waited(store):
    store.asked.ask(QUESTION)
    store._database.write("UPDATE questions SET asked = asked - 60")
    store.asked.refuse(QUESTION, "The weights are not here.")
    with pytest.raises(ThawError):
        store.asked.ask(QUESTION)


def test_old_answers_make_room_for_new_ones(store):
    questions = [replace(QUESTION, picture=Shown(data="d", picture=str(number))) for number in range(305)]
    for question in questions:
        store.asked.ask(question)
        store.asked.answer(question, ANSWER)
    assert store.asked.ask(questions[0]) is None
    assert store.asked.ask(questions[-1]) == ANSWER


def test_an_errand_tells_how_far_it_is_and_what_came_of_it(store):
    errand = MakeSample(sample="digits", seed=0)
    filed = store.errands.add(errand, "person")
    assert (filed.errand, filed.open, filed.claimant) == (errand, True, None)
    assert store.errands.open() == [filed]
    store.errands.claim(filed.id, Claimant.here())
    assert [errand.claimant for errand in store.errands.open()] == [Claimant.here()]
    store.errands.report(filed.id, 3, 10)
    assert (store.errands.get(filed.id).done, store.errands.get(filed.id).total) == (3, 10)
    store.errands.finish(filed.id, "digest")
    store.errands.fail(filed.id, "too late")
    done = store.errands.get(filed.id)
    assert (done.open, done.result, done.fault) == (False, "digest", None)
    assert store.errands.open() == []


def test_the_newest_errand_of_a_kind_is_found(store):
    store.errands.add(FetchWeights(backbone="vgg16", weights="imagenet"), "person")
    wanted = store.errands.add(FetchSet(public_set="hymenoptera", seed=0), "person")
    store.errands.add(FetchWeights(backbone="resnet18", weights="imagenet"), "other")
    assert store.errands.newest("person", [FetchWeights, FetchSet]) == wanted
    assert store.errands.newest("person", [MakeSample]) is None


def test_an_unknown_errand_is_told_in_a_sentence(store):
    with pytest.raises(ThawError, match="not known"):
        store.errands.get("f" * 32)


def test_imported_weights_belong_to_a_workspace_and_a_backbone(store):
    weights = ImportedWeights(sha256="a" * 64, name="mine.pth", backbone="vgg16")
    store.imported.add("person", weights)
    store.imported.add("person", weights)
    assert store.imported.of("person", "vgg16") == [weights]
    assert store.imported.of("person", "resnet18") == []
    assert store.imported.of("other", "vgg16") == []


def test_the_command_line_keeps_its_workspace(store):
    first = store.command_line_workspace()
    assert len(first) == 32
    assert store.command_line_workspace() == first
