"""Gradients at the blocks' outputs, caught on their way back through a network that is left as it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from tlcore.catalog.cards import Block


class SentBack(NamedTuple):
    """What came of one pass there and back."""

    scores: Tensor
    """Of all classes, before the softmax (classes,)."""
    wanted: int
    """The class whose score was sent back."""
    gradients: dict[str, Tensor]
    """At each block's output, shaped like it, with one picture."""


@contextmanager
def gradients_caught(module: nn.Module, blocks: Sequence[Block]) -> Iterator[dict[str, Tensor]]:
    """Catch, inside the `with`, the gradient of each block's output, by the block's name.

    The hooks are those of tensors: a tensor that a later operation changes in place still tells the gradient of what
    it was before. A full backward hook of a module puts its output behind a view, which the ReLU or `+=` that follows
    must not change in place, and so the pass fails (pytorch/pytorch#61519).
    """
    caught: dict[str, Tensor] = {}
    handles: list[RemovableHandle] = []

    def keep(block: str, gradient: Tensor) -> None:
        caught[block] = gradient.detach().clone()

    def listen(_part: nn.Module, _inputs: object, output: Tensor, block: str) -> None:
        handles.append(output.register_hook(partial(keep, block)))  # type: ignore[no-untyped-call]

    try:
        for block in blocks:
            part = module.get_submodule(block.output)
            handles.append(part.register_forward_hook(partial(listen, block=block.name)))
        yield caught
    finally:
        for handle in handles:
            handle.remove()


def send_back(module: nn.Module, blocks: Sequence[Block], inputs: Tensor, wanted: int | None) -> SentBack:
    """Send one picture (1, 3, H, W) through the network and the score of a class back, the likeliest one's for None.

    The picture asks for the gradient, so that it passes every block, frozen or not; parameters are asked for none, so
    that neither their flags nor what they hold is touched. The network has to be in evaluation mode.
    """
    inputs = inputs.detach().requires_grad_()
    with torch.enable_grad(), gradients_caught(module, blocks) as caught:
        scores = module(inputs).flatten(1)[0]
        target = int(scores.argmax()) if wanted is None else wanted
        torch.autograd.grad(scores[target], inputs)
    return SentBack(scores.detach(), target, caught)
