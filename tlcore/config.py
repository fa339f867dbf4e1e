"""A person's choices for one run, as frozen values; a bad value fails at birth, with its name and its range."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

from tlcore.errors import ChoiceError, did_you_mean

Strategy = Literal["features", "gradual", "headfirst", "low", "depth", "scratch", "own"]
"""Who filled the schedule: a strategy, or the person's own hand."""

Device = Literal["auto", "cpu", "cuda", "mps"]

Precision = Literal["auto", "float32", "tf32", "bfloat16"]
"""Which numbers are multiplied; auto is what was measured to be fastest on the machine, if it is sound."""

Shape = Literal["constant", "cosine", "one_cycle", "step"]
"""How the rates go within a phase; `schedules` says what each means."""

Augment = Literal["none", "gentle", "strong"]
"""How training pictures are changed at random, anew in every epoch; `modality.augment` says what each means."""

HIGHEST_RATE = 1.0
MOST_EPOCHS = 200
MOST_VIEWS = 20
LARGEST_BATCH = 512
SIZES = (32, 512)
"""Smallest and largest side of the network's input, in pixels."""


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also catches NaN, which compares false to everything
        raise ChoiceError(f"{name} is {value}.", f"It takes {low} to {high}.")


def _among(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ChoiceError(f"{name} is {value}.", did_you_mean(value, known))


def check_rate(block: str, rate: float) -> None:
    """Raise ChoiceError unless `rate` is one that a block can have."""
    if not (math.isfinite(rate) and 0.0 <= rate <= HIGHEST_RATE):
        raise ChoiceError(
            f"The rate of {block} is {rate:.12g}.",
            f"It takes 0 (frozen) to {HIGHEST_RATE:g}; the nearest is {_nearest_rate(rate):g}.",
        )


def written_rate(rate: float) -> str:
    """Return a rate written out, as people type it: 0.00005, never 5e-5."""
    return f"{rate:.7f}".rstrip("0").rstrip(".") if rate else "0"


def check_epochs(epochs: int) -> None:
    """Raise ChoiceError unless a run can have so many epochs in all its phases."""
    _within("Epochs in all", epochs, 1, MOST_EPOCHS)


def _nearest_rate(rate: float) -> float:
    return HIGHEST_RATE if rate > HIGHEST_RATE else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One stage of thawing: who learns, how fast, for how long."""

    epochs: int
    """Passes over the training pictures."""
    rates: Mapping[str, float]
    """Block to base rate; a block that is not named, or whose rate is 0, is frozen."""
    shape: Shape = "constant"
    """How the rates go over the phase."""
    warmup: float = 0.0
    """Epochs at the phase's beginning in which the rates rise from almost nothing."""
    moving_statistics: bool = False
    """Whether BatchNorm statistics of frozen blocks move, the classic mistake: then frozen is not frozen."""

    def __post_init__(self) -> None:
        """Check the values, and make the rates unchangeable."""
        _within("Epochs of a phase", self.epochs, 1, MOST_EPOCHS)
        for block, rate in self.rates.items():
            check_rate(block, rate)
        _among("Schedule of a phase", self.shape, get_args(Shape))
        if not 0.0 <= self.warmup < self.epochs:
            raise ChoiceError(
                f"The warm-up is {self.warmup:g} epochs.", f"It takes 0 to less than the phase's {self.epochs}."
            )
        if not any(self.rates.values()):
            raise ChoiceError("Every block of a phase is frozen, so nothing would learn.", "Thaw one, the head first.")
        object.__setattr__(self, "rates", MappingProxyType(dict(self.rates)))

    def rate(self, block: str) -> float:
        """Return the learning rate of `block`; 0.0 is frozen."""
        return self.rates.get(block, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Another base rate for one block in the middle of a run; it holds to the end, over what the phases say."""

    after: int
    """Steps of the whole run that are made before it counts."""
    block: str
    rate: float
    """0.0 freezes the block."""

    def __post_init__(self) -> None:
        """Check the values."""
        if self.after < 0:
            raise ChoiceError(f"A change comes after {self.after} steps.", "It takes 0 or more.")
        check_rate(self.block, self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """How steps are taken."""

    kind: Literal["adamw"] = "adamw"
    weight_decay: float = 0.01
    """Share of each weight that AdamW takes away per step, times the rate."""

    def __post_init__(self) -> None:
        """Check the values."""
        _within("Weight decay", self.weight_decay, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """How pictures are fed."""

    batch_size: int = 32
    """Pictures per step."""
    image_size: int = 224
    """Side of the network's square input, in pixels."""
    augment: Augment = "none"
    """For training pictures only."""
    views: int = 0
    """Drawings of each picture that epochs take in turn; 0 where every epoch draws its own."""

    def __post_init__(self) -> None:
        """Check the values."""
        _within("Batch size", self.batch_size, 2, LARGEST_BATCH)
        _within("Picture size", self.image_size, *SIZES)
        _among("Augmentation", self.augment, get_args(Augment))
        _within("Views", self.views, 0, MOST_VIEWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """Where the run is computed, and with which numbers."""

    device: Device = "auto"
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        """Check the values."""
        _among("Device", self.device, get_args(Device))
        _among("Precision", self.precision, get_args(Precision))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that decides a run: the same values give the same run."""

    name: str
    """What the person calls it; display only."""
    data: str
    """Digest of the manifest."""
    backbone: str
    """Name of a card."""
    weights: str
    """Name of one of the card's published weights, `scratch`, or the sha256 of an imported file."""
    strategy: Strategy
    schedule: tuple[Phase, ...]
    changes: tuple[Change, ...] = ()
    """In the order of their steps; of one step, in the order given."""
    optimizer: Optimizer = field(default_factory=Optimizer)
    loader: Loader = field(default_factory=Loader)
    compute: Compute = field(default_factory=Compute)
    seed: int = 0
    pinned: str = ""
    """Id of the picture that is looked at after every epoch; empty for the first validation picture."""

    def __post_init__(self) -> None:
        """Check that there is something to do."""
        if not self.schedule:
            raise ChoiceError("The schedule has no phase.", "It takes at least one.")
        check_epochs(self.epochs)
        _within("Seed", self.seed, 0, 2**31 - 1)

    @property
    def epochs(self) -> int:
        """Passes over the training pictures in all phases."""
        return sum(phase.epochs for phase in self.schedule)
