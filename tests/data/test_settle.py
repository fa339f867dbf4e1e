"""What a survey comes to, whatever the paths are: a set with what is worth knowing of it, or a plain refusal."""

import pytest

from tlcore.data.manifest import LeftOut
from tlcore.data.settle import settle
from tlcore.errors import PictureError


def pictures(folder, count=3):
    return [f"{folder}/{number}.jpg" for number in range(count)]


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["IMG_2041.jpg", "IMG_2042.jpg", "IMG_2043.jpg"], "NO_CLASSES"),
        (["2021-03-04 12.33.01.jpg", "2022-03-04 12.33.02.jpg"] * 2, "NO_CLASSES"),
        ([f"{number:x}f.jpg" for number in range(4000, 4020)], "NO_CLASSES"),
        (pictures("set/ants"), "ONE_CLASS"),
        ([f"{number}/a.jpg" for number in range(1001)], "TOO_MANY_CLASSES"),
        (["notes.txt", ".DS_Store"], "NO_PICTURES"),
    ],
)
def test_what_can_be_understood_in_no_way_is_refused_without_a_question(survey_of, paths, code):
    with pytest.raises(PictureError) as caught:
        settle("set", survey_of(paths), (), 0)
    assert caught.value.code == code
    assert caught.value.hint


def test_a_class_whose_pictures_cannot_be_used_is_dropped_and_named(survey_of):
    broken = LeftOut(name="birds/cut.jpg", code="TRUNCATED", sentence="It ends too early.")
    manifest = settle("set", survey_of([*pictures("ants"), *pictures("bees")], unfit=[broken]), (), 0)
    assert manifest.classes == ("ants", "bees")
    assert {(one.name, one.code) for one in manifest.left_out} >= {("birds", "EMPTY_CLASS")}


def test_a_class_with_one_picture_is_learned_and_a_few_are_warned_of(survey_of):
    manifest = settle("set", survey_of([*pictures("ants", 9), *pictures("bees", 3), *pictures("wasp", 1)]), (), 0)
    assert manifest.counts("train")[2] == 1
    assert manifest.counts("val")[2] == 0
    told = {notice.name: notice.sentence for notice in manifest.notices}
    assert "no picture to check with" in told["wasp"]
    assert "fewer than 5" in told["bees"]
    assert "ants" not in told


def test_a_thousand_classes_with_one_picture_each_have_nothing_to_judge_by(survey_of):
    thousand = [f"class {number}" for number in range(1000)]
    with pytest.raises(PictureError) as caught:
        settle("set", survey_of([path for name in thousand for path in pictures(name, 1)]), (), 0)
    assert caught.value.code == "NOTHING_TO_JUDGE_BY"
    manifest = settle("set", survey_of([path for name in thousand for path in pictures(name, 2)]), (), 0)
    assert set(manifest.counts("train")) == set(manifest.counts("val")) == {1}
