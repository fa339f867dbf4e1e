"""The rate of every block over a plan, step by step: learning blocks as lines, frozen ones in a lane of their own."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil, log10
from types import MappingProxyType

from tlcore.config import Change, Phase, Shape
from tlcore.figures.axes import (
    CARD,
    EMBER_TEXT,
    ICE_TEXT,
    SMALL,
    Figure,
    above,
    axis,
    change_mark,
    epoch_axis,
    note,
    thaw_mark,
)
from tlcore.figures.rate_lines import Plan, alike, frozen_line, rate_line, rates_of, span, values_line
from tlcore.timeline import stretches

_RATES, _LANE = [0.36, 1.0], [0.0, 0.2]
_RATES_ABOVE, _LANE_ABOVE, _VALUES = [0.51, 1.0], [0.28, 0.39], [0.0, 0.17]
"""Shares of the height, from the bottom; the second row where the parameters that learn are drawn too."""
_HIGHER = 0.08
"""Share of the height by which the lane is higher on a phone."""
_FLOOR, _TOP = -5.5, -1.8
"""Powers of ten that the rate's axis holds at least."""
_ROOM: Mapping[Shape, float] = MappingProxyType({"constant": 0.2, "cosine": 1.2, "one_cycle": 1.2, "step": 2.2})
"""Powers of ten that the axis goes on below the lowest base rate; a fall to nothing leaves it."""
_TOP_MARGIN, _BOTTOM_MARGIN = 34, 52
_LINE = 17
"""Pixels between two names."""
_STAIRS = 3
"""Names of thaws that descend before the next begins at the top again."""
_STEPS = 100
"""Steps of an epoch as schedules are drawn where nobody has counted them."""


def rates(
    blocks: Sequence[str],
    phases: Sequence[Phase],
    height: int,
    *,
    steps_per_epoch: int | None = None,
    changes: Sequence[Change] = (),
    values: Mapping[str, int] | None = None,
    marked: bool = True,
) -> Figure:
    """Draw the rates of `blocks`, stem first, over all phases, in a chart of `height` pixels.

    With `values`, the numbers in each block's parameters, it also draws how many of them learn. Without `marked` the
    thaws and changes have no marks, for whoever draws others.
    """
    per_epoch = steps_per_epoch or _STEPS
    plan = Plan(phases, tuple(stretches(phases, changes, per_epoch)), per_epoch)
    epochs = sum(phase.epochs for phase in phases)
    rates_at, lane_at = (_RATES, _LANE) if values is None else (_RATES_ABOVE, _LANE_ABOVE)
    learning = [names for names in alike(blocks, plan, frozen_only=False) if any(rates_of(names, plan))]
    frozen = [names for names in alike(blocks, plan, frozen_only=True) if not all(rates_of(names, plan))]
    powers = _powers(learning, plan)
    margin = {"l": 84, "r": 150, "t": _TOP_MARGIN, "b": _BOTTOM_MARGIN}
    titles = [above("Rate (learning rate)", rates_at[1]), above("Frozen: rate 0", lane_at[1])]
    names = list(_names(learning, plan, powers, (height - _TOP_MARGIN - _BOTTOM_MARGIN) * (rates_at[1] - rates_at[0])))
    lane_names = [_lane_name(place, group, plan) for place, group in enumerate(frozen)]
    layout: Figure = {
        "margin": margin,
        "showlegend": False,
        "xaxis": epoch_axis(epochs),
        "yaxis": axis("", domain=rates_at, type="log", range=powers, dtick=1, tickformat="~r"),
        "yaxis2": axis(
            "", domain=lane_at, range=[max(len(frozen), 1) - 0.4, -0.6], showticklabels=False, showgrid=False
        ),
        "shapes": list(_marks(blocks, plan, changes)) if marked else [],
    }
    traces = [rate_line(group, plan) for group in learning]
    traces += [frozen_line(place, group, plan) for place, group in enumerate(frozen)]
    if steps_per_epoch:
        layout["xaxis"]["title"]["text"] = f"<b>Epoch ({steps_per_epoch} steps each)</b>"
    if values is not None:
        total = sum(values.values())
        layout["xaxis"]["anchor"] = "y3"
        layout["yaxis3"] = axis(
            "", domain=_VALUES, range=[0, 1.1 * total], nticks=3, tickformat="~s", rangemode="tozero"
        )
        titles.append(above("Parameters that learn", _VALUES[1]))
        traces.append(values_line(values, plan))
    thaws = _thaw_names(blocks, plan) if marked else []
    layout["annotations"] = [*titles, *thaws, *names, *lane_names]
    # Beside the lines there is no room on a phone, so the names stand on them, and on the bars of a higher lane.
    titles[1] = above("Frozen: rate 0", lane_at[1] + _HIGHER)
    inside = [{**name, "x": epochs, "xanchor": "right", "xshift": 0, "bgcolor": CARD, "borderpad": 0} for name in names]
    inside += [{**name, "xanchor": "right", "xshift": 0} if name["x"] > epochs / 2 else name for name in lane_names]
    phone = {
        "margin": {**margin, "l": 64, "r": 12},
        "annotations": [*titles, *inside],
        "yaxis": {**layout["yaxis"], "domain": [rates_at[0] + _HIGHER, rates_at[1]]},
        "yaxis2": {**layout["yaxis2"], "domain": [lane_at[0], lane_at[1] + _HIGHER]},
    }
    return {"data": traces, "layout": layout, "phone": phone}


