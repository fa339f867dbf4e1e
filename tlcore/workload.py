"""How much a plan computes: pictures that are answered and pictures that are learned from, and at what work each."""

from dataclasses import dataclass

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import BackboneCard
from tlcore.config import RunConfig
from tlcore.timeline import steps_per_epoch, stretches

_WORTH = 1.5e11
"""Multiply-adds of a plan from which on it is measured for: two to three seconds of a laptop, twice the measuring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Pictures through the whole network; one that goes through a part of it counts as that part of one."""

    answered: float
    learned: float
    each: float
    """Multiply-adds to answer one picture."""

    @property
    def multiply_adds(self) -> float:
        """Of the whole plan; the way back is twice the way there."""
        return self.each * (self.answered + 3 * self.learned)

    @property
    def worth_tuning(self) -> bool:
        """Whether it pays to find out first in which arithmetic this machine computes it fastest."""
        return self.multiply_adds >= _WORTH

    @property
    def share(self) -> float:
        """The share of its pictures that is learned from, in tenths: plans that hardly differ are computed alike."""
        return round(self.learned / (self.answered + self.learned), 1)


def workload(config: RunConfig, train: int, val: int) -> Workload:
    """Return what `config` computes with so many pictures to learn from and to check with.

    What is frozen before the first block that learns is computed once for each picture, and once more for each of its
    drawings; where every epoch draws its own, in every epoch.
    """
    card, loader = backbone(config.backbone), config.loader
    per_epoch = steps_per_epoch(train, loader.batch_size)
    answered = learned = 0.0
    kept: set[int] = set()
    for part in stretches(config.schedule, config.changes, per_epoch):
        epochs = (part.ends - part.begins) / per_epoch
        learning = [place for place, block in enumerate(card.blocks) if part.rates.get(block.name)]
        first = 0 if config.schedule[part.phase].moving_statistics else min(learning)
        before = sum(block.multiply_adds for block in card.blocks[:first]) / card.multiply_adds
        drawings = loader.views or epochs if loader.augment != "none" else 1.0
        if first not in kept:
            answered += before * (train * min(drawings, epochs) + val)
            kept.add(first)
        elif loader.augment != "none" and not loader.views:
            answered += before * train * epochs
        answered += (1 - before) * val * epochs
        learned += (1 - before) * train * epochs
    return Workload(answered=answered, learned=learned, each=work_of_a_picture(card, loader.image_size))


def work_of_a_picture(card: BackboneCard, image_size: int) -> float:
    """Return the multiply-adds to answer one picture of this side."""
    return card.multiply_adds * (image_size / card.sizes.usual) ** 2
