"""What is odd about a set is found, with the pictures it is about, and mended by marks that leave every file alone."""

import time
from hashlib import sha256
from random import Random

import pytest
from PIL import Image

from tlcore.data.checks import find
from tlcore.data.collect import collect
from tlcore.data.doubles import kept_together
from tlcore.data.facts import Fact, Task, look
from tlcore.data.findings import Look
from tlcore.data.limits import ALONE
from tlcore.data.manifest import LeftOut
from tlcore.data.marks import Confirm, LeaveOut, ReadAs, SplitBy, with_mark
from tlcore.data.settle import settle
from tlcore.data.survey import Survey
from tlcore.data.walk import walk


def fact(path, number, **told):
    """Return what a photograph tells that looks like no other one, unless told otherwise."""
    usual = {
        "source": 0,
        "where": path,
        "id": sha256(f"{number}".encode()).hexdigest(),
        "kind": "JPEG",
        "width": 640,
        "height": 480,
        "likeness": f"{Random(number).getrandbits(128):032x}",
        "is_flat": False,
        "is_grey": False,
        "is_blank": False,
        "notes": (),
    }
    return Fact(path=path, **(usual | told))


def survey_of(facts, unfit=()):
    first = {}
    alike = tuple(first.setdefault(one.likeness, place) for place, one in enumerate(facts))
    return Survey(facts=tuple(facts), alike=alike, unfit=tuple(unfit))


def usual(**counts):
    """Return so many photographs of each class."""
    return [fact(f"{name}/{n}.jpg", f"{name} {n}") for name, count in counts.items() for n in range(count)]


def found(survey, marks=()):
    return {one.kind: one for one in find(survey, settle("set", survey, marks, 0), marks, 0)}


def test_nothing_is_said_of_a_set_that_is_right():
    assert found(survey_of(usual(ants=20, bees=20))) == {}


def test_of_near_duplicates_the_largest_is_kept():
    facts = usual(ants=20, bees=20)
    facts += [fact("ants/big.jpg", "big", width=4000, height=3000, likeness=facts[0].likeness)]
    near = found(survey_of(facts))["near"]
    assert near.places == (0, 40)
    assert near.repairs[0].marks == (LeaveOut(pictures=(0,), why="near"),)
    assert "near" not in found(survey_of(facts), near.repairs[0].marks)


@pytest.mark.parametrize("same_file", [True, False])
def test_a_picture_in_two_classes_is_a_conflict_that_either_class_may_win(same_file):
    facts = usual(ants=20, bees=20)
    told = {"id": facts[0].id} if same_file else {}
    facts += [fact("bees/copy.jpg", "copy", likeness=facts[0].likeness, **told)]
    conflict = found(survey_of(facts))["conflict"]
    assert conflict.is_grave
    assert conflict.places == (0, 40)
    assert [(one.words, one.marks[0].pictures) for one in conflict.repairs] == [
        ("Keep them in ants", (40,)),
        ("Keep them in bees", (0,)),
        ("Leave all of them out", (0, 40)),
    ]


def test_of_pictures_in_three_classes_each_two_classes_are_decided_by_themselves():
    facts = usual(ants=20, bees=20, wasps=20)
    facts += [fact(f"{name}/copy.jpg", name, likeness=facts[0].likeness) for name in ("bees", "wasps")]
    survey = survey_of(facts)
    told = [one for one in find(survey, settle("set", survey, (), 0), (), 0) if one.kind == "conflict"]
    assert [one.places for one in told] == [(0, 60), (0, 61), (60, 61)]
    assert told[1].repairs[0].marks == (LeaveOut(pictures=(61,), why="conflict"),)


def test_two_classes_that_are_right_leave_the_others_to_be_decided():
    facts = usual(ants=20, bees=20, wasps=20)
    facts += [fact(f"{name}/copy.jpg", name, likeness=facts[0].likeness) for name in ("bees", "wasps")]
    survey = survey_of(facts)
    marks = ()
    for pair, left in (((0, 60), [(0, 61), (60, 61)]), ((0, 61), [(60, 61)]), ((60, 61), [])):
        marks = (*marks, Confirm(pictures=pair, what="conflict"))
        told = find(survey, settle("set", survey, marks, 0), marks, 0)
        assert [one.places for one in told if one.kind == "conflict"] == left


