"""Marks on charts: every happening has its line, and no label lies on another one or on a line."""

import json
from random import Random

import pytest

from tlcore.config import Phase
from tlcore.events import Changed, Interrupted, Paused, PhaseStarted, Resumed, Started, Stepped
from tlcore.figures.carried import carried_out
from tlcore.figures.curves import curves
from tlcore.figures.marks import STAIR, Mark, height, lines, marks, place
from tlcore.figures.rates import rates
from tlcore.history import History
from tlcore.store.runs import Entry

PER_EPOCH = 4
LETTER = 7.6
BLOCKS = ("stem", "layer4", "head")
PHASES = (Phase(epochs=4, rates={"head": 0.001}), Phase(epochs=6, rates={"layer4": 0.0001, "head": 0.001}))


def change(after, block, rate, before=0.0, refused=""):
    return Changed(
        after=after,
        block=block,
        requested=rate,
        before=before,
        applied=rate,
        learning=1,
        seconds=1.0,
        refused=refused,
    )


def step(number):
    return Stepped(step=number, loss=1.0, right=1, count=2, seconds=float(number))


def history(*events):
    started = Started(
        device="CPU",
        backbone="x",
        weights="ImageNet",
        classes=("ants", "bees"),
        train_counts=(8, 8),
        val_counts=(3, 5),
        parameters=1,
        epochs=10,
        steps_per_epoch=PER_EPOCH,
        versions={},
    )
    one = History()
    one.add(Entry(number, 0.0, event) for number, event in enumerate((started, *events), start=1))
    return one


def phase(number, epoch, **now):
    return PhaseStarted(phase=number, epoch=epoch, rates=now, learning=1, step=epoch * PER_EPOCH)


def test_what_happened_is_named_as_a_person_would():
    one = history(
        phase(0, 0, layer4=0.0, head=0.001),
        change(2, "head", 0.0003, before=0.001),
        change(4, "layer4", 0.0001),
        change(6, "layer4", 0.0, before=0.0001),
        change(7, "head", 0.0, refused="nothing would learn"),
        step(8),
        Paused(seconds=1.0),
        Resumed(),
        phase(1, 4, layer4=0.0001, head=0.001),
        step(20),
        Interrupted(sentence="s", advice="a"),
    )
    assert [(mark.epoch, mark.kind, mark.text) for mark in marks(one)] == [
        (0.5, "change", "head 0.0003"),
        (1.0, "change", "layer4 thawed, 0.0001"),
        (1.5, "change", "layer4 frozen"),
        (2.0, "rest", "paused, went on"),
        (4, "thaw", "layer4 thawed"),
        (5.0, "rest", "interrupted"),
    ]
    assert marks(History()) == []


def test_a_thaw_is_a_solid_ember_line_and_a_change_a_dotted_one_in_ink_with_a_dot():
    placed = place([Mark(2.0, "thaw", "a", "a"), Mark(5.0, "change", "b", "b")], 10, 600, 100)
    drawn = lines(placed)
    thaw = [shape["line"] for shape in drawn if shape["type"] == "line" and shape["x0"] == 2]
    changed = [shape["line"] for shape in drawn if shape["type"] == "line" and shape["x0"] == 5]
    assert all(line["color"] == "var(--thaw-ember-mark)" and "dash" not in line for line in thaw)
    assert all(line["color"] == "var(--thaw-ink)" and line["dash"] == "dot" for line in changed)
    assert [shape["xanchor"] for shape in drawn if shape["type"] == "circle"] == [5]


def extent(one, pixels):
    """Where a label lies, from left to right, in pixels of the plot."""
    x, wide = one.mark.epoch * pixels, LETTER * len(one.label) + 18
    return (x - wide, x) if one.leftwards else (x, x + wide)


def collisions(placed, pixels, right):
    found = []
    for one in placed:
        left, end = extent(one, pixels)
        if end > right + 1:
            found.append(("beyond", one))
        for other in placed:
            if other is one:
                continue
            x = other.mark.epoch * pixels
            if left < x < end and other.stair >= one.stair:
                found.append(("a line through a label", one, other))
            its_left, its_end = extent(other, pixels)
            if one.stair == other.stair and left < its_end and its_left < end:
                found.append(("a label on a label", one, other))
    return found


