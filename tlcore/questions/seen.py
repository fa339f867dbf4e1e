"""What a network makes of one picture: the square that it gets, every block's output, and what it takes it for."""

from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class See(Asks["Seen"]):
    """What does each block make of this picture?"""

    network: Network
    picture: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A map of activations as an 8-bit grey PNG in base64, and what its black and its white stand for."""

    png: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSeen:
    """A block's output for one picture."""

    block: str
    shape: tuple[int, ...]
    """(C, H, W) for maps and token grids, (C,) for vectors."""
    mean: Map | None
    """Mean over the channels; None where the output has no grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """One class and its probability, 0 to 1."""

    number: int
    """Its place among the network's answers."""
    name: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The answer to See."""

    crop: str
    """The square that the network got, as a PNG in base64."""
    blocks: tuple[BlockSeen, ...]
    answers: tuple[Likely, ...]
    """Most likely first, at most five."""
