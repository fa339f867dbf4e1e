"""A set in numbers: how large its pictures are, and how many each class has."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from math import log2, log10

from tlcore.figures.axes import INK, INK2, PALE, SMALL, Figure, axis, note

_STEPS = 6
"""Cells for each doubling of a side; pictures in one cell are one dot."""
_SMALLEST_DOT, _LARGEST_DOT = 7, 26
"""Pixels."""
_TOP = 68
"""Pixels above both charts: room for plotly's buttons, and for the legend below them."""
_NAMED = 16
"""Most classes whose names stand at their bars."""
_LONGEST_NAME = 22
_APART = {"ticks": "outside", "ticklen": 8, "tickcolor": "rgba(0,0,0,0)"}
"""Keeps names away from bars."""


def sizes(sides: Sequence[tuple[int, int]], square: int) -> Figure:
    """Draw widths against heights (pixels), with lines at the `square` that the network gets.

    Pictures of about the same size are one dot, whose area grows with them, so that a hundred thousand stay few.
    """
    cells = Counter((round(_STEPS * log2(width)), round(_STEPS * log2(height))) for width, height in sides)
    most = max(cells.values(), default=1)
    dots = [max(_SMALLEST_DOT, _LARGEST_DOT * (count / most) ** 0.5) for count in cells.values()]
    middles = [(round(2 ** (across / _STEPS)), round(2 ** (up / _STEPS))) for across, up in cells]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [width for width, _ in middles],
        "y": [height for _, height in middles],
        "marker": {"color": INK2, "size": dots, "opacity": 0.65, "line": {"width": 0}},
        "text": [
            f"about {width:,} × {height:,}: {count:,} {'picture' if count == 1 else 'pictures'}"
            for (width, height), count in zip(middles, cells.values(), strict=True)
        ],
        "hoverinfo": "text",
    }
    low = min((min(pair) for pair in sides), default=square)
    high = max((max(pair) for pair in sides), default=square)
    span = [log10(min(low, square)) - 0.08, log10(max(high, square)) + 0.08]
    layout = {
        "margin": {"l": 70, "r": 20, "t": _TOP, "b": 58},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": _side("Width, pixels", span),
        "yaxis": _side("Height, pixels", span),
        "shapes": [_line(square, "x"), _line(square, "y")],
        "annotations": [note(f"{square}", log10(square), 1, yref="paper", xanchor="center", yanchor="bottom")],
    }
    return {"data": [points], "layout": layout}


def counts(names: Sequence[str], train: Sequence[int], val: Sequence[int]) -> Figure:
    """Draw how many pictures each class has on both sides, most first; up to 16 classes are named beside their bars."""
    order = sorted(range(len(names)), key=lambda label: (-train[label] - val[label], names[label]))
    places = list(range(1, len(order) + 1))
    named = len(order) <= _NAMED
    along, across = ("y", "x") if named else ("x", "y")
    sides = (("to learn from", train, INK2), ("to check with", val, PALE))
    bars = [
        {
            "type": "bar",
            "orientation": "h" if named else "v",
            "name": side,
            along: places,
            across: [count[label] for label in order],
            "text": [f"{escape(names[label], quote=False)}: {count[label]:,} {side}" for label in order],
            "textposition": "none",
            "hoverinfo": "text",
            "marker": {"color": colour, "line": {"width": 0}},
        }
        for side, count, colour in sides
    ]
    short = [escape(_short(names[label]), quote=False) for label in order]
    classes = (
        axis(
            "",
            tickvals=places,
            ticktext=short,
            showgrid=False,
            autorange="reversed",
            **_APART,
        )
        if named
        else axis("Classes, from most pictures to fewest", showgrid=False, nticks=6)
    )
    font = {"color": INK, "size": SMALL}
    layout = {
        "margin": {"l": 30 + 7 * max(map(len, short)) if named else 70, "r": 20, "t": _TOP, "b": 58},
        "barmode": "stack",
        "bargap": 0.3 if named else 0,
        "legend": {"orientation": "h", "traceorder": "normal", "x": 0, "y": 1.02, "yanchor": "bottom", "font": font},
        f"{along}axis": classes,
        f"{across}axis": axis("Pictures", rangemode="tozero"),
    }
    return {"data": bars, "layout": layout}


def _side(title: str, span: list[float]) -> Figure:
    ticks = [8 * 2**step for step in range(12)]
    return axis(title, type="log", range=span, tickvals=ticks, ticktext=[f"{tick:,}" for tick in ticks])


def _line(square: int, axis_name: str) -> Figure:
    other = "y" if axis_name == "x" else "x"
    ends = {f"{axis_name}0": square, f"{axis_name}1": square, f"{other}0": 0, f"{other}1": 1, f"{other}ref": "paper"}
    return {"type": "line", "layer": "below", "line": {"color": PALE, "width": 2, "dash": "dot"}, **ends}


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
