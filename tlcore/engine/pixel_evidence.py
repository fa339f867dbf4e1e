"""What the pixels themselves say of an answer, whatever lies between: integrated gradients and occlusion, by Captum."""

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, avg_pool2d

_AT_ONCE = 8
"""Pictures that go through the network together."""
_SQUARES = 28
"""Squares of the map of integrated gradients along a side, at most."""

# Captum is imported when it is asked: it brings matplotlib along, which the desk would wait for at every start.


def integrated_gradients(module: nn.Module, picture: Tensor, target: int, steps: int) -> Tensor:
    """Return how much each square of a picture (1, 3, H, W) adds to the score of class `target`: a map.

    Sundararajan, Taly and Yan 2017, from a grey picture (the mean colour) to this one in so many steps. The map's sum
    is the score of the picture less that of grey; pixels are summed up in squares, since one alone is hardly seen.
    """
    from captum.attr import IntegratedGradients

    pixels = picture.detach().requires_grad_()
    asked = IntegratedGradients(lambda pictures: module(pictures).flatten(1))
    added = asked.attribute(pixels, target=target, n_steps=steps, internal_batch_size=_AT_ONCE)
    square = -(-picture.shape[-1] // _SQUARES)
    return avg_pool2d(added.detach().sum(1), square, ceil_mode=True, divisor_override=1)[0]


def occlusion(module: nn.Module, picture: Tensor, target: int, places: int) -> Tensor:
    """Return how much the score of class `target` falls where a picture (1, 3, H, W) is covered: a map.

    Zeiler and Fergus 2014. A grey square moves over `places` places a side, each overlapping half of the next. Where
    we differ: the score before the softmax is looked at, which does not level off near a probability of 1.
    """
    from captum.attr import Occlusion

    side = picture.shape[-1]
    step = side // (places + 1)
    square = side - step * (places - 1)
    asked = Occlusion(lambda pictures: module(pictures).flatten(1))
    with torch.no_grad():
        fallen = asked.attribute(
            picture,
            target=target,
            sliding_window_shapes=(3, square, square),
            strides=(3, step, step),
            perturbations_per_eval=_AT_ONCE,
        )
    return adaptive_avg_pool2d(fallen.mean(1), places + 1)[0]  # all three colours were covered together
