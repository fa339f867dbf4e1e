"""The lines of a plan in a chart: a rate step by step, a bar where blocks are frozen, the parameters that learn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from tlcore.config import Phase
from tlcore.figures.axes import EMBER, ICE, INK, Figure
from tlcore.schedules import factor
from tlcore.timeline import Stretch

_POINTS = 60
"""Points of a line in one stretch, besides those where a schedule bends."""
_JUMP = 5
"""Times by which a rate changes from one point to the next where it is more than a slope."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan cut into stretches, with places in epochs."""

    phases: Sequence[Phase]
    parts: tuple[Stretch, ...]
    per_epoch: int

    def starts(self, part: Stretch) -> float:
        """Return the epoch at which a stretch begins."""
        return part.begins / self.per_epoch

    def ends(self, part: Stretch) -> float:
        """Return the epoch at which a stretch ends."""
        return part.ends / self.per_epoch


def span(names: Sequence[str]) -> str:
    """Name neighbouring blocks together: the first and the last."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def alike(blocks: Sequence[str], plan: Plan, frozen_only: bool) -> list[list[str]]:
    """Group neighbours that are alike all the time: their lines would hide each other, or say the same twice."""

    def aspect(block: str) -> list[float]:
        found = rates_of([block], plan)
        return [float(rate == 0) for rate in found] if frozen_only else found

    return [list(same) for _, same in groupby(blocks, key=aspect)]


def rates_of(names: Sequence[str], plan: Plan) -> list[float]:
    """Return the base rate of blocks that are alike in every stretch."""
    return [part.rates.get(names[0], 0.0) for part in plan.parts]


def rate_line(names: list[str], plan: Plan) -> Figure:
    """Draw the rate of blocks that are alike; where they are frozen, the line has a gap."""
    x: list[float] = []
    y: list[float | None] = []
    for part, rate in zip(plan.parts, rates_of(names, plan), strict=True):
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


def frozen_line(place: int, names: list[str], plan: Plan) -> Figure:
    """Draw the stretches in which blocks are frozen, in their row of the lane."""
    x: list[float | None] = []
    for part, rate in zip(plan.parts, rates_of(names, plan), strict=True):
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


def values_line(values: Mapping[str, int], plan: Plan) -> Figure:
    """Draw how many values learn, over time."""
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
