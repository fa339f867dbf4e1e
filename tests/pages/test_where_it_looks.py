"""The page asks where a network looks step by step, shows what it was told, and says what it could not be told."""

from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image

from tlcore.questions import Explain, Explanation, Rank, Ranked
from tlcore.questions.attribution import Evidence, Ranking
from tlcore.questions.seen import Map


def png(level):
    buffer = BytesIO()
    Image.new("L", (7, 7), level).save(buffer, "PNG")
    return b64encode(buffer.getvalue()).decode()


RANKED = Ranked(
    crop=png(90),
    classes=(Ranking(number=1, name="<b>bees</b>", probability=0.9), Ranking(number=0, name="ants", probability=0.1)),
)


def told(high=2.0, mute=None):
    maps = [Map(png=png(200), low=0.0, high=high)] * 2 + [mute]
    names = ("stem", "blocks.5", "blocks.6")
    evidence = tuple(Evidence(block=name, map=map_) for name, map_ in zip(names, maps, strict=True))
    return Explanation(evidence=evidence, passes=1, listing="def grad_cam():\n    ...\n")


@pytest.fixture
def look(open_page, make_set, make_run, two_epochs, store):
    """Open the view for a run, answer what it asks, and open it again; the last answer may be a refusal."""

    def go(*answers, method="grad_cam"):
        manifest = make_set()
        run = make_run(manifest, *two_epochs(manifest))
        page = open_page("inside", run=run.id)
        page.session_state["inside_view"] = "Where it looks"
        page.session_state["evidence_method"] = method
        page.run()
        asked = []
        for answer in answers:
            asked.append(store.asked.waiting())
            if isinstance(answer, str):
                store.asked.refuse(asked[-1], answer)
            else:
                store.asked.answer(asked[-1], answer)
            page.run()
        assert not page.exception
        return page, asked

    return go


def test_the_classes_are_asked_for_then_what_speaks_for_the_likeliest(look, words, drawn):
    page, (first, second) = look(RANKED, told())
    assert isinstance(first, Rank)
    assert isinstance(second, Explain)
    assert (second.method, second.target) == ("grad_cam", 1)
    strip = drawn(page, "heat_strip")
    assert [heat["id"] for heat in strip["heats"]] == ["stem", "blocks.5"]
    assert strip["chosen"] == "blocks.5"
    assert drawn(page, "overlay")["legend"] == ["nothing", "speaks for it most"]
    said = words(page)
    assert "blocks.6</code> has no map" in said
    assert "<b>bees" not in said
    assert [code.value for code in page.code] == ["def grad_cam():\n    ..."]


def test_another_class_is_another_question(look, store):
    page, _ = look(RANKED, told())
    choice = next(box for box in page.selectbox if box.label == "What speaks for this class")
    choice.set_value(0).run()
    assert store.asked.waiting().target == 0


def test_a_method_that_asks_about_no_class_lets_none_be_chosen(look, words):
    page, asked = look(RANKED, told(), method="eigen_cam")
    assert next(box for box in page.selectbox if box.label == "What speaks for this class").disabled
    assert asked[1].method == "eigen_cam"
    assert "whichever class" in words(page)


def test_what_speaks_for_nothing_is_told(look, words):
    page, _ = look(RANKED, told(high=0.0))
    assert "so all is dark" in words(page)
    assert "flat here" not in words(page)


def test_a_network_without_a_head_is_told_in_words_and_asked_nothing_more(look, words, store):
    page, _ = look(Ranked(crop=png(90), classes=()))
    assert "came without a head" in words(page)
    assert not isinstance(store.asked.waiting(), Explain)


@pytest.mark.parametrize("answers", [("The weights are gone.",), (RANKED, "The weights are gone.")])
def test_what_cannot_be_answered_leaves_the_page_usable(look, words, answers):
    page, _ = look(*answers)
    assert "The weights are gone." in words(page)