@pytest.mark.parametrize(("width", "beyond", "short"), [(560, 120, False), (220, 46, True)])
@pytest.mark.parametrize("seed", range(60))
def test_labels_never_collide_however_many_there_are(width, beyond, short, seed):
    draw = Random(seed)
    found = []
    for _ in range(draw.randint(1, 30)):
        kind = draw.choice(("thaw", "change", "rest"))
        text = draw.choice(("layer4 frozen", "head 0.0003", "stem to layer2 thawed", "paused, went on", "x"))
        found.append(Mark(draw.randint(0, 96) / 8, kind, text, text.split(",")[0]))
    found.sort(key=lambda mark: mark.epoch)
    placed = place(found, 12, width, beyond, short)
    assert collisions(placed, width / 12, width + beyond) == []
    assert height(placed) <= 5 * STAIR
    assert {mark.epoch for mark in found} == {epoch for one in placed for epoch in (one.mark.epoch, *one.mark.more)}


def test_marks_in_one_place_share_a_label_that_names_two_and_counts_more():
    def told(*texts):
        (one,) = place([Mark(3.0, "change", text, text) for text in texts], 10, 600, 100)
        return one.label

    assert told("layer3 frozen", "layer4 frozen") == "layer3, layer4 frozen"
    assert told("layer3 frozen", "head 0.1") == "layer3 frozen; head 0.1"
    assert told("a frozen", "b frozen", "c frozen") == "3 changes"


def test_a_name_that_is_too_long_for_a_phone_is_cut():
    name = "encoder.layers.encoder_layer_11 frozen " * 3
    (one,) = place([Mark(6.0, "change", name, name)], 12, 220, 46, short=True)
    assert one.label.endswith("…")
    assert collisions([one], 220 / 12, 266) == []


def test_the_curves_make_room_for_marks_and_nothing_else_moves():
    begun = (phase(0, 0, layer4=0.0, head=0.001), step(1))
    before = curves(history(*begun), 10)
    after = curves(history(*begun, change(2, "head", 0.0003, before=0.001)), 10)
    assert after["layout"]["margin"]["t"] == before["layout"]["margin"]["t"] + STAIR
    assert after["layout"]["yaxis"] == before["layout"]["yaxis"]
    texts = [note["text"] for note in after["phone"]["annotations"]]
    assert "<b>head 0.0003</b>" in texts


def test_the_rates_chart_is_the_plan_until_somebody_changes_something():
    begun = history(phase(0, 0, head=0.001))
    assert carried_out(BLOCKS, PHASES, begun, 400) == (rates(BLOCKS, PHASES, 400, steps_per_epoch=PER_EPOCH), 0)
    assert carried_out(BLOCKS, PHASES, History(), 400) == (rates(BLOCKS, PHASES, 400), 0)


def test_the_rates_chart_shows_what_was_changed_and_makes_room_for_its_marks():
    one = history(
        phase(0, 0, head=0.001),
        change(8, "layer4", 0.0002),
        change(12, "head", 0.0, refused="no"),
        change(16, "layer4", 0.0, before=0.0002),
    )
    figure, taller = carried_out(BLOCKS, PHASES, one, 400)
    lines_of = {(trace["name"], trace.get("yaxis", "y")): trace for trace in figure["data"]}
    drawn = [(x, y) for x, y in zip(*(lines_of["layer4", "y"][axis] for axis in "xy"), strict=True) if y]
    assert (drawn[0], drawn[-1]) == ((2.0, 0.0002), (4.0, 0.0002))
    assert all(rate == 0.001 for rate in lines_of["head", "y"]["y"])
    assert taller == 2 * STAIR
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    for layout in (figure["layout"], figure["phone"]):
        assert "<b>layer4 frozen</b>" in [note["text"] for note in layout["annotations"]]
