"""The gradients of a run: a row for each block, a column for each reading, its size as a colour."""

from collections.abc import Sequence
from math import ceil, floor, log10

from tlcore.events import Moved
from tlcore.figures.axes import INK2, SMALL, Figure, axis
from tlcore.figures.heatmaps import palette
from tlcore.figures.per_block import block_axis, decade_texts, left_margin
from tlcore.history import History
from tlcore.text import power

_MOST = 80
"""Readings that are drawn; of more, every second or third."""
_TICKS = 8
"""Most epochs with a tick."""
_FROZEN = "var(--thaw-ice-fill)"


def gradient_flow(history: History, names: Sequence[str]) -> Figure:
    """Draw the length of each block's gradient over the epochs, on a log scale from dark to bright.

    A reading stands for the stretch since the one before. A block without a gradient, since it is frozen, shows the
    ice behind.
    """
    assert history.started is not None
    looks = _some([look for look in history.moves if look.gradients])
    per_epoch = history.started.steps_per_epoch
    ends = [look.step / per_epoch for look in looks]
    rows = [[look.gradients.get(name) for look in looks] for name in names]
    logs = [log10(size) for row in rows for size in row if size]
    low, high = (floor(min(logs)), ceil(max(logs))) if logs else (-1, 0)
    high = max(high, low + 1)
    colours = palette()
    decades = list(range(low, high + 1))
    heat = {
        "type": "heatmap",
        "x": [0.0, *(round(end, 4) for end in ends)],
        "y": list(range(len(names))),
        "z": [[log10(size) if size else None for size in row] for row in rows],
        "text": [[power(size) if size else "" for size in row] for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
        "zmin": low,
        "zmax": high,
        "colorscale": [[level / 255, _colour(colours, level)] for level in range(0, 256, 15)],
        "colorbar": {
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "thickness": 12,
            "len": 0.7,
            "xanchor": "right",
            "x": 1.0,
            "outlinewidth": 0,
            "tickvals": decades,
            "ticktext": decade_texts(decades),
            "tickfont": {"color": INK2, "size": SMALL},
        },
        "ygap": 3,
    }
    last = ends[-1] if ends else float(history.started.epochs)
    every = max(1, ceil(last / _TICKS))
    layout = {
        "margin": {"l": left_margin(names), "r": 24, "t": 52, "b": 56},
        "plot_bgcolor": _FROZEN,
        "showlegend": False,
        "xaxis": axis("Epoch", range=[0, last], showgrid=False, tickformat="d", dtick=every),
        "yaxis": block_axis(names),
    }
    return {"data": [heat], "layout": layout}


def _some(looks: list[Moved]) -> list[Moved]:
    every = ceil(len(looks) / _MOST) or 1
    return looks[::-1][::every][::-1]


def _colour(colours: bytes, level: int) -> str:
    return "rgb({},{},{})".format(*colours[3 * level : 3 * level + 3])