def _powers(learning: Sequence[Sequence[str]], plan: Plan) -> list[float]:
    """Return the axis' ends as powers of ten, with room below for the two steps of a schedule that falls in steps."""
    powers = [log10(rate) for names in learning for rate in rates_of(names, plan) if rate]
    room = max(_ROOM[phase.shape] for phase in plan.phases)
    return [min(_FLOOR, min(powers) - room), max(_TOP, ceil(max(powers)) + 0.2)]


def _names(learning: Sequence[list[str]], plan: Plan, powers: Sequence[float], room: float) -> Iterator[Figure]:
    """Name each line at its end, at its base rate; names that lie close are pushed apart, from the highest down."""
    pixels = room / (powers[1] - powers[0])
    last = plan.parts[-1]
    lowest = float("inf")
    for names in sorted(learning, key=lambda names: -rates_of(names, plan)[-1]):
        if (rate := rates_of(names, plan)[-1]) > 0:
            wanted = log10(rate) * pixels
            lowest = min(wanted, lowest - _LINE)
            font = {"color": EMBER_TEXT, "size": SMALL}
            shift = lowest - wanted
            yield note(
                f"<b>{span(names)}</b>", plan.ends(last), log10(rate), yref="y", xshift=8, yshift=shift, font=font
            )


def _lane_name(place: int, names: list[str], plan: Plan) -> Figure:
    ends = [plan.ends(part) for part in plan.parts if not part.rates.get(names[0])]
    font = {"color": ICE_TEXT, "size": SMALL}
    return note(f"<b>{span(names)}</b>", max(ends), place, yref="y2", xshift=8, font=font, bgcolor=CARD, borderpad=0)


def _thaws(blocks: Sequence[str], plan: Plan) -> list[tuple[float, list[str]]]:
    """Return where blocks thaw after the beginning, and which."""
    found = []
    for before, after in pairwise(plan.parts):
        thawed = [block for block in blocks if after.rates.get(block) and not before.rates.get(block)]
        if thawed:
            found.append((plan.starts(after), thawed))
    return found


def _marks(blocks: Sequence[str], plan: Plan, changes: Sequence[Change]) -> Iterator[Figure]:
    """Mark where blocks thaw, and where else a rate changes within a phase."""
    thaws = [place for place, _ in _thaws(blocks, plan)]
    yield from map(thaw_mark, thaws)
    ends = plan.parts[-1].ends
    others = {change.after / plan.per_epoch for change in changes if change.after < ends} - set(thaws)
    yield from map(change_mark, sorted(others))


def _thaw_names(blocks: Sequence[str], plan: Plan) -> list[Figure]:
    """Name each thaw beside its mark; the names descend like stairs, so that none crosses another."""
    whole = plan.ends(plan.parts[-1])
    return [
        note(
            f"<b>{span(thawed)} thaw{'s' if len(thawed) == 1 else ''}</b>",
            place,
            1,
            yref="paper",
            yanchor="top",
            xanchor="left" if place < 0.6 * whole else "right",
            xshift=6 if place < 0.6 * whole else -6,
            yshift=-_LINE * (number % _STAIRS),
            font={"color": EMBER_TEXT, "size": SMALL},
            bgcolor=CARD,  # another thaw's line may pass behind
        )
        for number, (place, thawed) in enumerate(_thaws(blocks, plan))
    ]
