"""One set of rules that cuts any network into blocks, from the order of its calls and the shapes they put out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from torch import nn

from tlcore.catalog.cards import Block
from tlcore.engine.names import labels_of, short_name
from tlcore.engine.stretches import Stretch, gathered, layout_of, merged
from tlcore.engine.trace import Trace
from tlcore.errors import WeightsError

Build = Callable[[int], nn.Module]
"""Builds the network with a head for so many answers, on the meta device."""

_FEW, _MANY = 3, 0.8
"""A network is opened until it shows so many parts with layers; one more if one part has this share of the layers."""
_ANSWERS = (7, 11)
"""Two numbers of classes: what differs between them is the head."""


def find_blocks(build: Build, size: int) -> tuple[Block, ...]:
    """Return the blocks of the network that `build` makes, stem first and head last, measured at `size` pixels.

    Raises WeightsError if these rules do not understand the network.
    """
    module, other = (build(answers) for answers in _ANSWERS)
    head = _find_head(module, other)
    trace = Trace(module, size)
    units, loose = _open(trace, head)
    stretches, vector = gathered(trace, units[: units.index(head)])
    if not stretches:
        raise not_understood("no part of it puts out a map")
    stem, *body = stretches
    stem = replace(stem, parts=(*stem.parts, *loose), named="stem")
    tail = Stretch((head,), "head", _answering(trace, head), True)
    blocks = _as_blocks(trace, [stem, *merged(trace, body), *vector, tail])
    if not 4 <= len(blocks) <= 16:
        raise not_understood(f"it falls into {len(blocks)} blocks")
    if tangled := blocks_out_of_order(trace, blocks):
        raise not_understood(f"its parts do not work one after another: {', '.join(tangled)}")
    return blocks


def blocks_out_of_order(trace: Trace, blocks: Sequence[Block]) -> list[str]:
    """Return the names of blocks that put out more than once, or work before the block ahead of them has put out."""
    found, ahead = [], -1
    for block in blocks:
        layers = [call.left for name, call in trace.calls.items() if block.holds(name) and trace.holds_values(name)]
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
        loose += [child for child in children if trace.order(child) < 0 and trace.holds_values(child)]
    return units, loose


def _next_to_open(trace: Trace, units: Sequence[str], head: str) -> int | None:
    for place, unit in enumerate(units):
        uncalled = unit not in trace.calls
        if uncalled or (unit != head and f"{head}.".startswith(f"{unit}.")):
            return place
    layers = [trace.layers(unit) if unit != head else 0 for unit in units]
    full = [count for count in layers if count > 1]
    if full and (len(full) < _FEW or (len(full) == _FEW and max(full) > _MANY * sum(full))):
        place = layers.index(max(full))
        return place if trace.children(units[place]) else None
    return None


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


def _as_blocks(trace: Trace, stretches: Sequence[Stretch]) -> tuple[Block, ...]:
    names = [short_name(one.named) for one in stretches]
    names = [one.named if names.count(name) > 1 else name for one, name in zip(stretches, names, strict=True)]
    labels = labels_of([layout_of(trace.calls[one.output].shape or ()) for one in stretches])
    return tuple(_block(trace, one, name, label) for one, name, label in zip(stretches, names, labels, strict=True))


def _block(trace: Trace, one: Stretch, name: str, label: str) -> Block:
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
