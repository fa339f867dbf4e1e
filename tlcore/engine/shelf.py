"""Memory for the many small tensors that stay, apart from that which steps take and give back."""

from mmap import mmap

import torch
from torch import Tensor

_BLOCK = 32 * 1024**2
"""Bytes that are asked of the system at a time; those that are never written to are never taken."""
_ALIGNED = 64
"""Bytes at a multiple of which every tensor begins."""


class Shelf:
    """Lays copies of tensors side by side, in blocks that go back to the system when all of their copies are gone.

    In the C library's memory, where steps take large pieces and give them back, thousands of small ones that stay leave
    holes that are too small for the next step: runs came to need twice what their pictures and rows took.
    """

    def __init__(self) -> None:
        self._rest = torch.empty(0, dtype=torch.uint8)

    def copy(self, values: Tensor) -> Tensor:
        """Return a copy of a tensor of the CPU, without gaps; raise MemoryError where the system has no room for it."""
        size = values.nbytes
        taken = -(-size // _ALIGNED) * _ALIGNED
        if taken > len(self._rest):
            self._rest = _block(max(taken, _BLOCK))
        place, self._rest = self._rest[:size], self._rest[taken:]
        return place.view(values.dtype).view(values.shape).copy_(values)


def _block(size: int) -> Tensor:
    try:
        return torch.frombuffer(mmap(-1, size), dtype=torch.uint8)
    except OSError as error:  # so the system says it; a run makes its steps in parts where memory is short
        raise MemoryError from error
