"""The view "Map of the set": what it asks, what it draws of an answer, and what clicks on it bring up."""

import json
from dataclasses import replace

import pytest

from tlcore.events import Finished
from tlcore.packing import pack, unpack
from tlcore.questions import Chart, Charted, Unfold, Unfolded
from tlcore.questions.set_map import BlockCharted, Probe

VIEW = "Map of the set"
BLOCKS = ("stem", "blocks.1", "blocks.2", "blocks.3", "blocks.4", "blocks.5", "blocks.6", "head")


def charted(count=12, right=(1, 1, 2, 2, 2, 2, 2, 2), answers=()):
    """Each picture's nearest others are the two next to it, in a circle."""
    near = [(place + step) % count for place in range(count) for step in (1, 2)]
    return Charted(
        places=pack(range(count)),
        blocks=tuple(
            BlockCharted(
                block=name,
                width=16,
                points=pack(range(2 * count)),
                shares=(0.5, 0.25),
                near=pack(near),
                probe=Probe(right=number, learned=10),
            )
            for name, number in zip(BLOCKS, right, strict=True)
        ),
        answers=pack(answers),
        learned_from=10,
        judged_on=2,
        baseline=1,
    )


@pytest.fixture
def open_map(open_page, store):
    """Open the view on a page that has the answer."""

    def go(answer=None, run=None, **state):
        page = open_page("inside", **({"run": run.id} if run else {}))
        page.session_state["inside_view"] = VIEW
        page.run()
        question = store.asked.waiting()
        assert isinstance(question, Chart)
        store.asked.answer(question, answer or charted())
        for key, value in state.items():
            page.session_state[key] = value
        return page.run()

    return go


def test_the_map_asks_for_the_whole_set_once(open_page, make_set, store, person):
    manifest = make_set()
    page = open_page("inside")
    store.asked.waiting()
    page.session_state["inside_view"] = VIEW
    page.run()
    question = store.asked.waiting()
    assert (question.data, question.workspace) == (manifest.digest, person)
    assert not page.run().exception


def test_every_picture_is_a_mark_of_its_class(open_map, make_set, drawn, words):
    make_set()
    page = open_map()
    assert not page.exception
    plane = drawn(page, "set_map")
    assert [(group["name"], group["count"]) for group in plane["groups"]] == [("ants", 6), ("bees", 6)]
    assert len(unpack(plane["points"])) == 24
    assert unpack(plane["group_of"]) == plane["class_of"]
    said = words(page)
    assert "all 12" in said
    assert "75.0 % of all that differs in 16 numbers" in said
    assert "the answer appears" in said or "no block tells" in said


def test_a_sample_is_called_a_sample(open_map, make_set, words):
    make_set()
    assert "a sample of 6 of its 12" in words(open_map(charted(count=6)))


def test_sixteen_classes_have_marks_and_of_more_eight_are_chosen(open_map, make_set, drawn):
    make_set(classes=tuple(f"class {number}" for number in range(16)))
    groups = drawn(open_map(charted(count=96)), "set_map")["groups"]
    assert len({(group["colour"], group["hollow"]) for group in groups}) == 16


def test_of_many_classes_eight_are_coloured_and_the_others_grey(open_map, make_set, drawn):
    make_set(classes=tuple(f"class {number}" for number in range(30)))
    page = open_map(charted(count=180))
    groups = drawn(page, "set_map")["groups"]
    assert [group["name"] for group in groups][-1] == "other classes"
    assert groups[-1]["count"] == 180 - 8 * 6
    page.multiselect[0].set_value([29]).run()
    groups = drawn(page, "set_map")["groups"]
    assert [(group["name"], group["count"]) for group in groups] == [("class 29", 6), ("other classes", 174)]


def test_mistakes_are_shown_for_a_run(open_map, make_set, make_run, two_epochs, drawn):
    manifest = make_set()
    run = make_run(manifest, *two_epochs(manifest), Finished(seconds=4.0))
    labels = [example.label for example in manifest.examples]
    answers = [1 - labels[0], *labels[1:]]
    page = open_map(charted(answers=answers), run=run, map_coloured="Right or wrong")
    plane = drawn(page, "set_map")
    assert [(group["name"], group["count"]) for group in plane["groups"]] == [("right", 11), ("wrong", 1)]
    assert [note for note in plane["notes"] if note] == [f"taken for {manifest.classes[answers[0]]}"]


def test_an_untouched_network_is_never_wrong(open_map, make_set, drawn):
    make_set()
    page = open_map(charted(answers=[0] * 12))
    assert not any(drawn(page, "set_map")["notes"])
    assert "Coloured by" not in [control.label for control in page.main if control.type == "button_group"]


def kept(manifest, *pictures, answer=None):
    return (f"{manifest.digest} {len((answer or charted()).places)}", pictures)


def walls(page):
    protos = [element.proto for element in page.main if element.type == "bidi_component"]
    found = [proto for proto in protos if proto.component_name == "thaw_picture_wall"]
    return [[thumb["id"] for thumb in json.loads(json.loads(proto.json)["text"])["thumbs"]] for proto in found]


def test_what_was_clicked_stands_before_its_nearest_others_and_what_was_drawn_around_below(open_map, make_set, words):
    manifest = make_set()
    page = open_map(map_chosen=kept(manifest, 4), map_selected=kept(manifest, 0, 1, 5))
    assert walls(page) == [["4", "5", "6"], ["0", "1", "5"]]
    said = words(page)
    assert "0 of 2 are of its own class, ants" in said
    assert "3 pictures: ants (2), bees (1)." in said


def test_what_was_selected_in_another_set_is_not_selected_here(open_map, make_set):
    make_set()
    assert walls(open_map(map_selected=("another 12", (0, 1)), map_chosen=("another 12", (3,)))) == []


def test_t_sne_is_asked_for_one_block_and_then_drawn(open_map, make_set, store, drawn, words):
    make_set()
    page = open_map(map_laid="t-SNE")
    question = store.asked.waiting()
    assert isinstance(question, Unfold)
    assert question.block == "blocks.6"
    assert unpack(drawn(page, "set_map")["points"]) == list(range(24))  # meanwhile the other layout stays
    store.asked.answer(question, Unfolded(points=pack(reversed(range(24)))))
    page.run()
    assert unpack(drawn(page, "set_map")["points"]) == list(reversed(range(24)))
    assert "how far apart, means nothing" in words(page)


def test_without_validation_pictures_the_page_says_that_it_cannot_judge(open_map, make_set, words):
    make_set()
    answer = charted()
    blocks = tuple(replace(block, probe=None) for block in answer.blocks)
    page = open_map(replace(answer, blocks=blocks, judged_on=0, learned_from=12, baseline=0))
    assert not page.exception
    assert "nothing to judge a block on" in words(page)


def test_why_there_is_no_map_is_told_in_words(open_page, make_set, store, words):
    make_set()
    page = open_page("inside")
    store.asked.waiting()
    page.session_state["inside_view"] = VIEW
    page.run()
    store.asked.refuse(store.asked.waiting(), "The pictures of this run are not here any more.")
    page.run()
    assert not page.exception
    assert "not here any more" in words(page)


def test_names_that_are_markup_are_shown_to_the_letter(open_map, make_set, drawn, words):
    hostile = ("<img src=x onerror=alert(1)>", "[x](http://evil.example) `c`")
    manifest = make_set(classes=hostile)
    page = open_map(map_chosen=kept(manifest, 4), map_selected=kept(manifest, 0, 11))
    assert not page.exception
    assert [group["name"] for group in drawn(page, "set_map")["groups"]] == list(hostile)
    assert "<img" not in words(page)
