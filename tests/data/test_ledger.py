"""Every mark is a line that a person understands, and moves to and fro do not pile up."""

from types import SimpleNamespace

import pytest

from tlcore.data.ledger import reason, told
from tlcore.data.marks import (
    CallClasses,
    Confirm,
    DropClass,
    LeaveOut,
    MoveTo,
    Relabel,
    SplitBy,
    TakeIn,
    read,
    with_mark,
    written,
)

LABELS = {0: "ants", 1: "ants", 2: "bees"}


SURVEY = SimpleNamespace(
    facts=[SimpleNamespace(path=f"set/{name}") for name in ("ants/0.jpg", "ants/1.jpg", "bees/2.jpg")]
)


@pytest.mark.parametrize(
    ("mark", "line"),
    [
        (LeaveOut(pictures=(0, 1), why="near"), "2 near duplicates of “ants” left out"),
        (LeaveOut(pictures=(0, 1), why="conflict"), "2 pictures of “ants” that lay in several classes left out"),
        (LeaveOut(pictures=(0,), why="by_hand"), "1 picture of “ants” left out: ants/0.jpg"),
        (LeaveOut(pictures=(0, 2), why="made_up"), "2 pictures of 2 classes left out"),
        (TakeIn(pictures=(2,)), "1 picture of “bees” taken in: bees/2.jpg"),
        (Relabel(pictures=(2,), name="wasps"), "1 picture put into “wasps”: bees/2.jpg"),
        (Confirm(pictures=(0, 1), what="near"), "2 pictures of “ants” are right as they are"),
        (MoveTo(pictures=(0, 2), split="val"), "2 pictures put among those to check with"),
        (SplitBy(seed=4, share=0.3), "Split drawn with seed 4, 30 % of each class to check with"),
        (SplitBy(seed=4, folds=5, fold=2), "Split drawn with seed 4 into 5 folds; fold 2 is to check with"),
        (CallClasses(classes=("ant", "ants"), name="ants"), "“ant” called “ants”"),
        (DropClass(name="wasps"), "The class “wasps” left out"),
    ],
)
def test_a_mark_is_one_line(mark, line):
    assert told(mark, SURVEY, LABELS) == line


def test_a_reason_that_nobody_knows_is_by_hand():
    assert reason("made_up") == reason("by_hand") == "It is left out by hand."


def test_a_picture_that_goes_to_and_fro_is_one_move():
    marks = ()
    for split in ("val", "train", "val"):
        marks = with_mark(marks, MoveTo(pictures=(3,), split=split))
    assert marks == (MoveTo(pictures=(3,), split="val"),)


def test_moves_to_one_side_join():
    marks = with_mark((MoveTo(pictures=(3,), split="val"),), MoveTo(pictures=(4,), split="val"))
    assert marks == (MoveTo(pictures=(3, 4), split="val"),)
    marks = with_mark(marks, MoveTo(pictures=(3,), split="train"))
    assert marks == (MoveTo(pictures=(4,), split="val"), MoveTo(pictures=(3,), split="train"))


def test_marks_survive_being_written():
    marks = (Confirm(pictures=(1, 2), what="near"), MoveTo(pictures=(4,), split="val"))
    assert read(written(marks)) == marks
