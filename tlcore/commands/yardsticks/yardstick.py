"""What a yardstick is: a name, the settings it takes, and figures that come one after the other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tlcore.catalog.backbones import DEFAULT
from tlcore.config import Strategy
from tlcore.data.limits import ALONE
from tlcore.draft import Draft
from tlcore.plan import preview


@dataclass(frozen=True, slots=True)
class Figure:
    """One reading; readings of the same thing in several rounds have the same name."""

    what: str
    value: float
    unit: str = ""
    """`s`, `MB`, `a second`, `%`; empty for a ratio."""
    note: str = ""
    """What the figure alone does not say, such as the precision that was found to be the fastest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to measure; each yardstick takes some of these and has its own usual values."""

    repeat: int = 5
    """Rounds."""
    folder: str = "digits"
    """A folder of pictures, or a sample by its name."""
    count: int = 0
    """Pictures that are made to measure with."""
    backbone: tuple[str, ...] = (DEFAULT,)
    strategy: Strategy = "features"
    epochs: int = 10
    timed: int = 2
    """Epochs of somebody else's loop that are carried out; what all of them take is reckoned from these."""
    batch_size: int = 32
    image_size: int = 224

    def drafts(self) -> list[Draft]:
        """Return a plan for each backbone; raise ChoiceError where one cannot be carried out."""
        plan = Draft(epochs=self.epochs, batch_size=self.batch_size, image_size=self.image_size)
        drafts = [
            replace(plan.on(name), image_size=self.image_size).by_strategy(self.strategy) for name in self.backbone
        ]
        for draft in drafts:
            preview(replace(draft, data="").config("check"), classes=2)
        return drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """Something that can be measured on this machine."""

    title: str
    """What is measured, as the end of a heading."""
    figures: Callable[[Settings], Iterator[Figure]]
    """Yields the figures of round after round."""
    usual: Mapping[str, Any] = field(default_factory=dict)
    """The settings that it takes besides `repeat`, with the values that they have unless told otherwise."""
    counts: tuple[int, int] = (1, ALONE.pictures)
    """Fewest and most pictures that can be made for it."""
    asked_only: bool = False
    """Whether it is left out where no yardstick is named, as it takes long or is of use to few."""
