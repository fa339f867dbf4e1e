"""The stages of a network: the pixels from one square of a grid to the next, and the last block of each such stride."""

from dataclasses import dataclass
from math import floor, isqrt, log2

from tlcore.catalog.cards import BackboneCard, Block

PYRAMID = (4, 8, 16, 32)
"""Strides of a feature pyramid, in pixels (Lin et al. 2017, arXiv:1612.03144); finer maps take too much memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a network knows at one stride: the last of its blocks whose squares lie that far apart."""

    stride: int
    """Pixels from one square to the next."""
    block: Block


def stages(card: BackboneCard) -> tuple[Stage, ...]:
    """Return the stages of a network, finest first; those finer than a pyramid uses are left out."""
    last = {}
    for block in card.blocks:
        squares = side(block)
        if squares > 1 and (reduction := stride(card.sizes.usual, squares)) >= PYRAMID[0]:
            last[reduction] = block
    return tuple(Stage(stride=reduction, block=last[reduction]) for reduction in sorted(last))


def side(block: Block) -> int:
    """Return how many squares stand in a row of a block's grid at the surveyed size; 1 where it has no grid."""
    match block.layout:
        case "map":
            return block.shape[1]
        case "map_last":
            return block.shape[0]
        case "tokens":
            return isqrt(block.shape[0])
        case "vector":
            return 1


def channels(block: Block) -> int:
    """Return how many numbers a block has for one square, or for the picture where it has no grid."""
    return block.shape[0] if block.layout in ("map", "vector") else block.shape[-1]


def stride(pixels: int, squares: int) -> int:
    """Return the pixels from one square to the next where a picture of `pixels` became `squares` in a row.

    Stages halve the picture and round what is left over up, so that it is the power of two that gives as many squares;
    patches can have any side, of which whole ones fill the picture. Without a border around the picture some squares
    are missing at its edge: then it is the nearest power of two.
    """
    nearest = 2 ** floor(log2(pixels / squares) + 0.5)
    if -(-pixels // nearest) != squares and pixels % squares == 0:
        return pixels // squares
    return int(nearest)
