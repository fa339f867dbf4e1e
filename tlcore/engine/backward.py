"""One pass there and back: a class's score, and its gradient at every block, of a network that is left as it was."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from tlcore.catalog.cards import Block
from tlcore.engine.hooks import gradients_caught


class SentBack(NamedTuple):
    """What came of one pass there and back."""

    scores: Tensor
    """Of all classes, before the softmax (classes,)."""
    wanted: int
    """The class whose score was sent back."""
    gradients: dict[str, Tensor]
    """At each block's output, shaped like it, with one picture."""


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
