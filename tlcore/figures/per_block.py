"""One number for each block, from the picture to the answer: sizes as dots on a log scale, shares as bars."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Literal

from tlcore.figures.axes import EMBER, ICE, INK, INK2, SMALL, Figure, axis, note
from tlcore.text import power

_LETTER = 8.6
"""Pixels of one letter of a block's name."""
_ROW = 34
"""Pixels for each block."""
_AROUND = 84
"""Pixels above and below the blocks."""
_TICKS = 5
"""Most decades with a tick."""
_COLOURS = {"frozen": ICE, "learned": EMBER}


def height_of(blocks: int) -> int:
    """Return the height that a chart of so many blocks takes, in pixels."""
    return _AROUND + _ROW * max(3, blocks)


def sizes(
    names: Sequence[str], found: Sequence[float | None], states: Mapping[str, Literal["frozen", "learned"]], title: str
) -> Figure:
    """Draw one dot per block on a log scale; what is zero or no number is said in words.

    `states` says `frozen` or `learned` of blocks, whose dots are ice or ember.
    """
    logs = [log10(size) for size in found if size]
    low, high = (floor(min(logs)), ceil(max(logs))) if logs else (-1, 1)
    low, high = (low, high) if high > low else (low - 1, high + 1)
    every = ceil((high - low) / _TICKS)
    drawn = [(place, size) for place, size in enumerate(found) if size]
    colours = [_COLOURS.get(states.get(names[place], ""), INK) for place, _ in drawn]
    dots = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [size for _, size in drawn],
        "y": [place for place, _ in drawn],
        "marker": {"color": colours, "size": 14},
        "text": [power(size) for _, size in drawn],
        "textposition": ["middle left" if log10(size) > (low + high) / 2 else "middle right" for _, size in drawn],
        "textfont": {"color": INK, "size": SMALL},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    words = {place: "no number" if size is None else "exactly 0" for place, size in enumerate(found) if not size}
    layout = {
        **_rows(names),
        "xaxis": axis(
            f"{title} (log scale)",
            type="log",
            range=[low - 0.1, high + 0.1],
            tickvals=[10.0**place for place in range(low, high + 1, every)],
            ticktext=[_decade(place) for place in range(low, high + 1, every)],
        ),
        "annotations": [note(said, 0, place, xref="paper", xshift=8) for place, said in words.items()],
    }
    return {"data": [_line(drawn), dots], "layout": layout}


def shares(names: Sequence[str], found: Sequence[float | None], title: str) -> Figure:
    """Draw one bar per block, for a share from 0 to 1; none for a block that has no such thing."""
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [None if share is None else round(100 * share, 2) for share in found],
        "y": list(range(len(names))),
        "width": 0.5,
        "marker": {"color": INK2, "line": {"width": 0}},
        "hoverinfo": "skip",
    }
    texts = [
        note(
            "has none" if share is None else _percent(share),
            100 * (share or 0.0),
            place,
            xanchor="right" if (share or 0.0) > 0.8 else "left",
            xshift=-8 if (share or 0.0) > 0.8 else 8,
            font={"color": INK2 if share is None else INK, "size": SMALL},
        )
        for place, share in enumerate(found)
    ]
    layout = {
        **_rows(names),
        "xaxis": axis(title, range=[0, 100], dtick=25, ticksuffix=" %"),
        "annotations": texts,
    }
    return {"data": [bars], "layout": layout}


def _line(drawn: Sequence[tuple[int, float]]) -> Figure:
    """Join the dots, so that the eye follows them from block to block."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [size for _, size in drawn],
        "y": [place for place, _ in drawn],
        "line": {"color": INK2, "width": 1.6},
        "hoverinfo": "skip",
    }


def _rows(names: Sequence[str]) -> Figure:
    """Return what both charts have: a row for each block, the first one on top."""
    return {
        "margin": {"l": 16 + round(_LETTER * max(map(len, names))), "r": 24, "t": 12, "b": 60},
        "showlegend": False,
        "hovermode": False,
        "yaxis": axis(
            "",
            range=[len(names) - 0.5, -0.5],
            tickvals=list(range(len(names))),
            ticktext=list(names),
            showgrid=False,
            fixedrange=True,
        ),
    }


def _decade(place: int) -> str:
    return f"{10.0**place:,.15g}" if -3 <= place <= 4 else f"10<sup>{place}</sup>".replace("-", "−")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"
