"""Fewer points for the same line, so that a long run costs a page no more than a short one."""

from collections.abc import Sequence
from itertools import pairwise

MOST_POINTS = 300


def thin(values: Sequence[tuple[float, float]], most: int = MOST_POINTS) -> list[tuple[float, float]]:
    """Return at most `most` points: means over equal stretches, the last point of each stretch its place."""
    if len(values) <= most:
        return list(values)
    edges = [round(place * len(values) / most) for place in range(most + 1)]
    return [
        (values[end - 1][0], sum(value for _, value in values[start:end]) / (end - start))
        for start, end in pairwise(edges)
    ]


def smooth(values: Sequence[tuple[float, float]], over: int) -> list[tuple[float, float]]:
    """Return running means over the last `over` points."""
    smoothed, total = [], 0.0
    for place, (x, y) in enumerate(values):
        total += y
        if place >= over:
            total -= values[place - over][1]
        smoothed.append((x, total / min(place + 1, over)))
    return smoothed
