"""The rates of a run as it was carried out: its plan with what people changed, and marks that say so."""

from collections.abc import Sequence

from tlcore.config import Change, Phase
from tlcore.figures import marks
from tlcore.figures.axes import Figure
from tlcore.figures.rates import rates
from tlcore.history import History

_WIDE, _NARROW = 520, 240
"""Pixels of a plot that is rather narrow for a desktop, and for a phone."""


def carried_out(blocks: Sequence[str], phases: Sequence[Phase], history: History, height: int) -> tuple[Figure, int]:
    """Draw the rates of `blocks` in a chart of `height` pixels; return it, and by how many pixels marks make it higher.

    What is still to come is drawn as it will be if nobody changes anything more.
    """
    changes = [
        Change(after=change.after, block=change.block, rate=change.requested)
        for change in history.changes
        if not change.refused
    ]
    per_epoch = history.started.steps_per_epoch if history.started else None
    found = marks.marks(history)
    as_planned = all(mark.kind == "thaw" for mark in found)
    figure = rates(blocks, phases, height, steps_per_epoch=per_epoch, changes=changes, marked=as_planned)
    if as_planned:
        return figure, 0
    epochs = sum(phase.epochs for phase in phases)
    layout, phone = figure["layout"], figure["phone"]
    wide = _marked(layout, layout, marks.place(found, epochs, _WIDE, layout["margin"]["r"]))
    narrow = _marked(phone, layout, marks.place(found, epochs, _NARROW, phone["margin"]["r"], short=True))
    # One height for both: what a phone's labels take beyond the desktop's, its plot gives.
    taller = wide["margin"]["t"] - layout["margin"]["t"]
    return {**figure, "layout": {**layout, **wide}, "phone": {**phone, **narrow}}, taller


def _marked(own: Figure, layout: Figure, placed: Sequence[marks.Placed]) -> Figure:
    margin: Figure = own["margin"]
    return {
        "margin": {**margin, "t": margin["t"] + marks.height(placed)},
        "shapes": [*layout["shapes"], *marks.lines(placed)],
        "annotations": [*own["annotations"], *marks.labels(placed)],
    }
