"""One set of rules that cuts any network into blocks, from the order of its calls and the shapes they put out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import isqrt

from torch import nn

from tlcore.catalog.cards import Block, Layout
from tlcore.engine.names import labels_of, short_name
from tlcore.engine.trace import Trace
from tlcore.errors import WeightsError

Build = Callable[[int], nn.Module]
"""Builds the network with a head for so many answers, on the meta device."""

_FEW, _MANY = 3, 0.8
"""A network is opened until it shows so many parts with layers; one more if one part has this share of the layers."""
_BODY = 10
"""Most blocks between stem and head; neighbours are merged above it."""
_EVENLY = 8
"""Most blocks that many alike layers are merged into."""
_ANSWERS = (7, 11)
"""Two numbers of classes: what differs between them is the head."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of the network on its way to become a block."""

    parts: tuple[str, ...]
    named: str
    """The part that it is named after."""
    output: str
    full: bool
    """Whether it has a part of more than one layer."""

    def joined(self, part: str, output: str = "", *, full: bool = False) -> "_Stretch":
        """Return this stretch with one more part; the first full part gives the name."""
        named = part if full and not self.full else self.named
        return _Stretch((*self.parts, part), named, output or self.output, self.full or full)


def find_blocks(build: Build, size: int) -> tuple[Block, ...]:
    """Return the blocks of the network that `build` makes, stem first and head last, measured at `size` pixels.

    Raises WeightsError if these rules do not understand the network.
    """
    module, other = (build(answers) for answers in _ANSWERS)
    head = _find_head(module, other)
    trace = Trace(module, size)
    units, loose = _open(trace, head)
    stretches, vector = _stretches(trace, units[: units.index(head)])
    stem, *body = stretches
    stem = replace(stem, parts=(*stem.parts, *loose), named="stem")
    body = _merged(trace, body)
    tail = _Stretch((head,), "head", _answering(trace, head), True)
    blocks = _as_blocks(trace, [stem, *body, *vector, tail])
    if not 4 <= len(blocks) <= 16:
        raise not_understood(f"it falls into {len(blocks)} blocks")
    if tangled := blocks_out_of_order(trace, blocks):
        raise not_understood(f"its parts do not work one after another: {', '.join(tangled)}")
    return blocks


def blocks_out_of_order(trace: Trace, blocks: Sequence[Block]) -> list[str]:
    """Return the names of blocks that put out more than once, or work before the block ahead of them has put out."""
    found, ahead = [], -1
    for block in blocks:
        layers = [call.left for name, call in trace.calls.items() if block.holds(name) and _holds_values(trace, name)]
        left = trace.calls[block.output].left
        if not trace.once(block.output) or not ahead < min(layers, default=left) <= left:
            found.append(block.name)
        ahead = left
    return found


def not_understood(reason: str) -> WeightsError:
    """Return the refusal of a network that the rules cannot cut into blocks."""
    return WeightsError(
        f"This network has no block structure that Thaw understands: {reason}.", "Choose another network."
    )


def _find_head(module: nn.Module, other: nn.Module) -> str:
    shapes = {name: value.shape for name, value in other.named_parameters()}
    grown = [name for name, value in module.named_parameters() if shapes.get(name) != value.shape]
    owners = {name.rpartition(".")[0] for name in grown}
    if len(owners) != 1 or "" in owners:
        raise not_understood(f"it has {len(owners)} heads")
    return owners.pop()


def _layers(module: nn.Module) -> int:
    """Return how many layers are below, counted by weights with two dimensions or more; norms have one."""
    return sum(parameter.ndim > 1 for parameter in module.parameters())


def _open(trace: Trace, head: str) -> tuple[list[str], list[str]]:
    """Open containers until the network lies there as a row of parts; return it, and what belongs to none of them."""
    units, loose = [""], []
    while (place := _next_to_open(trace, units, head)) is not None:
        opened = units[place]
        within = trace.module.get_submodule(opened)
        children = trace.children(opened)
        units[place : place + 1] = [child for child in children if trace.order(child) >= 0]
        own = [*within.named_parameters(recurse=False), *within.named_buffers(recurse=False)]
        loose += [f"{opened}.{name}" if opened else name for name, _ in own]
        loose += [child for child in children if trace.order(child) < 0 and _holds_values(trace, child)]
    return units, loose


def _next_to_open(trace: Trace, units: Sequence[str], head: str) -> int | None:
    for place, unit in enumerate(units):
        uncalled = unit not in trace.calls
        if uncalled or (unit != head and f"{head}.".startswith(f"{unit}.")):
            return place
    layers = [_layers(trace.module.get_submodule(unit)) if unit != head else 0 for unit in units]
    full = [count for count in layers if count > 1]
    if full and (len(full) < _FEW or (len(full) == _FEW and max(full) > _MANY * sum(full))):
        place = layers.index(max(full))
        return place if trace.children(units[place]) else None
    return None


def _holds_values(trace: Trace, name: str) -> bool:
    module = trace.module.get_submodule(name)
    return any(True for _ in module.parameters()) or any(True for _ in module.buffers())


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


