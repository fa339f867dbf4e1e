"""Classes are found, opened and changed on the page; each change is a mark in the ledger, told in words."""

import json
import time

import pytest

from tlcore.data.marks import CallClasses, DropClass, LeaveOut, Relabel
from tlcore.data.pretended import pretend_thumbnails, pretended_survey
from tlcore.draft import Draft
from tlcore.questions import Prepare


@pytest.fixture
def make_album(store, person):
    """Keep an album of photographs that were never taken, and choose it."""

    def make(pictures=84, classes=14):
        survey = pretended_survey(pictures, classes)
        album = store.albums.make(person, "Made up", survey, [store.home], 0)
        store.drafts.keep(person, Draft(album=album.id, data=album.digest))
        return album

    return make


@pytest.fixture
def ledger(store, person):
    """Return the marks of the chosen album."""
    return lambda: store.albums.get(store.drafts.of(person).album, person).marks


@pytest.fixture
def opened(make_album, open_page):
    """The page of pictures with one class open, some of its pictures ticked."""

    def go(ticked=0, name="class 0003"):
        make_album()
        page = open_page("pictures")
        page.session_state["class_open"] = name
        page.run()
        if ticked:
            keys = [thumb["id"] for thumb in wall(page)["thumbs"][:ticked]]
            page.session_state["class_ticked"] = frozenset(keys)
            page.run()
        assert not page.exception
        return page

    return go


def wall(page):
    protos = [element.proto for element in page.main if element.type == "bidi_component"]
    (found,) = (proto for proto in protos if proto.component_name == "thaw_picture_wall")
    return json.loads(json.loads(found.json)["text"])


def named(page, drawn):
    return [row["name"] for row in drawn(page, "class_list")["rows"]]


def test_classes_come_a_dozen_at_a_time_and_are_found_by_a_part_of_their_name(make_album, open_page, drawn, words):
    make_album()
    page = open_page("pictures")
    assert named(page, drawn) == [f"class {number:04d}" for number in range(12)]
    page.text_input("class_search").set_value("0013").run()
    assert named(page, drawn) == ["class 0013"]
    page.text_input("class_search").set_value("wolf <b>").run()
    assert "no class has “wolf &lt;b&gt;” in its name" in words(page)


@pytest.mark.parametrize(("order", "expected"), [("Most first", "class 0002"), ("Fewest first", "class 0000")])
def test_classes_come_in_the_order_of_their_pictures(store, make_album, open_page, drawn, order, expected):
    album = make_album()
    store.albums.mark(album, Relabel(pictures=(0, 14), name="class 0002"))
    album = store.albums.get(album.id, album.workspace)
    store.drafts.keep(album.workspace, Draft(album=album.id, data=album.digest))
    page = open_page("pictures")
    page.session_state["class_order"] = order
    assert named(page.run(), drawn)[0] == expected


def test_an_open_class_shows_every_picture_with_its_name_its_size_and_its_side(opened):
    thumbs = wall(opened())["thumbs"]
    assert len(thumbs) == 6
    assert thumbs[0]["caption"].endswith(".jpg")
    assert " × " in thumbs[0]["note"]
    assert {thumb["note"].rpartition(" · ")[2] for thumb in thumbs} == {"learn", "check"}


def test_a_class_of_more_than_sixty_pictures_has_pages(make_album, open_page):
    make_album(pictures=150, classes=2)
    page = open_page("pictures")
    page.session_state["class_open"] = "class 0001"
    assert len(wall(page.run())["thumbs"]) == 60


def test_the_last_page_of_a_class_may_go_with_its_last_picture(make_album, open_page):
    make_album(pictures=242, classes=2)
    page = open_page("pictures")
    page.session_state["class_open"] = "class 0001"
    page.session_state["pictures_page_class 0001_3"] = 3
    (last,) = wall(page.run())["thumbs"]
    page.session_state["class_ticked"] = frozenset([last["id"]])
    page.run().button("slim_leave_out").click().run()
    assert not page.exception
    assert len(wall(page)["thumbs"]) == 60


def test_a_picture_that_is_clicked_is_shown_large_with_what_is_known_of_it(opened, store, words):
    page = opened()
    thumb = wall(page)["thumbs"][0]
    page.session_state["class_picture"] = thumb["id"]
    said = words(page.run())
    assert thumb["caption"] in said
    assert "JPEG" in said
    assert "class 0003/" in said
    question = store.asked.waiting()
    assert isinstance(question, Prepare)
    assert question.picture[:12] in thumb["id"]


def test_ticked_pictures_are_left_out_by_a_mark(opened, ledger, words):
    page = opened(ticked=2)
    before = [thumb["caption"] for thumb in wall(page)["thumbs"]]
    page.button("slim_leave_out").click().run()
    (mark,) = ledger()
    assert isinstance(mark, LeaveOut)
    assert len(mark.pictures) == 2
    assert "2 pictures of “class 0003” left out; the files are as they were." in words(page)
    assert [thumb["caption"] for thumb in wall(page)["thumbs"]] == before[2:]
    assert wall(page)["marked"] == []


def test_ticked_pictures_move_to_another_class(opened, ledger, words):
    page = opened(ticked=1)
    assert page.button("slim_move").disabled
    page.selectbox("move_to").set_value("class 0007").run()
    page.button("slim_move").click().run()
    (mark,) = ledger()
    assert (type(mark), mark.name, len(mark.pictures)) == (Relabel, "class 0007", 1)
    assert "1 picture moved from “class 0003” to “class 0007”." in words(page)


