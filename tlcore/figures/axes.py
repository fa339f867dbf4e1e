"""What all charts share: fonts, axes, marks for thawing."""

from typing import Any

Figure = dict[str, Any]

INK, INK2, INK3 = "var(--thaw-ink)", "var(--thaw-ink2)", "var(--thaw-ink3)"
PALE = "var(--thaw-line2)"
GRID, WELL, CARD = "var(--thaw-grid)", "var(--thaw-well)", "var(--thaw-card)"
ICE, ICE_TEXT = "var(--thaw-ice-mark)", "var(--thaw-ice-text)"
EMBER, EMBER_TEXT = "var(--thaw-ember-mark)", "var(--thaw-ember-text)"

SMALL = 14
"""Pixels; nothing in a chart is smaller."""
_TICKS = 13
"""Most ticks on the axis of epochs."""


def axis(title: str, **more: Any) -> Figure:
    """Return an axis without zero line, its title (if any) in bold ink, its ticks in softer ink."""
    return {
        "title": {"text": f"<b>{title}</b>" if title else "", "font": {"color": INK, "size": SMALL}, "standoff": 8},
        "tickfont": {"color": INK2, "size": SMALL},
        "gridcolor": GRID,
        "zeroline": False,
        "fixedrange": False,
        **more,
    }


def epoch_axis(epochs: int) -> Figure:
    """Return the axis of epochs, with a tick at whole ones only."""
    ticks = {"dtick": 1} if epochs <= _TICKS else {"nticks": _TICKS}
    return axis("Epoch", range=[0, epochs], anchor="y2", showgrid=False, tickformat="d", **ticks)


def note(text: str, x: float, y: float, **more: Any) -> Figure:
    """Return a text at a point, without an arrow."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "middle",
        "font": {"color": INK2, "size": SMALL},
        **more,
    }


def above(title: str, top: float) -> Figure:
    """Return a title that lies above its axis, where it reads without turning the head; `top` is a share of height."""
    font = {"color": INK, "size": SMALL}
    return note(
        f"<b>{title}</b>",
        0,
        top,
        xref="paper",
        yref="paper",
        yanchor="bottom",
        xshift=-46,
        yshift=6,
        font=font,
        bgcolor=CARD,
    )


def thaw_mark(x: float) -> Figure:
    """Return an ember line through all charts of the figure, at the epoch where a block thawed."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": EMBER, "width": 2},
    }


def change_mark(x: float) -> Figure:
    """Return a dotted line in ink through all charts of the figure, where a rate changes within a phase."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": INK2, "width": 1.6, "dash": "dot"},
    }
