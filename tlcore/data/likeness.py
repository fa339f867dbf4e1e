"""Which pictures look the same: those whose likenesses differ in few bits, directly or through others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 16
"""Bits of 128 in which near duplicates may differ; of 397 photographs of ants and bees no two differ in under 29."""
_FEWEST = 32
"""Bits that are set in a picture with enough in it to be compared."""
_GROUPED = -1000
"""Stands for the number of bits of a picture that has its group, so that it is near to none any more."""


def groups(likenesses: Sequence[str]) -> tuple[int, ...]:
    """Return for each picture the place of the first one that looks the same, through others if need be.

    Every picture is compared with every other one until it has its group, in an order that no set can make slow.
    """
    import numpy as np  # Only here, so that a command which looks at no picture need not wait for it.

    words = np.frombuffer(bytes.fromhex("".join(likenesses)), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    weights = np.bitwise_count(words).sum(1, dtype=np.int16)
    first = np.arange(len(words))
    waiting = np.flatnonzero(weights >= _FEWEST)  # Others are near to none, by the rule of `_near`.
    left, weight, grouped = words[waiting], weights[waiting], 0
    for begin in range(len(words)):
        if weights[begin] < _FEWEST or first[begin] < begin:
            continue
        members = [begin]
        while members:
            member = members.pop()
            near = _near(left, weight, words[member], weights[member])
            weight[near] = _GROUPED
            grouped += len(near)
            members.extend(place for place in waiting[near].tolist() if place != begin)
            first[waiting[near]] = begin
            if 2 * grouped > len(waiting):
                alone = np.flatnonzero(weight != _GROUPED)
                waiting, left, weight, grouped = waiting[alone], left[alone], weight[alone], 0
    return tuple(first.tolist())


def takes(alike: Sequence[int], labels: Mapping[int, str]) -> dict[int, str]:
    """Return the pictures of groups that are more than half of their class, as one take of a webcam is, or drawings
    on an empty ground: there is nothing in such a class to keep apart.

    `labels` has the class of every picture by its place, and `alike` the place of the first that looks the same.
    """
    sizes = Counter(labels.values())
    shares = Counter((alike[place], label) for place, label in labels.items())
    whole = {one for one, size in shares.items() if size > 1 and 2 * size > sizes[one[1]]}
    return {place: label for place, label in labels.items() if (alike[place], label) in whole}


def _near(
    words: "NDArray[np.uint64]", weights: "NDArray[np.int16]", word: "NDArray[np.uint64]", weight: "np.int16"
) -> "NDArray[np.intp]":
    """Return which of `words` (N, 2), with so many bits set, differ from `word` in few of those that say something.

    At most NEAR bits may differ, and at most half of those beyond 32 that either has set: on the empty ground of a
    drawing most bits are 0 in every picture.
    """
    import numpy as np

    places = np.flatnonzero(np.bitwise_count(words[:, 0] ^ word[0]) <= NEAR)
    apart = np.bitwise_count(words[places] ^ word).sum(1, dtype=np.int16)
    near: NDArray[np.intp] = places[(apart <= NEAR) & (3 * apart <= weights[places] + weight - 2 * _FEWEST)]
    return near
