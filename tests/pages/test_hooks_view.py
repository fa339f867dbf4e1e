"""The view of hooks: lit as they fire, counted, and a sandbox that offers what a person can choose and nothing else."""

import pytest
from streamlit.testing.v1 import AppTest

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.questions import Inspect, Inspected, Keep, Kept
from tlcore.questions.hooked import Firing, Pass, Place
from tlcore.questions.kept import Way
from tlcore.questions.seen import Map

CARD = backbone(DEFAULT)
PLACE = Place(part="bn1.drop", block="stem", by="bn1.act", operation="ReLU6")
GREY = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def passed(names, hooked=20.2):
    fired = tuple(Firing(block=name, shape=(8, 4, 4), size=512_000) for name in names)
    return Pass(fired=fired, before=0, during=len(fired), after=0, plain=20.0, hooked=hooked)


@pytest.fixture
def opened(open_page, make_set, store):
    """The view, once the desk has answered with these places."""

    def go(*places: Place, hooked: float = 20.2) -> AppTest:
        make_set()
        page = open_page("inside")
        page.segmented_control("inside_view").set_value("Hooks").run()
        question = store.asked.waiting()
        assert isinstance(question, Inspect)
        names = CARD.block_names
        told = Inspected(forward=passed(names, hooked), backward=passed(names[::-1]), places=places)
        store.asked.answer(question, told)
        return page.run()

    return go


@pytest.fixture
def answered(opened, store):
    """The view with one place, once the desk has answered what a hook keeps there."""
    page = opened(PLACE)
    question = store.asked.waiting()
    assert isinstance(question, Keep)
    assert question.part == PLACE.part
    grey = Map(png=GREY, low=-1.5, high=2.5)
    ways = [("output", 0, True, 1.5), ("output.detach()", 0, False, 1.5), ("output.clone()", 4000, True, 0.0)]
    kept = Kept(
        channel=3,
        seen=grey,
        afterwards=grey,
        changed=0.5,
        ways=tuple(
            Way(code=code, size=size, way_back=back, difference=difference)
            for code, size, back, difference in [*ways, ("output.detach().clone()", 4000, False, 0.0)]
        ),
    )
    store.asked.answer(question, kept)
    return page.run()


def test_hooks_are_lit_as_far_as_the_slider_says(opened, words):
    page = opened()
    assert not page.exception
    count = len(CARD.blocks)
    assert words(page).count("has fired") == count - 1
    page.slider(f"hooks_fired_{DEFAULT}").set_value(2 * count).run()
    said = words(page)
    assert f"backward hook, number {2 * count}, fired now" in said
    assert f"forward hook, number {count}, has fired" in said
    page.slider(f"hooks_fired_{DEFAULT}").set_value(0).run()
    assert "Setting a hook runs nothing." in words(page)


def test_the_view_tells_the_three_counts_and_the_cost(opened, words):
    said = words(opened(hooked=24.0))
    assert f"<b>{len(CARD.blocks)}</b><span>during</span>" in said
    assert "<b>0</b><span>after</span>" in said
    assert "They made the pass 20 % longer" in said
    assert "less than 5 % in this measurement" in said


def test_a_network_that_overwrites_nothing_says_so(opened, words):
    assert "overwrites none of its maps" in words(opened())


def test_a_kept_map_that_changed_is_told_with_the_line_that_kept_it(answered, words):
    said = words(answered).replace("&quot;", '"')
    assert not answered.exception
    assert 'kept["bn1.drop"] = output.detach()' in said
    assert "handle.remove()" in said
    assert "none, the network" in said
    assert "50.0 %" in said


def test_a_clone_is_told_to_stay(answered, words):
    answered.segmented_control("hook_keeps").set_value("output.detach().clone()").run()
    said = words(answered).replace("&quot;", '"')
    assert not answered.exception
    assert 'kept["bn1.drop"] = output.detach().clone()' in said
    assert "the same to the last bit" in said
    assert "0.0 %" in said


def test_a_refusal_is_told_in_words(open_page, make_set, store, words):
    make_set()
    page = open_page("inside")
    page.segmented_control("inside_view").set_value("Hooks").run()
    store.asked.refuse(store.asked.waiting(), "This picture is not in the set.")
    page.run()
    assert not page.exception
    assert "This picture is not in the set." in words(page)
    page.button("slim_picture_next").click().run()
    assert isinstance(store.asked.waiting(), Inspect)
