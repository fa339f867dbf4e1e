"""The rate of every block over a plan, step by step: learning blocks as lines, frozen ones in a lane of their own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import ceil, log10

from tlcore.config import Change, Phase
from tlcore.figures.axes import (
    EMBER,
    EMBER_TEXT,
    ICE,
    ICE_TEXT,
    INK,
    SMALL,
    Figure,
    above,
    axis,
    change_mark,
    epoch_axis,
    note,
    thaw_mark,
)
from tlcore.schedules import factor
from tlcore.timeline import Stretch, stretches

_RATES, _LANE = [0.36, 1.0], [0.0, 0.2]
_RATES_ABOVE, _LANE_ABOVE, _VALUES = [0.51, 1.0], [0.28, 0.39], [0.0, 0.17]
"""Shares of the height, from the bottom; the second row where the parameters that learn are drawn too."""
_FLOOR, _TOP = -5.5, -1.8
"""Powers of ten that the rate's axis holds at least."""
_TOP_MARGIN, _BOTTOM_MARGIN = 34, 52
_LINE = 17
"""Pixels between two names."""
_STAIRS = 3
"""Names of thaws that descend before the next begins at the top again."""
_POINTS = 60
"""Points of a line in one stretch, besides those where a schedule bends."""
_JUMP = 5
"""Times by which a rate changes from one point to the next where it is more than a slope."""
_STEPS = 100
"""Steps of an epoch as schedules are drawn where nobody has counted them."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A plan cut into stretches, with places in epochs."""

    phases: Sequence[Phase]
    parts: tuple[Stretch, ...]
    per_epoch: int

    def starts(self, part: Stretch) -> float:
        return part.begins / self.per_epoch

    def ends(self, part: Stretch) -> float:
        return part.ends / self.per_epoch


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
    plan = _Plan(phases, tuple(stretches(phases, changes, per_epoch)), per_epoch)
    epochs = sum(phase.epochs for phase in phases)
    rates_at, lane_at = (_RATES, _LANE) if values is None else (_RATES_ABOVE, _LANE_ABOVE)
    learning = [names for names in _alike(blocks, plan, frozen_only=False) if any(_rates_of(names, plan))]
    frozen = [names for names in _alike(blocks, plan, frozen_only=True) if not all(_rates_of(names, plan))]
    powers = _powers(learning, plan)
    margin = {"l": 84, "r": 150, "t": _TOP_MARGIN, "b": _BOTTOM_MARGIN}
    titles = [above("Rate (learning rate)", rates_at[1]), above("Frozen: rate 0", lane_at[1])]
    names = list(_names(learning, plan, powers, (height - _TOP_MARGIN - _BOTTOM_MARGIN) * (rates_at[1] - rates_at[0])))
    names += [_lane_name(place, group, plan) for place, group in enumerate(frozen)]
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
    traces = [_rate_line(group, plan) for group in learning]
    traces += [_frozen_line(place, group, plan) for place, group in enumerate(frozen)]
    if steps_per_epoch:
        layout["xaxis"]["title"]["text"] = f"<b>Epoch ({steps_per_epoch} steps each)</b>"
    if values is not None:
        total = sum(values.values())
        layout["xaxis"]["anchor"] = "y3"
        layout["yaxis3"] = axis(
            "", domain=_VALUES, range=[0, 1.1 * total], nticks=3, tickformat="~s", rangemode="tozero"
        )
        titles.append(above("Parameters that learn", _VALUES[1]))
        traces.append(_values_line(values, plan))
    layout["annotations"] = [*titles, *(_thaw_names(blocks, plan) if marked else []), *names]
    # Beside the lines there is no room on a phone, so the names stand on them.
    inside = [{**name, "x": epochs, "xanchor": "right", "xshift": 0, "yanchor": "bottom"} for name in names]
    phone = {"margin": {**margin, "l": 64, "r": 12}, "annotations": [*titles, *inside]}
    return {"data": traces, "layout": layout, "phone": phone}


