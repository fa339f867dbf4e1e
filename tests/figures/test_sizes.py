"""The charts of a set stay small for a large one, name what they show, and hold every picture."""

from random import Random

import pytest

from tlcore.figures.sizes import counts, sizes


def test_a_hundred_thousand_pictures_are_a_few_thousand_dots_at_most():
    chance = Random(0)
    figure = sizes([(chance.randint(20, 6000), chance.randint(20, 6000)) for _ in range(100_000)], 224)
    (points,) = figure["data"]
    assert len(points["x"]) < 3000
    assert sum(int(text.split(": ")[1].split()[0].replace(",", "")) for text in points["text"]) == 100_000


def test_a_dot_lies_where_its_pictures_are_and_says_how_many():
    (points,) = sizes([(500, 375)] * 3, 224)["data"]
    assert points["x"][0] == pytest.approx(500, rel=0.06)
    assert points["y"][0] == pytest.approx(375, rel=0.06)
    assert points["text"][0].endswith("3 pictures")


def test_both_charts_say_what_their_axes_are():
    layout = sizes([(10, 20)], 224)["layout"]
    assert [layout[name]["title"]["text"] for name in ("xaxis", "yaxis")] == [
        "<b>Width, pixels</b>",
        "<b>Height, pixels</b>",
    ]
    many = counts([f"{number}" for number in range(40)], [3] * 40, [1] * 40)["layout"]
    assert many["xaxis"]["title"]["text"] == "<b>Classes, from most pictures to fewest</b>"
    assert many["yaxis"]["title"]["text"] == "<b>Pictures</b>"


def test_the_largest_class_comes_first_and_few_classes_have_their_names():
    figure = counts(["ants", "<b>bees</b>"], [3, 9], [1, 2])
    train, val = figure["data"]
    assert (train["x"], val["x"]) == ([9, 3], [2, 1])
    assert figure["layout"]["yaxis"]["ticktext"] == ["&lt;b&gt;bees&lt;/b&gt;", "ants"]
