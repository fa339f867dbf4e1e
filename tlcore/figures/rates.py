"""The rate of every block over the epochs of a plan: learning blocks as lines, frozen ones in a lane of their own."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from math import ceil, log10

from tlcore.config import Phase
from tlcore.figures.axes import (
    EMBER,
    EMBER_TEXT,
    ICE,
    ICE_TEXT,
    SMALL,
    Figure,
    above,
    axis,
    epoch_axis,
    note,
    thaw_mark,
)

_RATES, _LANE = [0.36, 1.0], [0.0, 0.2]
_FLOOR, _TOP = -5.5, -1.8
"""Powers of ten that the rate's axis holds at least."""
_TOP_MARGIN, _BOTTOM_MARGIN = 34, 52
_LINE = 17
"""Pixels between two names."""


def rates(blocks: Sequence[str], phases: Sequence[Phase], height: int) -> Figure:
    """Draw the rates of `blocks`, stem first, over all phases, in a chart of `height` pixels."""
    starts = [sum(phase.epochs for phase in phases[:number]) for number in range(len(phases) + 1)]
    learning = [names for names in _alike(blocks, phases, Phase.rate) if any(p.rate(names[0]) > 0 for p in phases)]
    frozen = [names for names in _alike(blocks, phases, _frozen) if any(_frozen(p, names[0]) for p in phases)]
    powers = _powers(learning, phases)
    traces = [_rate_line(names, phases, starts) for names in learning]
    traces += [_frozen_line(place, names, phases, starts) for place, names in enumerate(frozen)]
    margin = {"l": 84, "r": 150, "t": _TOP_MARGIN, "b": _BOTTOM_MARGIN}
    titles = [above("Rate (learning rate)", _RATES[1]), above("Frozen: rate 0", _LANE[1])]
    names = list(_names(learning, phases[-1], starts[-1], powers, height))
    names += [_lane_name(place, group, phases, starts) for place, group in enumerate(frozen)]
    layout = {
        "margin": margin,
        "showlegend": False,
        "xaxis": epoch_axis(starts[-1]),
        "yaxis": axis("", domain=_RATES, type="log", range=powers, dtick=1, tickformat="~r"),
        "yaxis2": axis("", domain=_LANE, range=[max(len(frozen), 1) - 0.4, -0.6], showticklabels=False, showgrid=False),
        "shapes": [thaw_mark(start) for start in starts[1:-1]],
        "annotations": [*titles, *names],
    }
    # Beside the lines there is no room on a phone, so the names stand on them.
    inside = [{**name, "x": starts[-1], "xanchor": "right", "xshift": 0, "yanchor": "bottom"} for name in names]
    phone = {"margin": {**margin, "l": 64, "r": 12}, "annotations": [*titles, *inside]}
    return {"data": traces, "layout": layout, "phone": phone}


def _alike(blocks: Sequence[str], phases: Sequence[Phase], aspect: Callable[[Phase, str], float]) -> list[list[str]]:
    """Group neighbours that are alike in every phase: their lines would hide each other, or say the same twice."""
    return [list(same) for _, same in groupby(blocks, key=lambda block: [aspect(phase, block) for phase in phases])]


def _frozen(phase: Phase, block: str) -> bool:
    return phase.rate(block) == 0


def _rate_line(names: list[str], phases: Sequence[Phase], starts: Sequence[int]) -> Figure:
    x: list[float] = []
    y: list[float | None] = []
    for phase, start, end in zip(phases, starts, starts[1:], strict=False):
        rate = phase.rate(names[0]) or None
        x += [start, end]
        y += [rate, rate]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": span(names),
        "x": x,
        "y": y,
        "connectgaps": False,
        "line": {"color": EMBER, "width": 3},
        "hovertemplate": "%{y:.2g}",
    }


def _frozen_line(place: int, names: list[str], phases: Sequence[Phase], starts: Sequence[int]) -> Figure:
    x: list[float | None] = []
    for phase, start, end in zip(phases, starts, starts[1:], strict=False):
        if phase.rate(names[0]) == 0:
            x += [start, end, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": span(names),
        "x": x,
        "y": [place] * len(x),
        "yaxis": "y2",
        "line": {"color": ICE, "width": 8},
        "hovertemplate": "frozen",
    }


def _powers(learning: Sequence[Sequence[str]], phases: Sequence[Phase]) -> list[float]:
    """Return the axis' ends as powers of ten."""
    powers = [log10(rate) for names in learning for phase in phases if (rate := phase.rate(names[0])) > 0]
    return [min(_FLOOR, min(powers) - 0.2), max(_TOP, ceil(max(powers)) + 0.2)]


def _names(
    learning: Sequence[list[str]], last: Phase, end: int, powers: Sequence[float], height: int
) -> Iterator[Figure]:
    """Name each line at its end; names of lines that lie close are pushed apart, from the highest rate down."""
    pixels = (height - _TOP_MARGIN - _BOTTOM_MARGIN) * (_RATES[1] - _RATES[0]) / (powers[1] - powers[0])
    lowest = float("inf")
    for names in sorted(learning, key=lambda names: -last.rate(names[0])):
        if (rate := last.rate(names[0])) > 0:
            wanted = log10(rate) * pixels
            lowest = min(wanted, lowest - _LINE)
            font = {"color": EMBER_TEXT, "size": SMALL}
            yield note(f"<b>{span(names)}</b>", end, log10(rate), yref="y", xshift=8, yshift=lowest - wanted, font=font)


def _lane_name(place: int, names: list[str], phases: Sequence[Phase], starts: Sequence[int]) -> Figure:
    frozen = [end for phase, end in zip(phases, starts[1:], strict=False) if phase.rate(names[0]) == 0]
    font = {"color": ICE_TEXT, "size": SMALL}
    return note(f"<b>{span(names)}</b>", max(frozen), place, yref="y2", xshift=8, font=font)


def span(names: Sequence[str]) -> str:
    """Name neighbouring blocks together: the first and the last."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
