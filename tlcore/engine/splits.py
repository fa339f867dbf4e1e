"""The two splits of a run: the pictures that it learns from, and those that it checks itself by after every epoch."""

from collections.abc import Sequence

import torch

from tlcore.engine.cut import Cut
from tlcore.engine.feed import Feed
from tlcore.engine.peers import Peers

_AHEAD = 4
"""Batches whose pictures are read while others are learned."""

Parts = Sequence[Sequence[int]]
"""Batches, each as the places of its pictures."""


class Splits:
    """A feed for each split; both begin at the same cut, and keep what they compute at the same time."""

    def __init__(self, train: Feed, val: Feed, size: int, peers: Peers) -> None:
        """Take batches of `size` pictures, of which this process reads its share."""
        self.train, self.val = self._feeds = train, val
        self._size = size
        self._peers = peers
        self.to_check: Parts = val.pictures.parts(size)
        """The batches of validation pictures, the same in every epoch."""

    def to_learn(self, shuffler: torch.Generator) -> Parts:
        """Return the batches of training pictures in a new order."""
        order = torch.randperm(len(self.train.pictures), generator=shuffler)
        return self.train.pictures.parts(self._size, order)

    def begin_at(self, cut: Cut | None, key: str) -> None:
        """Let pictures begin at a cut from now on, or at the stem; `key` tells its beginning from all others."""
        for feed in self._feeds:
            feed.begin_at(cut, key)

    def expect_to_learn(self, parts: Parts, epoch: int) -> None:
        """Begin to read what the next few of these batches need, and near their end what is checked after them."""
        self._expect(self.train, parts, epoch)
        if len(parts) < _AHEAD:
            self.expect_to_check(0)

    def expect_to_check(self, number: int) -> None:
        """Begin to read what the next few validation batches need, from this one on."""
        self._expect(self.val, self.to_check[number:])

    def settle(self) -> None:
        """Keep what was computed of frozen beginnings, each process what it did, and take up what the others kept."""
        for feed in self._feeds:
            feed.settle()
        if self._peers.alone:
            return
        self._peers.meet()
        for feed in self._feeds:
            feed.look_again()

    def close(self) -> None:
        """Keep what was computed, and close the files that it is read from."""
        for feed in self._feeds:
            feed.close()

    def _expect(self, feed: Feed, parts: Parts, epoch: int = 0) -> None:
        for part in parts[:_AHEAD]:
            feed.expect(self._peers.share(part).places, epoch)
