"""Two states side by side: what is the same is said, and the slider shows every epoch that was looked at."""

import json
from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image

from tlcore.events import Finished, Pictured
from tlcore.questions import Compare, Compared, Liken, Likeness
from tlcore.questions.compared import BlockCompared
from tlcore.questions.seen import Likely, Map
from tlcore.text import plain


def grey(level):
    buffer = BytesIO()
    Image.new("L", (4, 4), level).save(buffer, "PNG")
    return Map(png=b64encode(buffer.getvalue()).decode(), low=0.0, high=1.0)


def block(name, change):
    return BlockCompared(block=name, shape=(8, 4, 4), before=grey(9), after=grey(9), difference=grey(0), change=change)


COMPARED = Compared(
    crop=grey(1).png,
    blocks=(block("stem", 0.0), block("blocks.5", 0.0), block("blocks.6", 0.34)),
    before=(Likely(number=0, name="loudspeaker", probability=0.2),),
    after=(Likely(number=0, name="<b>bees</b>", probability=0.9),),
)
ALIKE = Likeness(blocks={"stem": 1.0, "blocks.5": 1.0, "blocks.6": 0.71}, pictures=64)


def looked(epoch, maps, answer):
    return Pictured(
        epoch=epoch,
        step=epoch,
        picture="p",
        crop=grey(3).png if epoch == 0 else "",
        answers=(Likely(number=0, name=answer, probability=0.5 + epoch / 10),),
        maps=maps,
        cam=grey(200),
        cam_block="blocks.6",
    )


@pytest.fixture
def opened(make_set, make_run, two_epochs, open_page):
    """The view on a run of two epochs, at each of which the pinned picture was looked at."""

    def go(*more):
        manifest = make_set()
        run = make_run(manifest, *two_epochs(manifest), *more, Finished(seconds=9.0))
        page = open_page("inside", run=run.id)
        page.session_state["inside_view"] = "Before and after"
        return page.run()

    return go


LOOKS = (
    looked(0, {"stem": grey(1), "blocks.6": grey(2)}, "ants"),
    looked(1, {}, "ants"),
    looked(2, {"blocks.6": grey(77)}, "bees"),
)


def answer_all(store):
    given = {Compare: COMPARED, Liken: ALIKE}
    asked = []
    while question := store.asked.waiting():
        if type(question) in given:
            asked.append(question)
            store.asked.answer(question, given[type(question)])
        else:  # what the view before this one asked
            store.asked.refuse(question, "Not now.")
    return asked


def strips(page):
    protos = [element.proto for element in page.main if element.type == "bidi_component"]
    return [
        json.loads(json.loads(proto.json)["text"])["heats"]
        for proto in protos
        if proto.component_name == "thaw_heat_strip"
    ]


def test_a_run_is_compared_with_its_own_beginning_and_told_block_by_block(opened, store, words):
    page = opened()
    assert {type(question) for question in answer_all(store)} == {Compare, Liken}
    said = words(page.run())
    assert not page.exception
    assert "the frozen blocks <code>stem</code> to <code>blocks.5</code> answer exactly as before" in said
    assert "<code>blocks.6</code> differs most: the difference is 34 %" in said
    assert "&lt;b&gt;bees" in said
    assert "<b>bees" not in said
    assert "<code>stem</code> to <code>blocks.5</code> are at 1" in said
    assert [heat["state"] for heat in strips(page)[2]] == ["frozen", "frozen", "learned"]
    assert [heat["title"] for heat in strips(page)[2]] == ["unchanged", "unchanged", "34 % changed"]


def test_a_refusal_leaves_another_picture_to_choose(opened, store, words):
    page = opened()
    while question := store.asked.waiting():
        store.asked.refuse(question, "This picture is not in the set.")
    assert "This picture is not in the set." in words(page.run())
    page.button("slim_picture_next").click().run()
    assert not page.exception
    asked = [question for question in answer_all(store) if isinstance(question, Compare)]
    assert len(asked) == 1


def test_the_earlier_state_is_asked_for_first(opened, store):
    opened()
    (question,) = (question for question in answer_all(store) if isinstance(question, Compare))
    assert question.before.checkpoint is None
    assert question.after.checkpoint == "d" * 64


def test_the_slider_goes_through_the_epochs_that_were_looked_at(opened, words):
    page = opened(*LOOKS)
    slider = page.select_slider("replay_epoch")
    assert slider.options == ["0", "1", "2"]
    assert slider.value == 2
    assert "<code>stem</code> is as before training" in words(page)
    last = strips(page)[-1]
    assert [heat["state"] for heat in last] == ["frozen", "learned"]
    slider.set_value(0).run()
    assert not page.exception
    assert [heat["state"] for heat in strips(page)[-1]] == ["", ""]
    assert strips(page)[-1][1]["image"] != last[1]["image"]


def test_a_class_name_is_no_markdown_beside_its_bar(opened):
    page = opened(*LOOKS[:2], looked(2, {"blocks.6": grey(77)}, "**bees** :smile:"))
    (bar,) = (element.proto for element in page.main if element.type == "progress")
    assert bar.text.startswith(plain("**bees** :smile:"))


@pytest.mark.parametrize(("looks", "left_out"), [(LOOKS[::2], True), (LOOKS, False)])
def test_epochs_that_were_not_looked_at_are_counted(opened, words, looks, left_out):
    assert ("1 epoch went by too quickly" in words(opened(*looks))) is left_out


def test_a_run_from_before_there_was_a_replay_says_so(opened, words):
    page = opened()
    assert not page.exception
    assert "did not look at a picture" in words(page)


def test_a_picture_is_pinned_for_the_next_run(opened, store, person):
    page = opened(*LOOKS)
    assert store.drafts.of(person).pinned == ""
    page.button("slim_pin").click().run()
    plan = store.drafts.of(person)
    assert plan.pinned
    assert plan.config("next").pinned == plan.pinned
    assert page.button("slim_pin").disabled


def test_one_state_alone_has_nothing_to_be_compared_with(make_set, open_page, words):
    make_set()
    page = open_page("inside")
    page.session_state["inside_view"] = "Before and after"
    assert "Nothing to compare:" in words(page.run())