def span(names: Sequence[str]) -> str:
    """Name neighbouring blocks together: the first and the last."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _alike(blocks: Sequence[str], plan: _Plan, frozen_only: bool) -> list[list[str]]:
    """Group neighbours that are alike all the time: their lines would hide each other, or say the same twice."""

    def aspect(block: str) -> list[float]:
        found = _rates_of([block], plan)
        return [float(rate == 0) for rate in found] if frozen_only else found

    return [list(same) for _, same in groupby(blocks, key=aspect)]


def _rates_of(names: Sequence[str], plan: _Plan) -> list[float]:
    """Return the base rate of blocks that are alike in every stretch."""
    return [part.rates.get(names[0], 0.0) for part in plan.parts]


def _rate_line(names: list[str], plan: _Plan) -> Figure:
    x: list[float] = []
    y: list[float | None] = []
    for part, rate in zip(plan.parts, _rates_of(names, plan), strict=True):
        phase = plan.phases[part.phase]
        places = _bends(phase, part, plan.per_epoch) if rate else [0]
        x += [round((part.begins + place) / plan.per_epoch, 4) for place in places] + [plan.ends(part)]
        y += [rate * factor(phase, part.offset + place, plan.per_epoch) if rate else None for place in places]
        y.append(y[-1])
    return {
        "type": "scatter",
        "mode": "lines",
        "name": span(names),
        "x": x,
        "y": y,
        "connectgaps": False,
        "line": {"color": EMBER, "width": 3},
        "hovertemplate": "%{y:.2g}",
    }


def _bends(phase: Phase, part: Stretch, per_epoch: int) -> list[int]:
    """Return the steps of a stretch between which the rate's line is as good as straight."""
    if phase.shape == "constant" and not phase.warmup:
        return [0]

    def at(place: int) -> float:
        return factor(phase, part.offset + place, per_epoch)

    count = part.ends - part.begins
    warm = round(phase.warmup * per_epoch) - part.offset
    places = {round(place * (count - 1) / _POINTS) for place in range(_POINTS + 1)} | {warm - 1, warm}
    even = sorted(place for place in places if 0 <= place < count)
    for low, high in pairwise(even):
        # Where a schedule jumps, the line has to do so in one step.
        while high - low > 1 and max(at(low), at(high)) > _JUMP * min(at(low), at(high)):
            middle = (low + high) // 2
            low, high = (low, middle) if at(low) / at(middle) > at(middle) / at(high) else (middle, high)
        places |= {low, high}
    return sorted(place for place in places if 0 <= place < count)


def _frozen_line(place: int, names: list[str], plan: _Plan) -> Figure:
    x: list[float | None] = []
    for part, rate in zip(plan.parts, _rates_of(names, plan), strict=True):
        if rate == 0:
            x += [plan.starts(part), plan.ends(part), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": span(names),
        "x": x,
        "y": [place] * len(x),
        "yaxis": "y2",
        "line": {"color": ICE, "width": 8},
        "hovertemplate": "frozen",
    }


def _values_line(values: Mapping[str, int], plan: _Plan) -> Figure:
    counts = [sum(count for block, count in values.items() if part.rates.get(block)) for part in plan.parts]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "learn",
        "x": [place for part in plan.parts for place in (plan.starts(part), plan.ends(part))],
        "y": [count for count in counts for _ in range(2)],
        "yaxis": "y3",
        "line": {"color": INK, "width": 2.5},
        "hovertemplate": "%{y:,}",
    }


def _powers(learning: Sequence[Sequence[str]], plan: _Plan) -> list[float]:
    """Return the axis' ends as powers of ten; schedules get one more below, into which their lines fall."""
    powers = [log10(rate) for names in learning for rate in _rates_of(names, plan) if rate]
    bent = any(phase.shape != "constant" or phase.warmup for phase in plan.phases)
    return [min(_FLOOR, min(powers) - 0.2 - bent), max(_TOP, ceil(max(powers)) + 0.2)]


def _names(learning: Sequence[list[str]], plan: _Plan, powers: Sequence[float], room: float) -> Iterator[Figure]:
    """Name each line at its end, at its base rate; names that lie close are pushed apart, from the highest down."""
    pixels = room / (powers[1] - powers[0])
    last = plan.parts[-1]
    lowest = float("inf")
    for names in sorted(learning, key=lambda names: -_rates_of(names, plan)[-1]):
        if (rate := _rates_of(names, plan)[-1]) > 0:
            wanted = log10(rate) * pixels
            lowest = min(wanted, lowest - _LINE)
            font = {"color": EMBER_TEXT, "size": SMALL}
            shift = lowest - wanted
            yield note(
                f"<b>{span(names)}</b>", plan.ends(last), log10(rate), yref="y", xshift=8, yshift=shift, font=font
            )


def _lane_name(place: int, names: list[str], plan: _Plan) -> Figure:
    ends = [plan.ends(part) for part in plan.parts if not part.rates.get(names[0])]
    font = {"color": ICE_TEXT, "size": SMALL}
    return note(f"<b>{span(names)}</b>", max(ends), place, yref="y2", xshift=8, font=font)


def _thaws(blocks: Sequence[str], plan: _Plan) -> list[tuple[float, list[str]]]:
    """Return where blocks thaw after the beginning, and which."""
    found = []
    for before, after in pairwise(plan.parts):
        thawed = [block for block in blocks if after.rates.get(block) and not before.rates.get(block)]
        if thawed:
            found.append((plan.starts(after), thawed))
    return found


def _marks(blocks: Sequence[str], plan: _Plan, changes: Sequence[Change]) -> Iterator[Figure]:
    """Mark where blocks thaw, and where else a rate changes within a phase."""
    thaws = [place for place, _ in _thaws(blocks, plan)]
    yield from map(thaw_mark, thaws)
    ends = plan.parts[-1].ends
    others = {change.after / plan.per_epoch for change in changes if change.after < ends} - set(thaws)
    yield from map(change_mark, sorted(others))


def _thaw_names(blocks: Sequence[str], plan: _Plan) -> list[Figure]:
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
        )
        for number, (place, thawed) in enumerate(_thaws(blocks, plan))
    ]
