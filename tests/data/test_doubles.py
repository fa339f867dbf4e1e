"""Pictures that came twice or look alike are found: in one class, in several, on both sides; each is decided once."""

import pytest

from tests.data.surveys import fact, found, survey_of, usual
from tlcore.data.checks import find
from tlcore.data.doubles import kept_together
from tlcore.data.findings import Look
from tlcore.data.marks import Confirm, LeaveOut
from tlcore.data.settle import settle


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
