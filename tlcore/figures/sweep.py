"""The loss of a learning-rate finder against the rate."""

from math import floor, log10

from tlcore.figures.axes import INK, Figure, above, axis
from tlcore.questions import RateCurve


def sweep(curve: RateCurve) -> Figure:
    """Draw the smoothed loss over rates on a log axis; what shoots up at the end does not squeeze the rest."""
    start, lowest = curve.losses[0], min(curve.losses)
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
        "margin": {"l": 52, "r": 24, "t": 34, "b": 52},
        "showlegend": False,
        "dragmode": False,
        "xaxis": axis(
            "Rate (learning rate)",
            type="log",
            range=[powers[0] - 0.05, powers[1] + 0.05],
            dtick=1,
            tickformat="~r",
            fixedrange=True,
            showgrid=False,
        ),
        "yaxis": axis("", range=[0, max(top, start * 1.05)], fixedrange=True),
        "annotations": [above("Loss of the step", 1.0)],
    }
    phone = {"margin": {"l": 40, "r": 14, "t": 34, "b": 52}}
    return {"data": [line], "layout": layout, "phone": phone}
