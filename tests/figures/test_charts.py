"""Charts are plain JSON with named axes, say what they wait for, and show a class name as a name."""

import json
from itertools import pairwise

import pytest

from tlcore.config import Change, Phase
from tlcore.events import Checkpointed, Evaluated, Finished, PhaseStarted, Started, Stepped
from tlcore.figures.curves import curves
from tlcore.figures.rates import rates, span
from tlcore.figures.sweep import sweep
from tlcore.figures.thinning import MOST_POINTS, smooth, thin
from tlcore.history import History
from tlcore.questions import RateCurve
from tlcore.schedules import factor
from tlcore.store.runs import Entry
from tlcore.strategies import fill

BLOCKS = ("stem", "a", "b", "c", "head")
PER_EPOCH = 4
HEIGHT = 400


SCHEDULED = (
    Phase(epochs=3, rates={"head": 0.001}, shape="step", warmup=1),
    Phase(epochs=4, rates={"c": 0.0001, "head": 0.001}, shape="cosine"),
)
CHANGES = (Change(after=30, block="b", rate=0.00002), Change(after=40, block="c", rate=0.0))
VALUES = {"stem": 1000, "a": 2000, "b": 3000, "c": 4000, "head": 50}


def drawn(one):
    """The curves of a run whose plan has ten epochs."""
    return curves(one, planned=10)


def history(epochs=3, classes=("ants", "bees"), phases=(0,), planned=6, end=False):
    events = [
        Started(
            device="CPU",
            backbone="x",
            weights="ImageNet",
            classes=classes,
            train_counts=(8, 8),
            val_counts=(3, 5),
            parameters=1,
            epochs=planned,
            steps_per_epoch=PER_EPOCH,
            versions={},
        )
    ]
    for number in range(epochs):
        if number in phases:
            rates_now = {block: 0.1 * (number >= place) for place, block in enumerate(("c", "b", "a"), start=1)}
            events.append(PhaseStarted(phase=0, epoch=number, rates={**rates_now, "head": 0.1}, learning=1))
        for step in range(PER_EPOCH):
            place = number * PER_EPOCH + step + 1
            events.append(Stepped(step=place, loss=1 / place, right=2, count=4, seconds=float(place)))
        events.append(
            Evaluated(
                epoch=number + 1,
                step=(number + 1) * PER_EPOCH,
                loss=0.5,
                right=4 + number,
                count=8,
                train_loss=0.4,
                train_right=8,
                train_count=16,
                seconds=1.0,
            )
        )
        events.append(Checkpointed(epoch=number + 1, sha256="0" * 64, size=1))
    if end:
        events.append(Finished(seconds=1.0))
    one = History()
    one.add(Entry(place, 0.0, event) for place, event in enumerate(events, start=1))
    return one


def strings(value):
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


FIGURES = {
    "waiting": lambda: drawn(History()),
    "started": lambda: drawn(history(epochs=0)),
    "running": lambda: drawn(history()),
    "thawed": lambda: drawn(history(epochs=5, phases=(0, 2, 4))),
    "ended": lambda: drawn(history(end=True)),
    "head only": lambda: rates(BLOCKS, fill("features", BLOCKS, 10), HEIGHT),
    "gradual": lambda: rates(BLOCKS, fill("gradual", BLOCKS, 10), HEIGHT),
    "all": lambda: rates(BLOCKS, fill("depth", BLOCKS, 10), HEIGHT),
    "scheduled": lambda: rates(BLOCKS, SCHEDULED, HEIGHT, steps_per_epoch=7, changes=CHANGES, values=VALUES),
}


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_a_chart_is_plain_json_without_anything_that_is_no_number(make):
    figure = make()
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_every_axis_has_a_title_and_every_colour_is_one_of_our_tokens(make):
    figure = make()
    axes = [value["title"]["text"] for name, value in figure["layout"].items() if "axis" in name]
    above = [note["text"] for note in figure["layout"]["annotations"] if note.get("yref") == "paper"]
    titles = " ".join(axes + above)
    wanted = ("Epoch", "Loss", "Accuracy") if make.__code__.co_names[0] == "drawn" else ("Epoch", "Rate", "Frozen")
    assert all(f"<b>{word}" in titles for word in wanted)
    assert not [text for text in strings(figure) if text.startswith(("#", "rgb"))]


