"""The views of gradients and of health ask for what is chosen, draw what was answered, and say what is wrong."""

from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image

from tlcore.catalog.backbones import backbone
from tlcore.events import Finished, Moved
from tlcore.questions import Differentiate, Examine, Gradients, Health
from tlcore.questions.gradients import BlockGradient, Candidate
from tlcore.questions.health import BlockHealth
from tlcore.questions.seen import Map

NAMES = [block.name for block in backbone("efficientnet_lite0").blocks[:-1]]


@pytest.fixture(scope="module")
def grey():
    buffer = BytesIO()
    Image.new("L", (4, 4), 200).save(buffer, "PNG")
    return b64encode(buffer.getvalue()).decode("ascii")


@pytest.fixture
def run(make_set, make_run, two_epochs):
    """A run in which the head learned first, then the last block with it, on a set with a class of a hostile name."""
    manifest = make_set(classes=("<b>ants</b>", "bees"))
    moves = [
        Moved(step=step, weights={}, statistics={}, gradients=sizes, seconds=1.0)
        for step, sizes in ((1, {"head": 0.5}), (2, {"blocks.6": 0.1, "head": 0.4}))
    ]
    return make_run(manifest, *two_epochs(manifest), *moves, Finished(seconds=4.0))


@pytest.fixture
def open_view(open_page, run):
    """Open one view of the run."""

    def go(view):
        page = open_page("inside", run=run.id)
        page.segmented_control(key="inside_view").set_value(view).run()
        return page

    return go


@pytest.fixture
def answered(grey):
    """Gradients of the first class, a thousandth less with every block towards the picture where it vanishes."""

    def make(sizes):
        one = Candidate(number=0, name="<b>ants</b>", score=1.25)
        blocks = tuple(
            BlockGradient(
                block=name,
                shape=(8, 4, 4),
                size=size,
                map=Map(png=grey, low=0.0, high=1.0),
                placeless=0.0,
                even=name == NAMES[-1],
            )
            for name, size in zip(NAMES, sizes, strict=True)
        )
        return Gradients(crop=grey, of=one, likely=(one,), blocks=blocks)

    return make


def examined(dead=0, stuck=None):
    blocks = tuple(BlockHealth(block=name, channels=10, dead=dead, stuck=stuck, size=2.0) for name in NAMES)
    return Health(count=2, blocks=blocks)


def test_gradients_are_asked_of_the_likeliest_class_and_then_of_the_chosen_one(open_view, store):
    page = open_view("Gradients")
    first = store.asked.waiting()
    assert isinstance(first, Differentiate)
    assert first.wanted is None
    (choice,) = [box for box in page.selectbox if box.label == "Score of which class"]
    assert choice.options == ["the likeliest answer", "<b>ants</b>", "bees"]
    choice.set_value(1).run()
    second = store.asked.waiting()
    assert second.wanted == 1
    assert second.network.checkpoint == "d" * 64


def test_answered_gradients_are_drawn_with_their_sentences(open_view, store, answered, words):
    open_view("Gradients")
    store.asked.answer(store.asked.waiting(), answered([1.0] * len(NAMES)))
    page = open_view("Gradients")
    assert not page.exception
    said = words(page)
    assert "the gradient is healthy" in said
    assert "were frozen first: in training no gradient is sent back beyond `blocks.6`" in said.replace(
        "<code>", "`"
    ).replace("</code>", "`")
    assert "of one colour" in said
    assert "all 2 blocks that learned were reached" in said
    assert "<b>ants</b>" not in "".join(str(one.value) for one in page.get("html"))


def test_a_gradient_that_vanishes_is_told(open_view, store, answered, words):
    open_view("Gradients")
    store.asked.answer(store.asked.waiting(), answered([10.0 ** (2 * place) for place in range(len(NAMES))]))
    said = words(open_view("Gradients"))
    assert "the gradient vanishes" in said
    assert "Take care:" in said


def test_a_run_without_readings_says_so(open_page, make_set, make_run, two_epochs, words):
    manifest = make_set()
    run = make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    page = open_page("inside", run=run.id)
    page.segmented_control(key="inside_view").set_value("Gradients").run()
    assert "no reading was taken" in words(page)


@pytest.mark.parametrize(("view", "kind"), [("Gradients", Differentiate), ("Health", Examine)])
def test_why_there_is_no_answer_is_said_and_the_page_stays(open_view, store, words, view, kind):
    open_view(view)
    question = store.asked.waiting()
    assert isinstance(question, kind)
    store.asked.refuse(question, "The weights of this run are damaged.")
    page = open_view(view)
    assert not page.exception
    assert "The weights of this run are damaged." in words(page)
    assert page.segmented_control(key="inside_view").value == view


def test_health_is_asked_of_the_whole_set_and_drawn_with_a_sentence_each(open_view, store, words, run):
    open_view("Health")
    question = store.asked.waiting()
    assert (question.data, question.network.checkpoint) == (run.config.data, "d" * 64)
    store.asked.answer(question, examined(dead=6, stuck=0.75))
    page = open_view("Health")
    assert not page.exception
    said = words(page)
    assert "much of the network is dead for these pictures" in said
    assert "numbers stay in proportion" in said
    assert "fully open or shut" in said


def test_a_network_without_gates_has_no_chart_of_them(open_view, store, words):
    open_view("Health")
    store.asked.answer(store.asked.waiting(), examined())
    said = words(open_view("Health"))
    assert "no channel is dead" in said
    assert "Stuck gates" not in said
