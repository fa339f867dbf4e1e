"""One step: pictures answered, the loss sent back through the network, the optimizer moved; in parts where it must."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import isfinite
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.modules.batchnorm import _BatchNorm

from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import Moving
from tlcore.engine.feed import Feed
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.numerics import Numerics
from tlcore.engine.optimizer import build_optimizer, set_rates
from tlcore.engine.peers import Peers, Share
from tlcore.engine.portions import Squeezes
from tlcore.plan import Group, plan_groups

_LEAST_FOR_STATISTICS = 2
"""Pictures that BatchNorm needs to learn from: of one alone it cannot tell how pictures differ."""


class Score(NamedTuple):
    """What the network made of one batch."""

    loss: float
    """Mean cross-entropy, in nats; where it is no number, nothing was learned."""
    right: int


class Stepper:
    """Lets blocks learn batches, or answer them, in however many parts memory makes of them.

    The gradients of the parts are added up, each weighted by its pictures, so that a step learns from the same
    pictures at the same rates in any number of parts. One thing is not the same: BatchNorm in blocks that learn takes
    its mean and variance over the pictures that it sees together, which are those of a part, and moves its running
    statistics once for each part. Dropout draws anew for each part.
    """

    def __init__(
        self, assembly: Assembly, numerics: Numerics, squeezes: Squeezes, peers: Peers, weight_decay: float
    ) -> None:
        """Begin with all blocks frozen."""
        self._assembly = assembly
        self._module = assembly.module
        self._blocks = assembly.card.blocks
        self._runtime = assembly.runtime
        self._numerics = numerics
        self._peers = peers
        self._learning = squeezes.of("learning")
        self._checking = squeezes.of("checking")
        self._weight_decay = weight_decay
        self.groups, self._statistics = self._plan({}), False
        """The blocks with their base rates, and whether the statistics of frozen ones move."""
        self.optimizer = build_optimizer(self._module, self._blocks, self.groups)
        self._fewest = 1
        self._moving = Moving(self._module, self._runtime.device)
        self.memory = 0
        """Most bytes that the process took so far, or on CUDA its tensors."""

    def enter(self, rates: Mapping[str, float], moving_statistics: bool) -> bool:
        """Let blocks learn at these base rates, from the next step on; say whether that changes anything."""
        before = self.groups, self._statistics
        self.groups, self._statistics = self._plan(rates), moving_statistics
        if (self.groups, self._statistics) == before:
            return False
        apply_groups(self._module, self._blocks, self.groups)
        return True

    def make_ready(self) -> None:
        """Go from answering to learning; to be called before every pass, and after each change of what learns."""
        train_mode(self._module, self._blocks, self.groups, self._statistics)
        parts = list(self._module.modules())
        measures = any(part.training and isinstance(part, _BatchNorm) for part in parts)
        self._fewest = _LEAST_FOR_STATISTICS if measures else 1
        self._moving = Moving(self._module, self._runtime.device)

    def begin_checking(self) -> None:
        """Go from learning to answering; to be called before every pass of `check`."""
        self._module.eval()

    def learn(self, feed: Feed, places: Sequence[int], epoch: int, factor: float) -> Score:
        """Make one step on the pictures at these places, as this epoch draws them, at `factor` times the base rates.

        Raises ShortOfMemoryError where it does not fit in any number of parts. The optimizer's own part is never done
        twice, since half of it could not be undone: a lack of memory in there is raised as it is.
        """
        set_rates(self.optimizer, {group.block: group.rate * factor for group in self.groups})
        self._moving.keep()
        score = self._learning.fit(places, partial(self._gradients, feed, epoch), self._take_back, self._fewest)
        if isfinite(score.loss):
            self._peers.sum_gradients(self._module.parameters())
            self.optimizer.step()
            self._look_at_memory()
        return score

    def check(self, feed: Feed, places: Sequence[int]) -> Score:
        """Answer the pictures at these places."""

        def answered(parts: list[list[int]]) -> Tensor:
            return torch.cat([self._answers(feed, part) for part in parts])

        share = self._peers.share(places)
        with torch.no_grad():
            return self._scored(self._checking.fit(share.places, answered), feed, share)[1]

    def _gradients(self, feed: Feed, epoch: int, parts: list[list[int]]) -> Score:
        """Leave the gradients of the mean loss over all parts in the parameters."""
        total = sum(map(len, parts))
        mean, right = 0.0, 0
        for number, part in enumerate(parts):
            share = self._peers.share(part)
            with self._peers.as_one(share):
                logits = self._answers(feed, share.places, epoch)
            loss, score = self._scored(logits, feed, share)
            weight = len(part) / total
            mean, right = mean + score.loss * weight, right + score.right
            if not isfinite(mean):
                break
            if number == 0:
                self.optimizer.zero_grad()
            (loss * weight).backward()  # type: ignore[no-untyped-call]
        return Score(mean, right)

    def _answers(self, feed: Feed, places: Sequence[int], epoch: int = 0) -> Tensor:
        with self._numerics.on(self._runtime.device):
            logits = feed.answer(places, epoch)
        self._look_at_memory()
        return logits.float()

    def _scored(self, logits: Tensor, feed: Feed, share: Share) -> tuple[Tensor, Score]:
        """Return this process's part of the mean loss, and what all of them made of the whole batch."""
        targets = feed.pictures.targets(share.places)
        loss = cross_entropy(logits, targets) * share.weight
        right = (logits.argmax(1) == targets).sum() * share.counts
        # One look at the device for both: it has to be done with the batch first.
        mean, rights = self._peers.total(*torch.stack([loss.detach(), right.float()]).tolist())
        return loss, Score(mean, int(rights))

    def _plan(self, rates: Mapping[str, float]) -> tuple[Group, ...]:
        card, classes = self._assembly.card, len(self._assembly.classes)
        return plan_groups(card, classes, rates, self._weight_decay)

    def _take_back(self) -> None:
        self.optimizer.zero_grad()
        self._moving.put_back()

    def _look_at_memory(self) -> None:
        self.memory = max(self.memory, self._runtime.memory())