def test_a_run_that_has_not_begun_shows_its_axes_at_their_final_size():
    waiting, begun = drawn(History())["layout"], drawn(history())["layout"]
    assert drawn(History())["data"] == []
    assert (waiting["margin"], waiting["yaxis"]["domain"]) == (begun["margin"], begun["yaxis"]["domain"])


def test_lines_go_through_the_values_of_the_run():
    lines = {trace["name"]: trace for trace in drawn(history())["data"]}
    assert lines["validation accuracy"]["x"] == [1, 2, 3]
    assert lines["validation accuracy"]["y"] == [50, 62.5, 75]
    assert lines["validation loss"]["y"] == [0.5, 0.5, 0.5]
    assert lines["training loss"]["x"][-1] == 3


def test_every_thaw_is_marked_and_named_but_the_beginning_is_not():
    layout = drawn(history(epochs=5, phases=(0, 2, 4), end=True))["layout"]
    marks = [shape for shape in layout["shapes"] if shape["x0"] == shape["x1"] and "ysizemode" not in shape]
    assert [mark["x0"] for mark in marks] == [2, 4]
    named = [note["text"] for note in layout["annotations"] if note.get("xref", "x") == "x" and note["x"] in (2, 4)]
    assert len(named) == 2


def test_what_is_still_to_come_is_shaded_until_the_run_has_ended():
    def shaded(one):
        return [shape for shape in drawn(one)["layout"]["shapes"] if shape["type"] == "rect"]

    (rest,) = shaded(history())
    assert (rest["x0"], rest["x1"]) == (3, 6)
    assert shaded(history(end=True)) == []


def test_the_baseline_is_drawn_and_named():
    notes = [note["text"] for note in drawn(history())["layout"]["annotations"]]
    assert "always saying “bees”: 62.5 %" in notes


def test_a_class_name_stays_a_name():
    hostile = '<a href="http://example.org">x</a>'
    notes = " ".join(note["text"] for note in drawn(history(classes=("ants", hostile)))["layout"]["annotations"])
    assert "<a" not in notes
    assert "&lt;a href" in notes


def test_a_phone_has_shorter_labels_and_a_narrower_margin():
    figure = drawn(history())
    wide, narrow = figure["layout"], figure["phone"]
    assert any("<b>validation" in note["text"] for note in wide["annotations"])
    assert not any("<b>validation" in note["text"] for note in narrow["annotations"])
    assert narrow["margin"]["r"] < wide["margin"]["r"]


def test_frozen_blocks_lie_in_a_lane_and_learning_ones_at_their_rate():
    phases = (Phase(epochs=2, rates={"head": 0.001}), Phase(epochs=3, rates={"c": 1e-4, "head": 0.001}))
    figure = rates(BLOCKS, phases, HEIGHT)
    lines = {(trace["name"], trace.get("yaxis", "y")): trace for trace in figure["data"]}
    assert lines["stem to b", "y2"]["x"] == [0, 2, None, 2, 5, None]
    assert lines["c", "y2"]["x"] == [0, 2, None]
    assert lines["c", "y"]["y"] == [None, None, 1e-4, 1e-4]
    assert lines["head", "y"]["y"] == [0.001] * 4


def lines(figure):
    return {(trace["name"], trace.get("yaxis", "y")): trace for trace in figure["data"]}


def scheduled():
    return rates(BLOCKS, SCHEDULED, HEIGHT, steps_per_epoch=7, changes=CHANGES, values=VALUES)


