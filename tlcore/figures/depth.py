"""How much of a set each block of a network tells apart, from the picture to the answer."""

from collections.abc import Sequence

from tlcore.emergence import interval, probes_of
from tlcore.figures.axes import INK, INK2, PALE, SMALL, Figure, above, axis, note
from tlcore.questions import Charted


def depth(charted: Charted, labels: Sequence[str]) -> Figure:
    """Draw what the probe of each block gets right (%), with the interval of chance, above what guessing gets.

    `labels` says what each block tends to see.
    """
    count, probes = charted.judged_on, probes_of(charted)
    places = list(range(len(probes)))
    shares = [100 * probe.right / count for probe in probes]
    bounds = [interval(probe.right, count) for probe in probes]
    guess = 100 * charted.baseline / count if count else 0.0
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": places,
        "y": shares,
        "line": {"color": INK, "width": 3},
        "marker": {"color": INK, "size": 9},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [100 * high - share for (_, high), share in zip(bounds, shares, strict=True)],
            "arrayminus": [share - 100 * low for (low, _), share in zip(bounds, shares, strict=True)],
            "color": PALE,
            "thickness": 1.6,
            "width": 5,
        },
        "text": [
            f"{block.block}: {probe.right:,} of {count:,} right"
            for block, probe in zip(charted.blocks, probes, strict=False)
        ],
        "hoverinfo": "text",
    }
    names = [f"<b>{label}</b><br>{block.block}" for label, block in zip(labels, charted.blocks, strict=True)]
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": guess, "y1": guess}
    layout = {
        "margin": {"l": 52, "r": 24, "t": 40, "b": 64},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": axis("", tickvals=places, ticktext=names, showgrid=False, range=[-0.3, len(places) - 0.7]),
        "yaxis": axis("", range=[0, 103]),
        "shapes": [{**level, "line": {"color": INK2, "width": 1.6, "dash": "dot"}}],
        "annotations": [
            above("Right, % of validation pictures", 1.0),
            note(
                "always the most frequent class",
                1,
                guess,
                xref="paper",
                xanchor="right",
                yanchor="bottom",
                font={"color": INK2, "size": SMALL},
            ),
        ],
    }
    phone = axis("", tickvals=places, ticktext=[block.block for block in charted.blocks], showgrid=False, tickangle=-60)
    return {"data": [line] if probes else [], "layout": layout, "phone": {"xaxis": phone}}
