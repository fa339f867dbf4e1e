"""Keeps pictures ready for a whole run, apart from the memory that steps take and give back."""

from mmap import mmap

import torch
from torch import Tensor

_BLOCK = 32 * 1024**2
"""Bytes that are asked of the system at a time."""


class Shelf:
    """Pixels that stay, in blocks of their own.

    Among the blocks that a step takes and gives back, thousands of small ones that stay leave holes which are too small
    for the next step: a run came to need twice the memory of its pictures more than it should.
    """

    def __init__(self, room: int) -> None:
        """Keep up to `room` bytes."""
        self._room = room
        self._kept: dict[int, Tensor] = {}
        self._block = torch.empty(0, dtype=torch.uint8)

    def __contains__(self, place: int) -> bool:
        return place in self._kept

    def get(self, place: int) -> Tensor | None:
        """Return what is kept at a place; None if nothing is."""
        return self._kept.get(place)

    def keep(self, place: int, pixels: Tensor) -> None:
        """Keep pixels of uint8 at a place, if there is room for them."""
        size = pixels.nbytes
        if size > self._room:
            return
        if size > len(self._block):
            # What is never touched is never taken.
            self._block = torch.frombuffer(mmap(-1, max(size, min(_BLOCK, self._room))), dtype=torch.uint8)
        kept, self._block = self._block[:size].view(pixels.shape), self._block[size:]
        self._kept[place] = kept.copy_(pixels)
        self._room -= size
