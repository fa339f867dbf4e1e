"""Questions about a network and a picture, and their answers; equal questions have one answer for good."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class See:
    """What does each block make of this picture?"""

    backbone: str
    weights: str
    """What the network began with, as in a RunConfig."""
    checkpoint: str | None
    """The sha256 of a run's weights; None asks the untouched backbone."""
    classes: tuple[str, ...]
    """The run's classes; empty for the untouched backbone, which answers with ImageNet's."""
    data: str
    """Digest of the manifest that the picture is in."""
    picture: str
    """Id of the example."""
    image_size: int
    """Side of the network's input, in pixels."""
    seed: int = 0
    """Drew the head, and with it all that begins with random numbers."""
    workspace: str = ""
    """Whose set it is; another's set with the same content will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A map of activations as an 8-bit grey PNG in base64, and what its black and its white stand for."""

    png: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a block."""

    number: int
    mean: float
    map: Map


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSeen:
    """A block's output for one picture."""

    block: str
    shape: tuple[int, ...]
    """(C, H, W) for maps and token grids, (C,) for vectors."""
    mean: Map | None
    """Mean over the channels; None where the output has no grid."""
    strongest: tuple[Channel, ...]
    """Channels with the largest mean, largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """One class and its probability, 0 to 1."""

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
