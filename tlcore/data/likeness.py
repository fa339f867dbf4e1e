"""Which pictures look the same: those whose likenesses differ in few bits, directly or through others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEAR = 7
"""Bits of 128 in which near duplicates may differ; one of 8 stretches of 16 bits is then the same in both."""
_STRETCHES = 8


def groups(likenesses: Sequence[str]) -> tuple[int, ...]:
    """Return for each picture the place of the first one that looks the same, through others if need be.

    Pictures are compared only with those that share a stretch of bits, which near duplicates always do.
    """
    words = np.frombuffer(bytes.fromhex("".join(likenesses)), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    stretches = words.astype(">u8").view(">u2").reshape(-1, _STRETCHES)
    first = list(range(len(words)))
    for stretch in stretches.T:
        order = np.argsort(stretch, kind="stable")
        for shared in np.split(order, np.flatnonzero(np.diff(stretch[order])) + 1):
            if len(shared) > 1:
                _join(shared, words[shared], first)
    return tuple(_root(first, place) for place in range(len(first)))


def _join(places: NDArray[np.intp], words: NDArray[np.uint64], first: list[int]) -> None:
    """Put those of `places` into one group whose `words` (N, 2) differ in few bits."""
    for number in range(len(places) - 1):
        apart = np.bitwise_count(words[number + 1 :] ^ words[number]).sum(1)
        for other in places[number + 1 :][apart <= NEAR]:
            one, two = sorted((_root(first, int(places[number])), _root(first, int(other))))
            first[two] = one


def _root(first: list[int], place: int) -> int:
    while first[place] != place:
        first[place] = first[first[place]]
        place = first[place]
    return place
