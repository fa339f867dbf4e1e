"""The curve over blocks stands above what guessing gets, and a sheet holds every picture at its place."""

from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from tlcore.figures.depth import depth
from tlcore.figures.sheet import COLUMNS, SIDE, sheet
from tlcore.questions import Charted
from tlcore.questions.set_map import BlockCharted, Probe


def charted(*right, judged=10):
    blocks = tuple(
        BlockCharted(
            block=f"b{number}",
            width=4,
            points="",
            shares=(0.5, 0.2),
            near="",
            probe=Probe(right=one, learned=9) if judged else None,
        )
        for number, one in enumerate(right)
    )
    return Charted(places="", blocks=blocks, answers="", learned_from=20, judged_on=judged, baseline=min(5, judged))


def test_the_curve_is_in_per_cent_with_the_play_of_chance_and_the_level_of_guessing():
    figure = depth(charted(5, 8, 10), ["Edges", "Parts", "Your classes"])
    (line,) = figure["data"]
    assert line["y"] == [50.0, 80.0, 100.0]
    assert line["error_y"]["array"][-1] == pytest.approx(0, abs=1e-9)
    assert all(below > 0 for below in line["error_y"]["arrayminus"])
    assert figure["layout"]["shapes"][0]["y0"] == 50.0
    assert figure["layout"]["xaxis"]["ticktext"][0] == "<b>Edges</b><br>b0"


def test_without_pictures_to_judge_on_there_is_no_curve():
    assert depth(charted(0, 0, judged=0), ["Edges", "Your classes"])["data"] == []


def test_every_picture_of_a_sheet_is_at_its_place_and_a_missing_one_is_grey():
    def thumbnail(colour):
        buffer = BytesIO()
        Image.new("RGB", (160, 160), colour).save(buffer, "JPEG")
        return buffer.getvalue()

    made = sheet([thumbnail("red"), None, *[thumbnail("blue")] * COLUMNS])
    picture = Image.open(BytesIO(b64decode(made.partition(",")[2])))
    assert picture.size == (COLUMNS * SIDE, 2 * SIDE)
    middle = SIDE // 2
    colours = [picture.getpixel(at) for at in ((middle, middle), (middle + SIDE, middle), (middle, middle + SIDE))]
    assert colours[0][0] > 200 > colours[0][2]
    assert max(colours[1]) - min(colours[1]) < 40
    assert colours[2][2] > 200 > colours[2][0]
