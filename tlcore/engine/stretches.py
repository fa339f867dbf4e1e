"""Stretches of a network: neighbouring parts that work on one grid, on their way to become its blocks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isqrt

from tlcore.catalog.cards import Layout
from tlcore.engine.trace import Trace

_BODY = 10
"""Most stretches between stem and head; neighbours are merged above it."""
_EVENLY = 8
"""Most stretches that many alike ones are merged into."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the network on its way to become a block."""

    parts: tuple[str, ...]
    named: str
    """The part that it is named after."""
    output: str
    full: bool
    """Whether it has a part of more than one layer."""

    def joined(self, part: str, output: str = "", *, full: bool = False) -> "Stretch":
        """Return this stretch with one more part; the first full part gives the name."""
        named = part if full and not self.full else self.named
        return Stretch((*self.parts, part), named, output or self.output, self.full or full)


def layout_of(shape: Sequence[int]) -> Layout:
    """Return how an output of this shape, without N, is laid out; swapped axes are told by which two sides agree."""
    if len(shape) == 2:
        return "tokens"
    if len(shape) != 3 or tuple(shape[1:]) == (1, 1):
        return "vector"
    return "map_last" if shape[0] == shape[1] != shape[2] else "map"


def grid(shape: Sequence[int] | None) -> int:
    """Return the side of the grid of an output of this shape, without N; 0 where there is none."""
    if shape is None:
        return 0
    side = {"tokens": lambda: isqrt(shape[0]), "map": lambda: shape[1], "map_last": lambda: shape[0]}
    return side.get(layout_of(shape), lambda: 0)()


def gathered(trace: Trace, units: Sequence[str]) -> tuple[list[Stretch], list[Stretch]]:
    """Return parts as stretches with one grid each, and apart from them those without a grid, after the body."""
    layers = {unit: trace.layers(unit) for unit in units}
    only_leaves = not any(count > 1 for count in layers.values())
    found: list[Stretch] = []
    vector: list[Stretch] = []
    waiting: list[str] = []
    for unit in units:
        shape, full = trace.calls[unit].shape, layers[unit] > 1
        side = grid(shape)
        if side == 0 and found:
            _after_the_grid(trace, unit, layers[unit], found, vector, waiting)
        elif not trace.holds_values(unit):
            if found and side and "Adaptive" not in type(trace.module.get_submodule(unit)).__name__:
                found[-1] = found[-1].joined(unit, unit) if trace.once(unit) else found[-1]
        elif not found or _begins(trace, found, unit, full, side, only_leaves):
            found.append(Stretch((unit,), unit, unit, full))
        else:
            found[-1] = found[-1].joined(unit, unit if trace.once(unit) else "", full=full)
    return found, vector


def _begins(trace: Trace, found: Sequence[Stretch], unit: str, full: bool, side: int, only_leaves: bool) -> bool:
    """Say whether a part with values begins a new stretch."""
    before = found[-1]
    now = grid(trace.calls[before.output].shape)
    if only_leaves:
        return bool(trace.layers(unit)) and now != grid(trace.calls[before.named].shape)
    in_stem = len(found) == 1
    if full:
        # What works at half the picture's side or more is part of the stem.
        return 2 * side < trace.size if in_stem else before.full
    return side != now and not in_stem


def _after_the_grid(
    trace: Trace, unit: str, layers: int, found: list[Stretch], vector: list[Stretch], waiting: list[str]
) -> None:
    """Put a part without a grid where it belongs; what holds no values is `waiting` for a layer to come."""
    shape = trace.calls[unit].shape
    if layers:
        if vector:
            vector[-1] = vector[-1].joined(unit, unit)
        else:
            vector.append(Stretch((*waiting, unit), unit, unit, True))
    elif vector and shape is not None:
        vector[-1] = vector[-1].joined(unit, unit)
    elif trace.holds_values(unit):
        found[-1] = found[-1].joined(unit)
    else:
        waiting.append(unit)


def merged(trace: Trace, body: Sequence[Stretch]) -> list[Stretch]:
    """Return them with neighbours of the same output as one; where that leaves too few or too many, merged evenly."""
    alike = [list(group) for _, group in groupby(body, lambda one: trace.calls[one.output].shape)]
    if len(alike) < 4:
        alike = [[one] for one in body]
    if len(alike) <= _BODY:
        return [_one(group, group[0].named) for group in alike]
    each = -(-len(body) // _EVENLY)
    groups = [body[start : start + each] for start in range(0, len(body), each)]
    return [_one(group, _span(group[0].named, group[-1].named)) for group in groups]


def _one(group: Sequence[Stretch], named: str) -> Stretch:
    parts = tuple(part for one in group for part in one.parts)
    return Stretch(parts, named, group[-1].output, True)


def _span(first: str, last: str) -> str:
    end = re.search(r"\d+$", last)
    return f"{first}-{end[0]}" if end and first != last else first
