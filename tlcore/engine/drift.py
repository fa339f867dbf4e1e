"""The drift meter: how far every block is from where it began, proved to the bit where it stood still."""

from collections.abc import Iterable, Sequence
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
        self._start = {name: value.detach().clone() for name, value in module.state_dict().items()}

    def measure(self, step: int, seconds: float) -> Moved:
        """Return each block's change since the start, relative to its length, and the gradient of the last step."""
        parameters, buffers = dict(self._module.named_parameters()), dict(self._module.named_buffers())
        weights, statistics, gradients = {}, {}, {}
        for block in self._blocks:
            weights[block.name] = self._change(block, parameters.items())
            moving = [(name, value) for name, value in buffers.items() if block.holds(name)]
            if any(value.is_floating_point() for _, value in moving):
                statistics[block.name] = self._change(block, moving)
            if size := gradient_size(self._module, block):
                gradients[block.name] = size
        return Moved(step=step, weights=weights, statistics=statistics, gradients=gradients, seconds=seconds)

    def _change(self, block: Block, named: Iterable[tuple[str, Tensor]]) -> float:
        change, length = 0.0, 0.0
        for name, value in named:
            start = self._start.get(name)
            if start is None or not block.holds(name) or not value.is_floating_point():
                continue
            length = hypot(length, _length(start))
            if not torch.equal(value, start):
                change = max(hypot(change, _length(value.detach() - start)), _SMALLEST)
        return change / max(length, _SMALLEST)


def gradient_size(module: nn.Module, block: Block) -> float:
    """Return the length of the block's gradient, 0.0 where it has none."""
    lengths = [_length(parameter.grad) for parameter in parameters_of(module, block) if parameter.grad is not None]
    return hypot(*lengths)


def _length(values: Tensor) -> float:
    return float(torch.linalg.vector_norm(values.float()))