def _stretches(trace: Trace, units: Sequence[str]) -> tuple[list[_Stretch], list[_Stretch]]:
    """Gather parts into stretches with one grid each; those without a grid, after the body, are returned apart."""
    layers = {unit: _layers(trace.module.get_submodule(unit)) for unit in units}
    only_leaves = not any(count > 1 for count in layers.values())
    found: list[_Stretch] = []
    vector: list[_Stretch] = []
    waiting: list[str] = []
    for unit in units:
        shape, full = trace.calls[unit].shape, layers[unit] > 1
        side = grid(shape)
        if side == 0 and found:
            _after_the_grid(trace, unit, layers[unit], found, vector, waiting)
        elif not _holds_values(trace, unit):
            if found and side and "Adaptive" not in type(trace.module.get_submodule(unit)).__name__:
                found[-1] = found[-1].joined(unit, unit) if trace.once(unit) else found[-1]
        elif not found or _begins(trace, found, unit, full, side, only_leaves):
            found.append(_Stretch((unit,), unit, unit, full))
        else:
            found[-1] = found[-1].joined(unit, unit if trace.once(unit) else "", full=full)
    if not found:
        raise not_understood("no part of it puts out a map")
    return found, vector


def _begins(trace: Trace, found: Sequence[_Stretch], unit: str, full: bool, side: int, only_leaves: bool) -> bool:
    """Say whether a part with values begins a new stretch."""
    before = found[-1]
    now = grid(trace.calls[before.output].shape)
    if only_leaves:
        return bool(_layers(trace.module.get_submodule(unit))) and now != grid(trace.calls[before.named].shape)
    in_stem = len(found) == 1
    if full:
        # What works at half the picture's side or more is part of the stem.
        return 2 * side < trace.size if in_stem else before.full
    return side != now and not in_stem


def _after_the_grid(
    trace: Trace, unit: str, layers: int, found: list[_Stretch], vector: list[_Stretch], waiting: list[str]
) -> None:
    """Put a part without a grid where it belongs; what holds no values is `waiting` for a layer to come."""
    shape = trace.calls[unit].shape
    if layers:
        if vector:
            vector[-1] = vector[-1].joined(unit, unit)
        else:
            vector.append(_Stretch((*waiting, unit), unit, unit, True))
    elif vector and shape is not None:
        vector[-1] = vector[-1].joined(unit, unit)
    elif _holds_values(trace, unit):
        found[-1] = found[-1].joined(unit)
    else:
        waiting.append(unit)


def _merged(trace: Trace, body: Sequence[_Stretch]) -> list[_Stretch]:
    """Merge neighbours that put out the same shape; where that leaves too few or too many, merge evenly."""
    alike = [list(group) for _, group in groupby(body, lambda one: trace.calls[one.output].shape)]
    if len(alike) < 4:
        alike = [[one] for one in body]
    if len(alike) <= _BODY:
        return [_one(group, group[0].named) for group in alike]
    each = -(-len(body) // _EVENLY)
    groups = [body[start : start + each] for start in range(0, len(body), each)]
    return [_one(group, _span(group[0].named, group[-1].named)) for group in groups]


def _one(group: Sequence[_Stretch], named: str) -> _Stretch:
    parts = tuple(part for one in group for part in one.parts)
    return _Stretch(parts, named, group[-1].output, True)


def _span(first: str, last: str) -> str:
    end = re.search(r"\d+$", last)
    return f"{first}-{end[0]}" if end and first != last else first


def _answering(trace: Trace, head: str) -> str:
    """Return the last part that puts out the answers: the head, or what stands around it and what follows it."""
    wanted = _ANSWERS[0]
    after = [name for name, call in trace.calls.items() if call.left >= trace.calls[head].left and trace.once(name)]
    fit = [
        name for name in after if (shape := trace.calls[name].shape) and shape[0] == wanted and set(shape[1:]) <= {1}
    ]
    around = [name for name in fit if f"{head}.".startswith(f"{name}.")]
    if not fit:
        raise not_understood("its head does not put out the answers")
    return head if head in fit else max(around or fit, key=lambda name: trace.calls[name].left)


def _as_blocks(trace: Trace, stretches: Sequence[_Stretch]) -> tuple[Block, ...]:
    names = [short_name(one.named) for one in stretches]
    names = [one.named if names.count(name) > 1 else name for one, name in zip(stretches, names, strict=True)]
    labels = labels_of([layout_of(trace.calls[one.output].shape or ()) for one in stretches])
    return tuple(_block(trace, one, name, label) for one, name, label in zip(stretches, names, labels, strict=True))


def _block(trace: Trace, one: _Stretch, name: str, label: str) -> Block:
    shape = trace.calls[one.output].shape
    if shape is None:
        raise not_understood(f"{one.output} puts out no tensor")
    layout = layout_of(shape)
    held = Block(name=name, label=label, prefixes=one.parts, output=one.output, layout=layout)
    values = [value.numel() for key, value in trace.module.named_parameters() if held.holds(key)]
    is_head = name == "head"
    return replace(
        held,
        shape=(1,) if is_head else (shape[0],) if layout == "vector" else shape,
        multiply_adds=sum(trace.multiply_adds(part) for part in one.parts) // (_ANSWERS[0] if is_head else 1),
        tensors=len(values),
        values=sum(values) // (_ANSWERS[0] if is_head else 1),
    )
