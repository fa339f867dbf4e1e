"""Whether a way of computing gives a network's true numbers, measured against what a change of no importance does."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from tlcore.engine.numerics import PLAIN, Numerics

_JOSTLE = 2.0**-8
"""Share by which weights are changed to see what a change of no importance does: it is the step from one bfloat16 to
the next, and less than one step of the optimizer changes most of them by."""
_TIMES = 2.0
"""How much more than that jostle a way of computing may change logits and gradients."""
_HARMLESS = 0.05
"""Change, as a share of the length, that is sound in any case: batches differ from one another by far more."""


class Soundness:
    """The true logits and gradients of one batch, and how far from them others may be."""

    def __init__(self, module: nn.Module, inputs: Tensor, targets: Tensor, look: Callable[[], None]) -> None:
        """Compute the batch of `inputs` (N, C, H, W) and `targets` (N) in the plain way, with and without a jostle.

        `look` is called before every answer; what it raises goes to whoever asked.
        """
        self._module, self._inputs, self._targets, self._look = module, inputs, targets, look
        self._true = self._answer(PLAIN)
        with _jostled(module):
            self._close = [_TIMES * change for change in self._changes(PLAIN)]

    def of(self, way: Numerics) -> bool:
        """Say whether logits and gradients are finite in this way, and near enough to the true ones."""
        if way == PLAIN:
            return True
        changes = self._changes(way)
        sound = all(  # NaN is not
            change <= max(most, _HARMLESS) for change, most in zip(changes, self._close, strict=True)
        )
        if not sound:
            logging.warning(
                "%s is not sound: it changes logits and gradients by %s, not %s", way.words, changes, self._close
            )
        return sound

    def _answer(self, way: Numerics) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and the whole gradient (parameters) in evaluation: nothing is left to chance."""
        self._look()
        way.lay_out(self._module).eval().zero_grad()
        with way.on(self._inputs.device):
            logits = self._module(way.laid_out(self._inputs)).float()
        cross_entropy(logits, self._targets).backward()  # type: ignore[no-untyped-call]
        gradients = [each.grad.flatten() for each in self._module.parameters() if each.grad is not None]
        return logits.detach(), torch.cat(gradients)

    def _changes(self, way: Numerics) -> list[float]:
        """Return how far logits and gradients are from the true ones, as shares of their lengths."""
        return [float((b - a).norm() / a.norm()) for a, b in zip(self._true, self._answer(way), strict=True)]


@contextmanager
def _jostled(module: nn.Module) -> Iterator[None]:
    """Change every weight a little at random, inside the `with`."""
    generator = torch.Generator().manual_seed(0)
    before = [parameter.detach().clone() for parameter in module.parameters()]
    with torch.no_grad():
        for parameter in module.parameters():
            noise = torch.randn(parameter.shape, generator=generator).to(parameter.device)
            parameter.mul_(1 + _JOSTLE * noise)
    try:
        yield
    finally:
        with torch.no_grad():
            for parameter, value in zip(module.parameters(), before, strict=True):
                parameter.copy_(value)
