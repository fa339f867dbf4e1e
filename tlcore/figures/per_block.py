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
        "mode": "markers",
        "x": [size for _, size in drawn],
        "y": [place for place, _ in drawn],
        "marker": {"color": colours, "size": 14},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    decades = range(low, high + 1, every)
    layout = {
        **_rows(names, right=96),
        "xaxis": axis(
            f"{title} (log scale)",
            type="log",
            range=[low - 0.1, high + 0.1],
            tickvals=[10.0**place for place in decades],
            ticktext=decade_texts(decades),
        ),
        "annotations": [
            note(_word(size), 1, place, xref="paper", xshift=16, font={"color": INK, "size": SMALL})
            for place, size in enumerate(found)
        ],
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
        **_rows(names, right=32),
        "xaxis": axis(title, range=[0, 100], dtick=25, ticksuffix=" %"),
        "annotations": texts,
    }
    return {"data": [bars], "layout": layout}


def written(names: Sequence[str], found: Sequence[float | None]) -> str:
    """Return what `sizes` draws, in words, for whoever does not see it."""
    return ", ".join(f"{name} {_word(size)}" for name, size in zip(names, found, strict=True))


def _word(size: float | None) -> str:
    return power(size) if size else "no number" if size is None else "exactly 0"


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


def _rows(names: Sequence[str], right: int) -> Figure:
    """Return what both charts have; `right` is the margin there, in pixels."""
    return {
        "margin": {"l": left_margin(names), "r": right, "t": 12, "b": 60},
        "showlegend": False,
        "hovermode": False,
        "yaxis": block_axis(names),
    }


def left_margin(names: Sequence[str]) -> int:
    """Return the room that the blocks' names take, in pixels."""
    return 24 + round(_LETTER * max(map(len, names)))


def block_axis(names: Sequence[str]) -> Figure:
    """Return the axis with a row for each block, the first one on top."""
    places = list(range(len(names)))
    apart = {"ticks": "outside", "ticklen": 8, "tickcolor": "rgba(0,0,0,0)"}
    rows = {"range": [len(names) - 0.5, -0.5], "tickvals": places, "ticktext": list(names)}
    return axis("", showgrid=False, **rows, **apart) | {"fixedrange": True}


def decade_texts(decades: Sequence[int]) -> list[str]:
    """Return powers of ten as people write them; where one is very small or large, all with their exponents."""
    if all(-4 <= place <= 4 for place in decades):
        return [f"{10.0**place:,.15g}" for place in decades]
    return [f"10<sup>{place}</sup>".replace("-", "−") for place in decades]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"
