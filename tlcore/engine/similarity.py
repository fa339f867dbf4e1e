"""How alike two blocks see the same pictures: linear CKA, one number for each block."""

import torch
from torch import Tensor

FEWEST = 4
"""Pictures that it takes."""


def linear_cka(one: Tensor, other: Tensor) -> float:
    """Return how alike rows (N, P) and rows (N, Q) of the same N pictures lie to one another: 1 alike, about 0 not.

    Linear centred kernel alignment (Kornblith et al. 2019, section 3): neither turning the rows nor scaling them all
    changes it. Where we differ: it is unbiased (Song et al. 2012, equation 5; Nguyen et al. 2021), or else noise would
    look alike wherever there are more channels than pictures. Chance may make it a little less than 0.
    """
    if torch.equal(one, other):
        return 1.0
    first, second = _kernel(one), _kernel(other)
    own = _shared(first, first) * _shared(second, second)
    return float(_shared(first, second) / own.sqrt()) if own > 0 else 0.0


def _kernel(rows: Tensor) -> Tensor:
    """Return the products (N, N) of all pairs of rows, about their mean; none of a row with itself."""
    centred = rows.double() - rows.double().mean(0)
    products = centred @ centred.T
    return products.fill_diagonal_(0.0)


def _shared(one: Tensor, other: Tensor) -> Tensor:
    """Return the unbiased Hilbert-Schmidt independence criterion of two kernels (N, N), but for a constant factor."""
    count = len(one)
    sums = one.sum() * other.sum() / ((count - 1) * (count - 2))
    return (one * other).sum() + sums - 2 / (count - 2) * (one.sum(0) @ other.sum(0))
