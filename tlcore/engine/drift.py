"""The drift meter: how far every block is from where it began, proved to the bit where it stood still."""

from collections.abc import Iterable, Sequence, Set
from math import hypot

import torch
from torch import Tensor, nn

from tlcore.catalog.cards import Block
from tlcore.engine.freezing import parameters_of
from tlcore.events import Moved

_SMALLEST = 1e-30
"""Of a change that is there, but too small for its length to be a number."""


class DriftMeter:
    """Keeps a copy of what the run began with, and compares."""

    def __init__(self, module: nn.Module, blocks: Sequence[Block]) -> None:
        self._module = module
        self._blocks = blocks
        held = module.state_dict().keys()
        self._weights = {block.name: _Began(module.named_parameters(), block, held) for block in blocks}
        self._statistics = {block.name: _Began(module.named_buffers(), block, held) for block in blocks}

    def measure(self, step: int, seconds: float) -> Moved:
        """Return each block's change since the start, relative to its length, and the gradient of the last step."""
        gradients = {block.name: gradient_size(self._module, block) for block in self._blocks}
        return Moved(
            step=step,
            weights={name: began.change() for name, began in self._weights.items()},
            statistics={name: began.change() for name, began in self._statistics.items() if began},
            gradients={name: size for name, size in gradients.items() if size},
            seconds=seconds,
        )


class _Began:
    """Tensors of one block, and what they were when the run began."""

    def __init__(self, named: Iterable[tuple[str, Tensor]], block: Block, held: Set[str]) -> None:
        """Take those of `block` that a state dict holds, and whose values can be a little larger or smaller."""
        self._pairs = [
            (value, value.detach().clone())
            for name, value in named
            if name in held and block.holds(name) and value.is_floating_point()
        ]
        self._length = hypot(*(_length(start) for _, start in self._pairs))

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def change(self) -> float:
        """Return the length of the change over the length at the start; 0.0 only where every bit is as it was."""
        change = 0.0
        for value, start in self._pairs:
            if not torch.equal(value, start):
                change = max(hypot(change, _length(value.detach() - start)), _SMALLEST)
        return change / max(self._length, _SMALLEST)


def gradient_size(module: nn.Module, block: Block) -> float:
    """Return the length of the block's gradient, 0.0 where it has none."""
    lengths = [_length(parameter.grad) for parameter in parameters_of(module, block) if parameter.grad is not None]
    return hypot(*lengths)


def _length(values: Tensor) -> float:
    return float(torch.linalg.vector_norm(values.float()))
