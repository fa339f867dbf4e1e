"""Loss and accuracy of a run against its epochs."""

from tlcore.events import Started
from tlcore.figures import marks
from tlcore.figures.axes import INK, INK2, INK3, SMALL, WELL, Figure, above, axis, epoch_axis, note
from tlcore.figures.thinning import smooth, thin
from tlcore.history import History
from tlcore.text import clean

_THIN, _THICK = 1.4, 3.6
_LOSS, _ACCURACY = [0.56, 1.0], [0.0, 0.46]
"""Shares of the figure's height, from the bottom."""
_WIDE, _NARROW = 560, 220
"""Pixels of a plot that is rather narrow for a desktop, and for a phone."""


def curves(history: History, planned: int) -> Figure:
    """Draw what the run has shown so far; before its first event, empty axes for the `planned` epochs.

    `phone` holds what replaces parts of the layout where the chart is narrow.
    """
    started = history.started
    epochs = started.epochs if started else planned
    last = history.steps[-1].step / started.steps_per_epoch if started and history.steps else 0.0
    shaded = [_to_come(last, epochs)] if history.end is None and last < epochs else []
    texts = [
        above("Loss", _LOSS[1]),
        above("Accuracy, % of pictures", _ACCURACY[1]),
        *_baseline_note(history, epochs),
    ]
    level = _baseline_line(history)

    def around(width: float, right: int, names: str, short: bool) -> Figure:
        """Return what depends on the width of the plot: the marks and what is written beside the lines."""
        placed = marks.place(marks.marks(history), epochs, width, right, short)
        return {
            "margin": {"l": 52, "r": right, "t": 28 + marks.height(placed), "b": 52},
            "shapes": [*shaded, *level, *marks.lines(placed)],
            "annotations": [*texts, *marks.labels(placed), *_ends(history, last, names)],
        }

    layout = {
        "showlegend": False,
        "hovermode": "x unified",
        "xaxis": epoch_axis(epochs),
        "yaxis": axis("", domain=_LOSS, rangemode="tozero", **_loss_range(history)),
        "yaxis2": axis("", domain=_ACCURACY, range=_accuracy_range(history)),
        **around(_WIDE, 120, "validation ", short=False),
    }
    return {
        "data": _traces(history, started) if started else [],
        "layout": layout,
        "phone": around(_NARROW, 46, "", short=True),
    }


def _traces(history: History, started: Started) -> list[Figure]:
    per_epoch = started.steps_per_epoch
    steps = [(step.step / per_epoch, step.loss) for step in history.steps]
    fits = smooth([(step.step / per_epoch, 100 * step.right / step.count) for step in history.steps], per_epoch)
    val_loss = [(float(epoch.epoch), epoch.loss) for epoch in history.epochs]
    val_right = [(float(epoch.epoch), 100 * epoch.accuracy) for epoch in history.epochs]
    return [
        _line("training loss", thin(smooth(steps, 3)), "y", INK2, _THIN, "lines"),
        _line("validation loss", val_loss, "y", INK, _THICK, "lines+markers"),
        _line("training accuracy", thin(fits), "y2", INK2, _THIN, "lines"),
        _line("validation accuracy", val_right, "y2", INK, _THICK, "lines+markers"),
    ]


def _line(name: str, points: list[tuple[float, float]], y: str, colour: str, width: float, mode: str) -> Figure:
    percent = y == "y2"
    return {
        "type": "scatter",
        "name": name,
        # One point makes no line yet.
        "mode": mode if len(points) > 1 else "markers",
        "x": [round(x, 4) for x, _ in points],
        "y": [round(value, 4) for _, value in points],
        "yaxis": y,
        "line": {"color": colour, "width": width},
        "marker": {"color": colour, "size": 8},
        "hovertemplate": "%{y:.1f} %" if percent else "%{y:.3f}",
        "cliponaxis": False,
    }


def _loss_range(history: History) -> Figure:
    return {} if history.steps else {"range": [0, 1]}


def _accuracy_range(history: History) -> list[float]:
    """Start a little below the lowest point, so that what happens is not squeezed under the top."""
    baseline = history.baseline
    lows = [100 * epoch.accuracy for epoch in history.epochs] + ([100 * baseline[1]] if baseline else [])
    return [max(0.0, 10 * (min(lows) // 10) - 5) if lows else 0.0, 101]


def _to_come(last: float, epochs: int) -> Figure:
    return {
        "type": "rect",
        "x0": last,
        "x1": epochs,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": WELL,
        "line": {"width": 0},
        "layer": "below",
    }


def _baseline_line(history: History) -> list[Figure]:
    if history.baseline is None:
        return []
    level = 100 * history.baseline[1]
    line = {"color": INK3, "width": 1.4, "dash": "dash"}
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": level, "y1": level, "line": line}]


def _baseline_note(history: History, epochs: int) -> list[Figure]:
    if history.baseline is None:
        return []
    name, share = history.baseline
    text = f"always saying “{_literal(name)}”: {100 * share:.1f} %"
    colour = {"color": INK3, "size": SMALL}
    return [note(text, epochs, 100 * share, yref="y2", xanchor="right", yanchor="bottom", font=colour)]


def _ends(history: History, last: float, name: str) -> list[Figure]:
    """Write the newest value of each validation line, after its name, where the lines end by now."""
    if not history.epochs:
        return []
    newest = history.epochs[-1]
    font = {"color": INK, "size": SMALL}
    values = ((newest.loss, "y", f"{newest.loss:.2f}"), (100 * newest.accuracy, "y2", f"{100 * newest.accuracy:.1f}"))
    return [
        note(f"<b>{name}{text}</b>", max(newest.epoch, last), value, yref=axis_name, xshift=10, font=font)
        for value, axis_name, text in values
    ]


def _literal(text: str) -> str:
    """Plotly reads a few HTML tags in texts; a class name must stay a name."""
    return clean(text, 24).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