def test_pictures_in_many_classes_can_be_kept_in_any_of_them_or_be_right():
    names = ["ants", "bees", "flies", "moths", "wasps"]
    facts = usual(**dict.fromkeys(names, 20))
    facts += [fact(f"{name}/copy.jpg", name, likeness=facts[0].likeness) for name in names[1:]]
    survey = survey_of(facts)
    conflict = found(survey)["conflict"]
    assert [one.words for one in conflict.repairs] == [f"Keep them in {name}" for name in names] + [
        "Leave all of them out"
    ]
    assert "conflict" not in found(survey, conflict.repairs[2].marks)
    assert "conflict" not in found(survey, (Confirm(pictures=conflict.places, what="conflict"),))


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


def test_what_came_twice_and_what_came_on_both_sides_are_told_apart():
    facts = usual(**{"train/ants": 20, "train/bees": 20, "val/ants": 5, "val/bees": 5})
    facts += [fact("train/ants/twice.jpg", "twice", id=facts[0].id, likeness=facts[0].likeness)]
    facts += [fact("val/ants/both.jpg", "both", id=facts[1].id, likeness=facts[1].likeness)]
    told = found(survey_of(facts))
    assert told["repeats"].title == "1 file came twice"
    assert told["in_both"].places == (1,)


def test_what_is_confirmed_is_not_told_again():
    facts = usual(ants=20, bees=20)
    facts += [fact("bees/copy.jpg", "copy", likeness=facts[0].likeness)]
    survey = survey_of(facts)
    conflict = found(survey)["conflict"]
    assert "conflict" not in found(survey, (Confirm(pictures=conflict.places, what="conflict"),))
    assert "conflict" in found(survey, (Confirm(pictures=conflict.places, what="near"),))


def test_a_near_duplicate_on_both_sides_of_folders_is_a_leak_that_two_repairs_stop():
    facts = usual(**{"train/ants": 20, "train/bees": 20, "val/ants": 5, "val/bees": 5})
    facts += [fact("val/ants/copy.jpg", "copy", likeness=facts[3].likeness)]
    survey = survey_of(facts)
    leak = found(survey)["leak"]
    assert set(leak.places) == {3, 50}
    leave_out, draw = leak.repairs
    assert leave_out.marks == (LeaveOut(pictures=(3,), why="leak"),)
    assert "leak" not in found(survey, leave_out.marks)
    drawn = settle("set", survey, draw.marks, 0)
    assert len({one.split for one in drawn.examples if one.place in (3, 50)}) == 1


def test_a_set_that_is_drawn_has_no_leak():
    facts = usual(ants=20, bees=20)
    facts += [fact("ants/copy.jpg", "copy", likeness=facts[0].likeness)]
    assert "leak" not in found(survey_of(facts))


def test_one_take_of_a_camera_is_said_and_not_taken_apart():
    facts = [*usual(bees=20), *(fact(f"ants/{n}.jpg", n, likeness="f" * 32) for n in range(20))]
    told = found(survey_of(facts))
    assert "“ants”" in told["one_take"].title
    assert "near" not in told


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


def test_a_class_with_one_picture_takes_no_other_class_apart():
    facts = usual(ants=20, bees=20)
    facts += [fact(f"ants/burst{n}.jpg", f"burst {n}", likeness=facts[0].likeness) for n in range(5)]
    facts += [fact("moths/only.jpg", "moth", likeness=facts[0].likeness)]
    survey = survey_of(facts)
    for seed in range(20):
        made = settle("set", survey, (), seed)
        sides = {one.split for one in made.examples if survey.alike[one.place] == 0}
        assert len(sides) == 1
        assert kept_together(Look(survey, made, (), seed)) == (1, 7)


def test_one_take_of_a_class_leaves_what_looks_like_it_elsewhere_together():
    facts = [fact(f"ants/{n}.jpg", f"ant {n}", likeness="0f" * 16) for n in range(10)] + usual(bees=20)
    facts += [fact(f"bees/like{n}.jpg", f"like {n}", likeness="0f" * 16) for n in range(4)]
    survey = survey_of(facts)
    for seed in range(20):
        made = settle("set", survey, (), seed)
        together = [one for one in made.examples if one.place >= 30]
        assert len({one.split for one in together}) == 1
        assert made.counts("val")[0] > 0
        assert kept_together(Look(survey, made, (), seed)) == (1, 4)


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
