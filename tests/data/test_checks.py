"""What is odd about a set is found, with the pictures it is about, and mended by marks that leave every file alone."""

import time
from random import Random

import pytest
from PIL import Image

from tests.data.surveys import fact, found, survey_of, usual
from tlcore.data.checks import find
from tlcore.data.collect import collect
from tlcore.data.facts import Task, look
from tlcore.data.limits import ALONE
from tlcore.data.manifest import LeftOut
from tlcore.data.marks import LeaveOut, ReadAs, SplitBy, with_mark
from tlcore.data.settle import settle
from tlcore.data.walk import walk


def test_nothing_is_said_of_a_set_that_is_right():
    assert found(survey_of(usual(ants=20, bees=20))) == {}


def test_classes_that_are_called_like_sides_are_told():
    told = found(survey_of(usual(train=20, val=20, test=20)), (ReadAs(reading="folders"),))["side"]
    assert told.title == "“test” and “train” and “val” are called like sides of a split"
    assert told.is_grave
    assert "side" not in found(survey_of(usual(trains=20, vans=20)))


def test_a_blank_picture_is_told_once():
    facts = [*usual(ants=20, bees=20), fact("ants/white.jpg", "white", is_grey=True, is_blank=True)]
    told = found(survey_of(facts))
    assert "nothing on it," in told["blank"].sentence
    assert "grey" not in told


def test_uneven_classes_are_told_with_the_score_of_a_lazy_answer_and_evened_by_lot():
    survey = survey_of(usual(ants=80, bees=20))
    uneven = found(survey)["uneven"]
    assert "right in 80 % of cases" in uneven.sentence
    assert uneven.repairs[0].words == "Leave 40 out: 40 of “ants” remain"
    after = settle("set", survey, uneven.repairs[0].marks, 0)
    assert [a + b for a, b in zip(after.counts("train"), after.counts("val"), strict=True)] == [40, 20]
    assert found(survey)["uneven"] == uneven


def test_evening_leaves_the_judges_of_a_set_with_folders_alone():
    survey = survey_of(usual(**{"train/ants": 80, "train/bees": 20, "val/ants": 40, "val/bees": 10}))
    (mark,) = found(survey)["uneven"].repairs[0].marks
    assert settle("set", survey, (mark,), 0).counts("val") == (40, 10)


def test_classes_with_few_pictures_or_none_to_check_with_are_named_and_can_go():
    survey = survey_of(usual(ants=30, bees=30, wasps=5, flies=1))
    told = found(survey)
    assert "“wasps” (5)" in told["few"].sentence
    assert "“flies” (1)" in told["unjudged"].sentence
    marks = (*told["few"].repairs[0].marks, *told["unjudged"].repairs[0].marks)
    assert settle("set", survey, marks, 0).classes == ("ants", "bees")


def test_the_last_two_classes_are_not_offered_to_go():
    assert found(survey_of(usual(ants=30, bees=5)))["few"].repairs == ()


@pytest.mark.parametrize(("one", "other"), [("ant", "ants"), ("green_ants", "green ants"), ("fourmi é", "fourmi-e")])
def test_spellings_of_one_class_can_be_made_one(one, other):
    survey = survey_of(usual(**{one: 20, other: 30, "bees": 30}))
    spelling = found(survey)["spelling"]
    assert settle("set", survey, spelling.repairs[0].marks, 0).classes == tuple(sorted(["bees", other]))


def test_letters_and_different_words_are_not_one_class():
    assert "spelling" not in found(survey_of(usual(cat=20, bat=20, s=20, S=20)))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("blank", {"is_blank": True}),
        ("grey", {"is_grey": True}),
        ("small", {"width": 40}),
        ("small", {"width": 100, "height": 100}),
        ("thin", {"width": 3000, "height": 700}),
    ],
)
def test_odd_pictures_are_found_and_can_be_left_out(kind, told):
    survey = survey_of([*usual(ants=20, bees=20), fact("ants/odd.jpg", "odd", **told)])
    odd = found(survey)[kind]
    assert odd.places == (40,)
    assert odd.repairs[0].marks == (LeaveOut(pictures=(40,), why=kind),)
    assert kind not in found(survey, odd.repairs[0].marks)


