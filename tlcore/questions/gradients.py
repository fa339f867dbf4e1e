"""What pulls at a class's score: its gradient at every block, and how large it is there."""

from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network, Shown
from tlcore.questions.seen import Map


@dataclass(frozen=True, slots=True, kw_only=True)
class Differentiate(Asks["Gradients"]):
    """Where, and how strongly, would a change in each block change a class's score for this picture?"""

    network: Network
    picture: Shown
    wanted: int | None
    """The class by its number; None for the likeliest answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One class and its score before the softmax."""

    number: int
    name: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockGradient:
    """The gradient of the class's score at one block's output."""

    block: str
    shape: tuple[int, ...]
    """(C, H, W) for maps and token grids, (C,) for vectors."""
    size: float | None
    """Root mean square over all numbers of the output; None where one is no number any more."""
    map: Map | None
    """Sum of absolute values over the channels, black for 0; None without a grid, and where `size` is None."""
    even: bool
    """Whether every place has the same, as where the head takes the mean over all of them."""
    placeless: float
    """Share of the squared gradient that lies on tokens without a place in the picture, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradients:
    """The answer to Differentiate."""

    crop: str
    """The square that the network got, as a PNG in base64."""
    of: Candidate
    """The class whose score was differentiated."""
    likely: tuple[Candidate, ...]
    """Highest score first, at most twenty."""
    blocks: tuple[BlockGradient, ...]
    """All but the head, stem first."""
