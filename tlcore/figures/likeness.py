"""How alike two states see the pictures, and how far their weights are apart: one bar for each block, in order."""

from collections.abc import Mapping, Sequence

from tlcore.figures.axes import EMBER, ICE, INK, SMALL, Figure, above, axis
from tlcore.text import clean

_ALIKE, _MOVED = [0.6, 1.0], [0.0, 0.4]
"""Shares of the figure's height, from the bottom."""
_LEAST = 0.01
"""Per cent; where the axis of drift begins."""


def likeness(
    blocks: Sequence[str], alike: Mapping[str, float], moved: Mapping[str, float], learned: Mapping[str, bool]
) -> Figure:
    """Draw the likeness (0 to 1) of each block above its drift (relative change of the weights), stem first.

    Blocks that are not in `alike` or `moved` have no bar; frozen ones are ice blue, learned ones ember.
    """
    colours = [EMBER if learned.get(block) else ICE for block in blocks]
    words = ["learned" if learned.get(block) else "frozen" for block in blocks]
    above_bars = [alike.get(block) for block in blocks]
    # A log scale has no 0: what did not move has its number where bars begin.
    below_bars = [max(100 * moved[block], _LEAST) if block in moved else None for block in blocks]
    data = [
        _bars(
            blocks,
            [max(value, 0.0) if value is not None else None for value in above_bars],
            colours,
            [_alike(value) for value in above_bars],
            [f"{block}, {word}: likeness {alike.get(block, 0):.4f}" for block, word in zip(blocks, words, strict=True)],
            "y",
        )
    ]
    titles = [above("Likeness of answers (linear CKA), 1 is alike", _ALIKE[1])]
    layout: Figure = {
        "margin": {"l": 60, "r": 16, "t": 36, "b": 60},
        "showlegend": False,
        "bargap": 0.35,
        "xaxis": axis("", type="category", showgrid=False, tickangle=-30, automargin=True),
        "yaxis": axis("", domain=_ALIKE if moved else [0, 1], range=[0, 1.18], tickvals=[0, 0.5, 1]),
    }
    if moved:
        data.append(
            _bars(
                blocks,
                below_bars,
                colours,
                [_per_cent(moved.get(block)) for block in blocks],
                [f"{block}, {word}: {_per_cent(moved.get(block))}" for block, word in zip(blocks, words, strict=True)],
                "y2",
            )
        )
        titles.append(above("Drift of weights, % (log scale)", _MOVED[1]))
        layout["yaxis2"] = axis(
            "",
            domain=_MOVED,
            type="log",
            range=[-2, 2.6],
            tickvals=[_LEAST, 1, 100],
            ticktext=["0.01", "1", "100"],
        )
        layout["xaxis"]["anchor"] = "y2"
    layout["annotations"] = titles
    return {"data": data, "layout": layout}


def _bars(
    blocks: Sequence[str],
    values: Sequence[float | None],
    colours: Sequence[str],
    texts: Sequence[str],
    hovers: Sequence[str],
    scale: str,
) -> Figure:
    return {
        "type": "bar",
        "x": [clean(block, 24) for block in blocks],
        "y": list(values),
        "yaxis": scale,
        "marker": {"color": list(colours), "line": {"width": 0}},
        "text": list(texts),
        "textposition": "outside",
        "textfont": {"color": INK, "size": SMALL},
        "cliponaxis": False,
        "hovertext": list(hovers),
        "hoverinfo": "text",
    }


def _alike(value: float | None) -> str:
    if value is None:
        return ""
    return "1" if value == 1.0 else ">0.99" if value >= 0.995 else f"{max(value, 0.0):.2f}"


def _per_cent(share: float | None) -> str:
    if share is None:
        return ""
    if share == 0.0:
        return "0"
    per_cent = 100 * share
    return "<0.01" if per_cent < _LEAST else f"{per_cent:.2g}" if per_cent < 10 else f"{per_cent:.0f}"