def test_a_set_of_small_drawings_is_not_told_to_go():
    small = [
        fact(f"{name}/{n}.png", f"{name} {n}", width=32, height=32) for name in ("ants", "bees") for n in range(20)
    ]
    assert found(survey_of(small))["small"].repairs == ()


def test_a_class_in_grey_gives_its_answer_away():
    grey = [fact(f"signs/{n}.jpg", f"signs {n}", is_grey=True) for n in range(10)]
    told = found(survey_of([*usual(ants=40, bees=40), *grey]))
    assert "“signs”" in told["grey_class"].title
    assert "grey" not in told


def test_placeholders_can_be_taken_in_and_broken_files_are_named():
    flat = fact("ants/lost.gif", "lost", kind="GIF", is_flat=True)
    broken = LeftOut(name="ants/cut.jpg", code="TRUNCATED", sentence="It ends too early.")
    survey = survey_of([*usual(ants=20, bees=20), flat], [broken])
    told = found(survey)
    assert told["unfit"].names == ("ants/cut.jpg",)
    after = settle("set", survey, told["placeholder"].repairs[0].marks, 0)
    assert 40 in {one.place for one in after.examples}


def test_the_gravest_come_first():
    facts = [*usual(ants=80, bees=20), fact("ants/odd.jpg", "odd", is_grey=True)]
    survey = survey_of(facts)
    grave = [one.is_grave for one in find(survey, settle("set", survey, (), 0), (), 0)]
    assert grave == sorted(grave, reverse=True)
    assert set(grave) == {True, False}


def test_no_repair_touches_a_file(tmp_path, write_set):
    root = write_set({"train/ants": 40, "train/bees": 10, "val/ants": 3, "val/bees": 3})
    picture = Image.open(root / "train/ants/0.jpg").resize((200, 150))
    for quality, copy in ((50, "train/bees/copy.jpg"), (60, "val/ants/copy.jpg"), (70, "train/ants/copy.jpg")):
        picture.save(root / copy, quality=quality)
    Image.new("RGB", (90, 90), "red").save(root / "train/ants/red.png")
    (root / "train/ants/cut.jpg").write_bytes((root / "train/ants/1.jpg").read_bytes()[:300])

    def tree():
        return {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in sorted(root.rglob("*"))
        }

    before = tree()
    unfit = []
    tasks = [Task(shown, 0, where, root / where) for shown, where in walk(root, unfit)]
    survey = collect(
        tasks,
        thumbnails=tmp_path,
        look_all=lambda tasks, _folder: (look(task, None) for task in tasks),
        progress=lambda _done, _total: None,
        unfit=unfit,
    )
    told = find(survey, settle("set", survey, (), 0), (), 0)
    assert {"conflict", "leak", "uneven", "blank", "unfit"} <= {one.kind for one in told}
    for finding in told:
        for repair in finding.repairs:
            settle("set", survey, repair.marks, 0)
    assert tree() == before


def test_the_largest_set_is_checked_in_a_moment():
    draw = Random(0)
    facts = [
        fact(f"{draw.randrange(1000)}/{n}.jpg", n, likeness=f"{draw.getrandbits(15):032x}", is_grey=n % 100 == 0)
        for n in range(ALONE.pictures)
    ]
    survey = survey_of(facts)
    manifest = settle("set", survey, (), 0)
    began = time.process_time()
    assert find(survey, manifest, (), 0)
    assert time.process_time() - began < 10


def test_a_new_split_takes_the_place_of_the_last_one():
    out = LeaveOut(pictures=(1,), why="by_hand")
    marks = with_mark((SplitBy(seed=1), out), SplitBy(seed=2))
    assert marks == (out, SplitBy(seed=2))
