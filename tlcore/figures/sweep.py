"""The loss of a learning-rate finder against the rate."""

from math import floor, log10

from tlcore.figures.axes import INK, Figure, above, axis
from tlcore.questions import RateCurve


def sweep(curve: RateCurve) -> Figure:
    """Draw the smoothed loss over rates on a log axis; what shoots up at the end does not squeeze the rest."""
    lowest = min(curve.losses)
    top = min(max(curve.losses), max(curve.losses[: curve.losses.index(lowest) + 1]) * 1.3 + 0.05)
    powers = [floor(log10(curve.rates[0])), max(log10(curve.rates[-1]), log10(curve.rates[0]) + 1)]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": list(curve.rates),
        "y": list(curve.losses),
        "line": {"color": INK, "width": 3},
        "hoverinfo": "skip",
    }
    layout = {
        "margin": {"l": 52, "r": 24, "t": 34, "b": 60},
        "showlegend": False,
        "xaxis": _rates(powers, 1),
        "yaxis": axis("", range=[0, max(top, curve.losses[0] * 1.05)]),
        "annotations": [above("Loss of the step", 1.0)],
    }
    # Rates written out need room, so on a phone every second power has one.
    return {"data": [line], "layout": layout, "phone": {"xaxis": _rates(powers, 2)}}


def _rates(powers: list[float], every: int) -> Figure:
    return axis(
        "Rate (learning rate)",
        type="log",
        range=[powers[0] - 0.05, powers[1] + 0.05],
        dtick=every,
        tickformat="~r",
        showgrid=False,
        ticks="outside",
        ticklen=8,
        tickcolor="rgba(0,0,0,0)",
    )
