"""Class-activation maps, written out: where a block finds what speaks for a class, with gradients and without."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tlcore.catalog.cards import Block
from tlcore.engine.answers.see import as_grid
from tlcore.engine.hooks import attached


def grad_cam(module: nn.Module, blocks: Sequence[Block], picture: Tensor, target: int) -> dict[str, Tensor]:
    """Return for each block where it finds what speaks for class `target`: maps (H, W) for a picture (1, 3, H, W).

    Selvaraju et al. 2017, equations 1 and 2. Blocks whose places can change the answer no more are left out: after the
    last block of most ViTs only the class token counts.
    """
    with torch.enable_grad(), attached(module, blocks) as outputs:
        score = module(picture).flatten(1)[0, target]
    gradients = torch.autograd.grad(score, [outputs[block.name] for block in blocks])
    maps = {}
    for block, gradient in zip(blocks, gradients, strict=True):
        channels = as_grid(outputs[block.name].detach()[0], block.layout)
        slopes = as_grid(gradient[0], block.layout)
        if slopes.any():
            weights = slopes.mean((1, 2), keepdim=True)
            maps[block.name] = (weights * channels).sum(0).relu()
    return maps


def eigen_cam(module: nn.Module, blocks: Sequence[Block], picture: Tensor) -> dict[str, Tensor]:
    """Return for each block where its channels agree most: maps (H, W) for a picture (1, 3, H, W).

    Muhammad and Yeasin 2020. Where we differ: a direction has no sign of its own, so it is turned to where most of the
    block points, and what points the other way counts as nothing.
    """
    with torch.no_grad(), attached(module, blocks) as outputs:
        module(picture)
    maps = {}
    for block in blocks:
        channels = as_grid(outputs[block.name].detach()[0], block.layout)
        _, _, directions = torch.linalg.svd(channels.flatten(1).T, full_matrices=False)
        shared = (directions[0, :, None, None] * channels).sum(0)
        maps[block.name] = (shared * shared.sum().sign()).relu()
    return maps
