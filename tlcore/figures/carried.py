"""The rates of a run as it was carried out: over its plan lie the rates that a person set while it went on."""

from collections.abc import Sequence
from itertools import pairwise

from tlcore.config import Phase
from tlcore.figures import marks
from tlcore.figures.axes import EMBER, Figure
from tlcore.history import History
from tlcore.schedules import factor

_POINTS = 80
"""Most points of one line."""
_TITLE = 20
"""Pixels above the plot that the axis' own title takes."""
_WIDE, _NARROW = 520, 240
"""Pixels of a plot that is rather narrow for a desktop, and for a phone."""


def carried_out(planned: Figure, history: History, phases: Sequence[Phase]) -> tuple[Figure, int]:
    """Return the chart of a plan's rates with what people changed, and the pixels by which it became higher.

    A dotted line is a block's rate from the step in which it was set; a block that was frozen has its mark only.
    """
    found = [mark for mark in marks.marks(history) if mark.kind != "thaw"]
    if history.started is None or not found:
        return planned, 0
    epochs = sum(phase.epochs for phase in phases)
    layout = planned["layout"]
    wide = _marked(layout, layout, marks.place(found, epochs, _WIDE, layout["margin"]["r"]))
    margin = planned["phone"]["margin"]
    narrow = _marked(planned["phone"], layout, marks.place(found, epochs, _NARROW, margin["r"], short=True))
    taller = wide["margin"]["t"] - layout["margin"]["t"]
    # One height for both: what a phone's labels take beyond the desktop's, its plot gives.
    return {
        "data": [*planned["data"], *_lines(history, history.started.steps_per_epoch, phases)],
        "layout": {**layout, **wide},
        "phone": {**planned["phone"], **narrow},
    }, taller


def _marked(own: Figure, layout: Figure, placed: Sequence[marks.Placed]) -> Figure:
    margin: Figure = own["margin"]
    shapes = own["shapes"] if "shapes" in own else layout["shapes"]
    return {
        "margin": {**margin, "t": margin["t"] + marks.height(placed)},
        "shapes": [*shapes, *marks.lines(placed, _TITLE)],
        "annotations": [*own["annotations"], *marks.labels(placed, _TITLE)],
    }


def _lines(history: History, per_epoch: int, phases: Sequence[Phase]) -> list[Figure]:
    last = sum(phase.epochs for phase in phases) * per_epoch
    lines = []
    accepted = [change for change in history.changes if not change.refused]
    for block in dict.fromkeys(change.block for change in accepted):
        turns = [(change.after, change.requested) for change in accepted if change.block == block]
        x: list[float | None] = []
        y: list[float | None] = []
        for (begin, rate), (end, _) in pairwise([*turns, (last, 0.0)]):
            points = _points(rate, begin, end, per_epoch, phases) if rate else []
            x.extend([*[at for at, _ in points], None])
            y.extend([*[value for _, value in points], None])
        lines.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{block}, as changed",
                "x": x,
                "y": y,
                "connectgaps": False,
                "line": {"color": EMBER, "width": 3, "dash": "dot"},
                "hovertemplate": "%{y:.2g}",
            }
        )
    return lines


def _points(rate: float, begin: int, end: int, per_epoch: int, phases: Sequence[Phase]) -> list[tuple[float, float]]:
    """Return epochs and the rates that the optimizer uses there, between two steps of the run."""
    stride = max(1, (end - begin) // _POINTS)
    points = [(step / per_epoch, rate * _factor(step, per_epoch, phases)) for step in range(begin, end, stride)]
    if points:
        points.append((end / per_epoch, points[-1][1]))
    return [point for point in points if point[1] > 0]


def _factor(step: int, per_epoch: int, phases: Sequence[Phase]) -> float:
    for phase in phases:
        if step < phase.epochs * per_epoch:
            return factor(phase, step, per_epoch)
        step -= phase.epochs * per_epoch
    return 1.0