def test_a_line_is_the_rate_that_the_optimizer_uses():
    head = lines(scheduled())["head", "y"]
    at = dict(zip(head["x"], head["y"], strict=True))
    assert at[0] == pytest.approx(0.001 / 8)
    for phase, begins in zip(SCHEDULED, (0, 21), strict=True):
        for step in range(7 * phase.epochs - 1):
            place = round((begins + step) / 7, 4)
            if place in at and place != 3:
                assert at[place] == pytest.approx(0.001 * factor(phase, step, 7))


def test_a_line_jumps_within_one_step_however_long_the_phase_is():
    phase = Phase(epochs=100, rates={"head": 0.001}, shape="step", warmup=1)
    head = lines(rates(BLOCKS, (phase,), HEIGHT, steps_per_epoch=1000))["head", "y"]
    assert len(head["x"]) < 200
    points = list(zip(head["x"], head["y"], strict=True))
    falls = [(before, after) for before, after in pairwise(points) if after[1] < before[1]]
    assert len(falls) == 2
    assert all(after[0] - before[0] == pytest.approx(0.001, abs=1e-4) for before, after in falls)


def test_thaws_are_marked_and_named_and_other_changes_are_dotted():
    figure = scheduled()
    marks = [(shape["x0"], shape["line"].get("dash")) for shape in figure["layout"]["shapes"]]
    assert marks == [(3, None), (30 / 7, None), (40 / 7, "dot")]
    notes = [note["text"] for note in figure["layout"]["annotations"]]
    assert {"<b>c thaws</b>", "<b>b thaws</b>"} <= set(notes)


def test_a_block_that_a_change_freezes_goes_to_the_lane():
    frozen = lines(scheduled())["c", "y2"]["x"]
    assert frozen == [0, 3, None, 40 / 7, 7, None]


def test_the_parameters_that_learn_are_counted_over_time():
    learn = lines(scheduled())["learn", "y3"]
    assert learn["x"] == [0, 3, 3, 30 / 7, 30 / 7, 40 / 7, 40 / 7, 7]
    assert learn["y"] == [50, 50, 4050, 4050, 7050, 7050, 3050, 3050]
    assert scheduled()["layout"]["xaxis"]["title"]["text"] == "<b>Epoch (7 steps each)</b>"


def test_every_rate_lies_within_the_axis():
    figure = rates(BLOCKS, (Phase(epochs=1, rates={"stem": 1e-9, "head": 1.0}),), HEIGHT)
    low, high = figure["layout"]["yaxis"]["range"]
    assert 10**low <= 1e-9
    assert 10**high >= 1.0


def test_neighbours_are_named_together():
    assert span(["a"]) == "a"
    assert span(["a", "b", "c"]) == "a to c"


def test_few_points_stay_as_they_are():
    points = [(float(x), 1.0) for x in range(MOST_POINTS)]
    assert thin(points) == points


def test_many_points_become_few_that_keep_the_mean_and_the_end():
    points = [(float(x), float(x % 7)) for x in range(10_000)]
    fewer = thin(points)
    assert len(fewer) == MOST_POINTS
    assert fewer[-1][0] == points[-1][0]
    mean = sum(y for _, y in points) / len(points)
    assert sum(y for _, y in fewer) / len(fewer) == pytest.approx(mean, rel=0.01)


def test_running_means_look_back_only():
    assert smooth([(1, 1.0), (2, 3.0), (3, 5.0)], 2) == [(1, 1.0), (2, 2.0), (3, 4.0)]
    assert smooth([], 3) == []


def test_an_exploding_loss_does_not_squeeze_the_curve_of_a_sweep():
    curve = RateCurve(rates=(1e-4, 1e-3, 1e-2, 1e-1), losses=(0.7, 0.6, 0.2, 90.0), suggestion=1e-3)
    figure = sweep(curve)
    json.dumps(figure)
    assert figure["layout"]["yaxis"]["range"][1] < 2
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert figure["phone"]["xaxis"]["dtick"] == 2
