"""A network that is only borrowed, or tried: whatever was done to it, it comes back bit for bit as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@contextmanager
def borrowed(module: nn.Module, device: torch.device) -> Iterator[None]:
    """Put back everything of `module`, and torch's random state, at the end of the `with`, also after an error.

    That is: parameters and buffers, `requires_grad`, `.grad`, and the training flag of every submodule; and the random
    state of the CPU and of `device`. Inside, parameters begin without a gradient, so that a kept one is not added to.
    """
    tensors = {name: tensor.detach().clone() for name, tensor in _tensors(module)}
    learning = [(parameter, parameter.requires_grad, parameter.grad) for parameter in module.parameters()]
    random = _random_states(device)
    try:
        for parameter, _, _ in learning:
            parameter.grad = None
        with borrowed_flags(module):
            yield
    finally:
        with torch.no_grad():
            for name, tensor in _tensors(module):
                tensor.copy_(tensors[name])
        for parameter, requires, gradient in learning:
            parameter.requires_grad_(requires)
            parameter.grad = gradient
        _set_random_states(device, random)


@contextmanager
def borrowed_flags(module: nn.Module) -> Iterator[None]:
    """Put back the training flag of every part of `module` at the end of the `with`, also after an error."""
    flags = [(part, part.training) for part in module.modules()]
    try:
        yield
    finally:
        for part, training in flags:
            part.training = training


class Moving:
    """What a forward pass moves by itself: statistics of the parts that are in training, and torch's random state."""

    def __init__(self, module: nn.Module, device: torch.device) -> None:
        """Look at the parts that are in training now."""
        training = [part for part in module.modules() if part.training]
        self._device = device
        self._buffers = [buffer for part in training for buffer in part.buffers(recurse=False)]
        self._kept = [buffer.detach().clone() for buffer in self._buffers]
        self._random = _random_states(device)

    def keep(self) -> None:
        """Remember how it is now."""
        if self._buffers:
            torch._foreach_copy_(self._kept, self._buffers)  # one call for hundreds of small tensors
        self._random = _random_states(self._device)

    def put_back(self) -> None:
        """Make it again as it was."""
        if self._buffers:
            torch._foreach_copy_(self._buffers, self._kept)
        _set_random_states(self._device, self._random)


def _tensors(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Yield parameters and buffers by name, buffers that no state dict holds included."""
    yield from module.named_parameters()
    yield from module.named_buffers()


def _random_states(device: torch.device) -> list[Tensor]:
    states = [torch.get_rng_state()]
    if device.type != "cpu":
        states.append(torch.get_device_module(device).get_rng_state())
    return states


def _set_random_states(device: torch.device, states: list[Tensor]) -> None:
    torch.set_rng_state(states[0])
    if device.type != "cpu":
        torch.get_device_module(device).set_rng_state(states[1])
