"""Pictures that are added to a set find its classes, whatever folders either of them came in."""

import pytest

from tlcore.data.facts import Fact
from tlcore.data.folders import by_folders
from tlcore.data.joining import joined
from tlcore.data.layout import Found
from tlcore.data.likeness import groups
from tlcore.data.manifest import LeftOut
from tlcore.data.survey import Survey


def survey(*paths, unfit=()):
    facts = tuple(
        Fact(
            path=path,
            source=0,
            where=path,
            id=path,
            kind="PNG",
            width=9,
            height=9,
            likeness="0" * 32,
            is_flat=False,
            is_grey=False,
            is_blank=False,
            notes=(),
        )
        for path in paths
    )
    return Survey(
        facts=facts,
        alike=groups([fact.likeness for fact in facts]),
        unfit=tuple(LeftOut(name=name, code="EMPTY_FILE", sentence="It is empty.") for name in unfit),
    )


PLAIN = ("ants/1.png", "bees/1.png")
WRAPPED = ("insects/ants/1.png", "insects/bees/1.png")
SPLIT = ("set/Train/ants/1.png", "set/Train/bees/1.png", "set/test/ants/2.png", "set/test/bees/2.png")


@pytest.mark.parametrize(
    ("known", "more", "paths"),
    [
        (PLAIN, ["ants/9.png"], ["ants/9.png"]),
        (PLAIN, ["more/ants/9.png", "more/bees/9.png"], ["ants/9.png", "bees/9.png"]),
        (PLAIN, ["Ants/close/9.png"], ["Ants/close/9.png"]),
        (PLAIN, ["9.png"], ["9.png"]),
        (WRAPPED, ["9.png"], ["9.png"]),
        (WRAPPED, ["ants/9.png", "wasps/9.png"], ["insects/ants/9.png", "insects/wasps/9.png"]),
        (WRAPPED, ["a/b/ants/9.png", "a/b/bees/9.png"], ["insects/ants/9.png", "insects/bees/9.png"]),
        (WRAPPED, ["x/train/ants/9.png", "x/val/ants/8.png"], ["insects/ants/9.png", "insects/ants/8.png"]),
        (SPLIT, ["ants/9.png"], ["set/Train/ants/9.png"]),
        (SPLIT, ["x/training/ants/9.png", "x/val/bees/8.png"], ["set/Train/ants/9.png", "set/test/bees/8.png"]),
        (["only/cats/1.png"], ["dogs/1.png"], ["only/dogs/1.png"]),
        (
            SPLIT,
            ["train/ants/9.png", "val/ants/8.png", "test/ants/7.png"],
            ["set/Train/ants/9.png", "set/test/ants/8.png", "set/test/ants/7.png"],
        ),
        (PLAIN, ["ants/train/9.png", "ants/val/8.png"], ["ants/train/9.png", "ants/val/8.png"]),
        ([], ["x/ants/9.png", "x/bees/9.png"], ["ants/9.png", "bees/9.png"]),
    ],
)
def test_what_is_added_lies_beside_what_is_there(known, more, paths):
    assert [fact.path for fact in joined(survey(*known), survey(*more)).facts] == paths


@pytest.mark.parametrize(
    ("known", "start"), [(PLAIN, ""), (WRAPPED, "insects/"), (SPLIT, "set/Train/"), (["cats/1.png"], "")]
)
def test_a_chosen_class_takes_all_of_it(known, start):
    more = joined(survey(*known), survey("9.png", "some/where/8.png"), "black / white")
    assert [fact.path for fact in more.facts] == [
        f"{start}black   white/9.png",
        f"{start}black   white/some/where/8.png",
    ]


@pytest.mark.parametrize("known", [PLAIN, WRAPPED, SPLIT])
@pytest.mark.parametrize("wrapper", ["", "bag/", "train/"])
def test_the_whole_is_understood_as_the_set_was(known, wrapper):
    more = joined(
        survey(*known), survey(f"{wrapper}ants/9.png", f"{wrapper}wasps/9.png", unfit=[f"{wrapper}bees/0.png"])
    )
    paths = [*known, *(fact.path for fact in more.facts), *(one.name for one in more.unfit)]
    layout = by_folders(Found.of(paths))
    assert layout.classes == ("ants", "bees", "wasps")
    assert len(layout.placed) == len(paths)
