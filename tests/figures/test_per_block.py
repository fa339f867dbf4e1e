"""Charts with a row for each block: every value is there, also those that no axis can show; frozen is ice."""

import json

import pytest

from tlcore.events import Moved, Started
from tlcore.figures.axes import EMBER, ICE, INK
from tlcore.figures.gradient_flow import gradient_flow
from tlcore.figures.per_block import shares, sizes, written
from tlcore.history import History

NAMES = ("stem", "middle", "last")


def test_blocks_stand_from_the_picture_down_and_their_dots_say_what_training_made_of_them():
    figure = sizes(NAMES, (0.5, 0.05, 2.0), {"stem": "frozen", "middle": "learned"}, "Size")
    _, dots = figure["data"]
    assert dots["marker"]["color"] == [ICE, EMBER, INK]
    assert (dots["x"], dots["y"]) == ([0.5, 0.05, 2.0], [0, 1, 2])
    bottom, top = figure["layout"]["yaxis"]["range"]
    assert bottom > top
    json.dumps(figure, allow_nan=False)


def test_what_no_log_axis_can_show_is_said_in_words():
    figure = sizes(NAMES, (0.0, None, 2e-12), {}, "Size")
    assert figure["data"][1]["y"] == [2]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["exactly 0", "no number", "2.0·10⁻¹²"]
    assert written(NAMES, (0.0, None, 2e-12)) == "stem exactly 0, middle no number, last 2.0·10⁻¹²"
    assert sizes(NAMES, (0.0, None, 0.0), {}, "Size")["data"][1]["x"] == []


@pytest.mark.parametrize("found", [(1e-14, 1e-3, 10.0), (2.0, 2.0, 2.0), (1.0, 1.0, 1.0)])
def test_the_axis_has_few_ticks_and_holds_every_dot(found):
    axis = sizes(NAMES, found, {}, "Size")["layout"]["xaxis"]
    low, high = axis["range"]
    assert 2 <= len(axis["tickvals"]) <= 6
    assert all(10**low <= size <= 10**high for size in found)


def test_a_block_that_has_no_such_thing_has_no_bar():
    figure = shares(NAMES, (0.0, None, 1.0), "Share")
    assert figure["data"][0]["x"] == [0.0, None, 100.0]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["0 %", "has none", "100 %"]


def run(readings):
    one = History()
    one.started = Started(
        device="",
        backbone="",
        weights="",
        classes=(),
        train_counts=(),
        val_counts=(),
        parameters=1,
        epochs=4,
        steps_per_epoch=10,
        versions={},
    )
    one.moves = [Moved(step=at, weights={}, statistics={}, gradients=given, seconds=0.0) for at, given in readings]
    return one


def test_a_run_has_a_column_for_each_reading_and_a_gap_where_a_block_is_frozen():
    figure = gradient_flow(run([(0, {}), (10, {"last": 0.1}), (15, {"middle": 10.0, "last": 0.01})]), NAMES)
    (heat,) = figure["data"]
    assert heat["x"] == [0.0, 1.0, 1.5]
    assert heat["z"] == [[None, None], [None, 1.0], [-1.0, -2.0]]
    assert (heat["zmin"], heat["zmax"]) == (-2, 1)
    assert heat["colorbar"]["ticktext"] == ["0.01", "0.1", "1", "10"]
    json.dumps(figure, allow_nan=False)


def test_of_many_readings_some_are_drawn_the_last_among_them():
    figure = gradient_flow(run([(step, {"last": float(step)}) for step in range(1, 1001)]), NAMES)
    (heat,) = figure["data"]
    assert len(heat["x"]) <= 82
    assert heat["x"][-1] == 100.0
