"""Every page with a set and with runs in every state: what it shows is what the store holds."""

import shutil
from dataclasses import replace

import pytest

from tlcore.arithmetic import Arithmetic
from tlcore.data.collect import look_here
from tlcore.data.manifest import LeftOut
from tlcore.draft import Draft
from tlcore.events import Failed, Finished, Squeezed, Stepped, Stopped
from tlcore.store.reading import Reader

PAGES = ("start", "pictures", "network", "train", "inside")
OTHER = "b" * 32


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_a_set_and_a_finished_run(open_page, make_set, make_run, two_epochs, name):
    manifest = make_set()
    make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    assert not open_page(name).exception


def test_the_set_is_shown_with_its_counts_and_what_was_left_out(open_page, make_set, words, drawn):
    stray = LeftOut(name="ants/imageNotFound.gif", code="TINY", sentence="It is empty.")
    make_set(left_out=(stray,))
    page = open_page("pictures")
    said = words(page)
    assert "<b>10</b><span>pictures to learn from" in said
    assert "<b>2</b><span>to check with" in said
    rows = drawn(page, "class_list")["rows"]
    assert [(row["name"], row["train"], row["val"]) for row in rows] == [("ants", 5, 1), ("bees", 5, 1)]
    page.session_state["view"] = "Left out"
    page.run()
    assert "<b>imageNotFound.gif</b><span>ants</span></div><p>It is empty. <code>TINY</code>" in words(page)


def test_system_files_are_told_by_their_number(open_page, person, store, pictures, words, tmp_path):
    folder = shutil.copytree(pictures, tmp_path / "from a Mac")
    (folder / "__MACOSX" / "red").mkdir(parents=True)
    for place in ("__MACOSX/red/._0.png", "red/.DS_Store", "Thumbs.db"):
        (folder / place).write_bytes(b"x")
    album = Reader(store, person, 0, lambda _done, _total: None, look_here).folder(folder, "from a Mac")
    store.drafts.keep(person, Draft(album=album.id, data=album.digest))
    page = open_page("pictures")
    page.session_state["view"] = "Left out"
    page.run()
    assert "3 system files ignored" in words(page)


def test_the_rates_of_the_draft_are_the_rates_of_the_preview(open_page, make_set, store, person):
    manifest = make_set()
    store.drafts.keep(person, Draft(data=manifest.digest).with_rate(0, "blocks.5", 0.00007))
    tables = [frame.value for frame in open_page("network").dataframe]
    (table,) = (table for table in tables if "Learning rate" in table)
    rates = dict(zip(table["Block"], table["Learning rate"], strict=True))
    assert rates.pop("blocks.5") == "0.00007"
    assert rates.pop("head") == "0.001"
    assert set(rates.values()) == {"0 (frozen)"}


def test_start_training_files_the_planned_run_and_shows_it(open_page, make_set, store, person, monkeypatch):
    shown = []
    # A page of AppTest knows the others only once it has drawn them, which is after the button's own call.
    monkeypatch.setattr("streamlit.switch_page", lambda page, query_params: shown.append((page, query_params)))
    manifest = make_set()
    open_page("network").button("start").click().run()
    (run,) = store.runs.recent((person,), 5)
    assert (run.config.data, run.config.name) == (manifest.digest, "Insects")
    assert shown == [("pages/train.py", {"run": run.id})]


def test_the_train_page_tells_what_thawing_brought(open_page, make_set, make_run, two_epochs, words):
    manifest = make_set()
    run = make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    said = words(open_page("train", run=run.id))
    assert "With the head alone: 50.0 % (1 of 2) after 1 epoch." in said
    assert "After later blocks thawed: 100.0 % (2 of 2), 1 picture more." in said
    assert "Finished" in said
    assert "Take it along" in said


@pytest.mark.parametrize(
    ("end", "chip", "sentence"),
    [
        (Stopped(seconds=3.0), "Stopped", "Take it along"),
        (Failed(sentence="The loss is no number.", advice="Try a lower rate."), "Failed", "Try a lower rate."),
    ],
)
def test_a_run_that_ended_early_says_why(open_page, make_set, make_run, two_epochs, words, end, chip, sentence):
    manifest = make_set()
    run = make_run(manifest, *two_epochs(manifest), end)
    said = words(open_page("train", run=run.id))
    assert chip in said
    assert sentence in said


