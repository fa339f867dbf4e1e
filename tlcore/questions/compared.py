"""What is the same and what is not between two states of one network: for one picture, and over a set."""

from collections.abc import Mapping
from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network, Shown
from tlcore.questions.seen import Likely, Map


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Asks["Compared"]):
    """What do two states of one backbone make of the same picture?"""

    before: Network
    after: Network
    picture: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCompared:
    """One block's output in both states."""

    block: str
    shape: tuple[int, ...]
    """(C, H, W)."""
    before: Map
    """Mean over the channels; on one scale with `after`."""
    after: Map
    difference: Map
    """Size of the difference of the means; its white is the whole range of the two."""
    change: float
    """Length of the difference of the outputs over the length before; exactly 0.0 only if every bit is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The answer to Compare."""

    crop: str
    """The square that the network got, as a PNG in base64."""
    blocks: tuple[BlockCompared, ...]
    """Those whose outputs have a grid, stem first."""
    before: tuple[Likely, ...]
    """Most likely first, at most five."""
    after: tuple[Likely, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Liken(Asks["Likeness"]):
    """How alike do two states of one backbone see the validation pictures of a set?"""

    before: Network
    after: Network
    data: str
    """Digest of the manifest."""
    workspace: str = ""
    """Whose set it is; another's set with the same content will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The answer to Liken."""

    blocks: Mapping[str, float]
    """Block to its likeness, 1.0 for the same and about 0.0 for nothing in common; blocks of unlike shape are left out,
    as are heads for other classes."""
    pictures: int
    """Validation pictures that were compared."""
