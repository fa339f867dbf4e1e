"""The rate of every block over the epochs of a plan: learning blocks as lines, frozen ones in a lane of their own."""

from collections.abc import Sequence
from math import ceil, floor, log10

from tlcore.config import Phase
from tlcore.figures.axes import EMBER, EMBER_TEXT, ICE, ICE_TEXT, SMALL, Figure, axis, note, thaw_mark

_RATES, _LANE = [0.34, 1.0], [0.0, 0.22]
_FLOOR, _TOP = -6.0, -1.0
"""Powers of ten of the rate's axis, at least."""


def rates(blocks: Sequence[str], phases: Sequence[Phase]) -> Figure:
    """Draw the rates of `blocks`, stem first, over all phases."""
    starts = [sum(phase.epochs for phase in phases[:number]) for number in range(len(phases) + 1)]
    learning = [block for block in blocks if any(phase.rate(block) > 0 for phase in phases)]
    same = _with_equal_rates(learning, phases)
    traces = [_rate_line(names, phases, starts) for names in same]
    frozen = [block for block in blocks if any(phase.rate(block) == 0 for phase in phases)]
    lanes = _with_equal_rates(frozen, phases)
    traces += [_frozen_line(place, names, phases, starts) for place, names in enumerate(lanes)]
    marks = starts[1:-1]
    layout = {
        "margin": {"l": 84, "r": 150, "t": 34, "b": 52},
        "showlegend": False,
        "xaxis": axis("Epoch", range=[0, starts[-1]], anchor="y2", showgrid=False, tickformat="d", nticks=13),
        "yaxis": axis("Rate", domain=_RATES, type="log", range=_range(learning, phases), dtick=1, tickformat="~r"),
        "yaxis2": axis("Frozen", domain=_LANE, range=[max(len(lanes), 1) - 0.4, -0.6], showticklabels=False),
        "shapes": [thaw_mark(start) for start in marks],
        "annotations": [
            *(_name(names, phases[-1].rate(names[0]), starts[-1]) for names in same if phases[-1].rate(names[0]) > 0),
            *(_lane_name(place, names, phases, starts) for place, names in enumerate(lanes)),
        ],
    }
    layout["yaxis2"]["showgrid"] = False
    return {"data": traces, "layout": layout}


def _with_equal_rates(blocks: Sequence[str], phases: Sequence[Phase]) -> list[list[str]]:
    """Group blocks whose rates are the same in every phase: their lines would hide each other."""
    groups: dict[tuple[float, ...], list[str]] = {}
    for block in blocks:
        groups.setdefault(tuple(phase.rate(block) for phase in phases), []).append(block)
    return list(groups.values())


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


def _range(learning: Sequence[str], phases: Sequence[Phase]) -> list[float]:
    powers = [log10(phase.rate(block)) for block in learning for phase in phases if phase.rate(block) > 0]
    return [min(_FLOOR, floor(min(powers))) + 0.5, max(_TOP - 1, ceil(max(powers))) + 0.2] if powers else [_FLOOR, _TOP]


def _name(names: list[str], rate: float, end: int) -> Figure:
    return note(
        f"<b>{span(names)}</b>", end, log10(rate), yref="y", xshift=8, font={"color": EMBER_TEXT, "size": SMALL}
    )


def _lane_name(place: int, names: list[str], phases: Sequence[Phase], starts: Sequence[int]) -> Figure:
    frozen = [end for phase, end in zip(phases, starts[1:], strict=False) if phase.rate(names[0]) == 0]
    font = {"color": ICE_TEXT, "size": SMALL}
    return note(f"<b>{span(names)}</b>", max(frozen), place, yref="y2", xshift=8, font=font)


def span(names: Sequence[str]) -> str:
    """Name neighbouring blocks together: the first and the last."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