def test_nothing_ticked_leaves_nothing_to_press(opened):
    page = opened()
    assert all(page.button(key).disabled for key in ("slim_leave_out", "slim_move", "slim_untick"))


def test_a_class_gets_another_name_and_stays_open(opened, ledger, words, person, store):
    page = opened()
    page.text_input("class_name").set_value(" Red\u202e ants ").run()
    page.button("slim_rename").click().run()
    assert ledger() == (CallClasses(classes=("class 0003",), name="Red ants"),)
    assert "“class 0003” is called “Red ants” now." in words(page)
    assert page.session_state["class_open"] == "Red ants"
    assert "Red ants" in store.datasets.get(store.drafts.of(person).data, person).manifest.classes


def test_two_classes_become_one(opened, ledger):
    page = opened()
    page.selectbox("merge_with").set_value("class 0004").run()
    page.button("slim_merge").click().run()
    assert ledger() == (CallClasses(classes=("class 0003", "class 0004"), name="class 0004"),)
    assert len(wall(page)["thumbs"]) == 12


def test_a_class_that_is_left_out_leads_back_to_all_classes(opened, ledger, drawn, words):
    page = opened()
    page.button("slim_drop").click().run()
    assert ledger() == (DropClass(name="class 0003"),)
    assert "class 0003" not in named(page, drawn)
    assert "“class 0003” is left out with all its pictures." in words(page)


def test_a_mark_that_leaves_no_set_is_refused_in_words(make_album, open_page, ledger, words):
    make_album(pictures=8, classes=2)
    page = open_page("pictures")
    page.session_state["class_open"] = "class 0000"
    page.run().button("slim_drop").click().run()
    assert ledger() == ()
    assert "Not changed:" in words(page)
    assert "only in class 0001" in words(page)


def test_a_set_from_before_albums_is_seen_but_not_changed(make_set, open_page):
    make_set()
    page = open_page("pictures")
    page.session_state["class_open"] = "ants"
    page.run()
    assert not page.exception
    assert not wall(page)["markable"]
    assert all(button.key != "slim_leave_out" for button in page.button)


def test_the_cut_is_asked_for_with_the_plan_and_the_augmentation_that_is_looked_at(make_album, open_page, store):
    make_album()
    page = open_page("pictures")
    page.session_state["view"] = "What the network gets"
    page.session_state["crop_augment"] = "strong"
    page.run()
    question = store.asked.waiting()
    assert (question.augment, question.image_size, question.backbone) == ("strong", 224, Draft().backbone)


@pytest.mark.parametrize("view", ["Sizes", "Mosaic"])
def test_sizes_and_mosaic_are_drawn(make_album, open_page, view):
    make_album()
    page = open_page("pictures")
    page.session_state["view"] = view
    assert not page.run().exception


def test_the_mosaic_names_classes_in_any_script(store, make_album, open_page, drawn):
    album = make_album(84, 2)
    names = ("Bienen & Hümmeln", "蜜蜂")
    marks = [CallClasses(classes=(f"class {number:04d}",), name=name) for number, name in enumerate(names)]
    album = store.albums.mark(album, *marks)
    store.drafts.keep(album.workspace, Draft(album=album.id, data=album.digest))
    page = open_page("pictures")
    page.session_state["view"] = "Mosaic"
    heaps = drawn(page.run(), "mosaic")["heaps"]
    assert [heap["name"] for heap in heaps] == list(names)
    assert all(heap["images"] for heap in heaps)


def test_sizes_that_were_not_kept_are_drawn_once_an_album_has_them(store, person, make_album, open_page, words):
    album = make_album(90, 15)
    store.drafts.keep(person, Draft(data=album.digest))
    page = open_page("pictures")
    page.session_state["view"] = "Sizes"
    assert "did not keep their sizes" in words(page.run())
    store.drafts.keep(person, Draft(album=album.id, data=album.digest))
    assert "did not keep their sizes" not in words(page.run())


@pytest.mark.slow
def test_a_hundred_thousand_pictures_in_a_thousand_classes_can_be_worked_with(store, person, open_page):
    survey = pretended_survey(100_000, 1000)
    album = store.albums.make(person, "Large", survey, [store.home], 0)
    pretend_thumbnails(store.thumbnails, survey.facts[:3000])
    page = open_page("pictures")
    store.drafts.keep(person, Draft(album=album.id, data=album.digest))
    state = page.session_state

    def seconds(act):
        began = time.process_time()  # A core's work: other work on the machine does not stretch it.
        act()
        assert not page.exception
        return time.process_time() - began

    acts = {
        "first": page.run,
        "again": page.run,
        "search": lambda: page.text_input("class_search").set_value("05").run(),
        "open": lambda: (state.__setitem__("class_open", "class 0500"), page.run()),
        "tick": lambda: (state.__setitem__("class_ticked", frozenset([wall(page)["thumbs"][0]["id"]])), page.run()),
        "mark": lambda: page.button("slim_leave_out").click().run(),
        "sizes": lambda: (state.__setitem__("view", "Sizes"), page.run()),
        "network": lambda: page.switch_page("pages/network.py").run(),
        "inside": lambda: page.switch_page("pages/inside.py").run(),
    }
    taken = {name: seconds(act) for name, act in acts.items()}
    assert len(store.albums.get(album.id, person).marks) == 1
    assert max(taken.values()) < 2.0, taken