def test_the_train_page_tells_on_what_and_how_the_run_is_computed(open_page, make_set, make_run, two_epochs, words):
    manifest = make_set()
    started, *others = two_epochs(manifest)
    started = replace(started, arithmetic=Arithmetic(numbers="bfloat16"))
    run = make_run(manifest, started, *others, Finished(seconds=4.0))
    page = open_page("train", run=run.id)
    assert "CPU, 2 cores · bfloat16, channels last" in words(page)


def test_a_run_of_somebody_else_is_as_one_that_never_was(open_page, make_set, make_run, two_epochs, words):
    manifest = make_set(workspace=OTHER, name="Secret moths")
    foreign = make_run(manifest, *two_epochs(manifest), name="Secret run", workspace=OTHER)
    said = words(open_page("train", run=foreign.id))
    assert "There is no run with this address" in said
    assert said == words(open_page("train", run="0" * 32))
    for name in PAGES:
        shown = words(open_page(name, run=foreign.id))
        assert "Secret" not in shown, name


@pytest.mark.parametrize("query", ["", "../../etc/passwd", "' OR 1=1 --", "<script>", "\u202e", "x" * 1000])
def test_a_made_up_address_is_an_unknown_run(open_page, words, query):
    page = open_page("train", run=query)
    assert not page.exception
    assert "There is no run with this address" in words(page)


def test_the_newest_run_is_shown_without_an_address(open_page, make_set, make_run, words):
    manifest = make_set()
    make_run(manifest, name="Older", claimant=None)
    newest = make_run(manifest, name="Newer")
    page = open_page("train")
    assert page.query_params["run"] == newest.id
    assert "Newer" in words(page)


def test_a_run_of_the_command_line_is_seen_in_the_app(open_page, make_set, make_run, store, words):
    workspace = store.command_line_workspace()
    run = make_run(make_set(workspace=workspace), name="By hand", workspace=workspace)
    assert "By hand" in words(open_page("train", run=run.id))
    assert "By hand" in words(open_page("start"))


def test_the_start_page_lists_runs_with_their_results(open_page, make_set, make_run, two_epochs, words):
    manifest = make_set()
    make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    said = words(open_page("start"))
    assert "Recent runs" in said
    assert "2 of 2 validation pictures" in said


def test_looking_inside_asks_for_what_is_chosen(open_page, make_set, make_run, two_epochs, store):
    manifest = make_set()
    run = make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    open_page("inside", run=run.id)
    question = store.asked.waiting()
    assert question.network.checkpoint == "d" * 64
    assert question.network.classes == manifest.classes
    assert question.picture.picture in {example.id for example in manifest.of("val")}


def test_a_question_without_an_answer_is_told_in_words(open_page, make_set, store, words):
    make_set()
    open_page("inside")
    store.asked.refuse(store.asked.waiting(), "This picture is not in the set.")
    page = open_page("inside")
    assert not page.exception
    assert "This picture is not in the set." in words(page)


def test_the_train_page_tells_that_memory_was_short(open_page, make_set, make_run, two_epochs, words):
    manifest = make_set()
    squeezed = Squeezed(step=2, work="learning", batch=32, at_once=16)
    run = make_run(manifest, *two_epochs(manifest), squeezed, Finished(seconds=4.0))
    said = words(open_page("train", run=run.id))
    assert "Memory was short: each step now takes its 32 pictures in 2 parts of 16." in said


def test_the_train_page_warns_of_a_loss_that_grew(open_page, make_set, make_run, two_epochs, words):
    manifest = make_set()
    steps = [Stepped(step=at, loss=1.0 if at < 8 else 9.0, right=1, count=10, seconds=at) for at in range(3, 40)]
    run = make_run(manifest, *two_epochs(manifest), *steps, Finished(seconds=40.0))
    said = words(open_page("train", run=run.id))
    assert "the rates are too high. The highest is head at 0.001; try a tenth of all, there 0.0001." in said
