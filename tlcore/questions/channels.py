"""Which channels of a block stand out in a picture, and which pictures of a set excite each of them most."""

from dataclasses import dataclass
from typing import Literal

from tlcore.questions.asking import Asks, Network, Shown
from tlcore.questions.seen import Map

Measure = Literal["mean", "variance", "influence"]
"""By what channels stand out: how much they answer, how unevenly, or how much the answer hangs on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleOut(Asks["SingledOut"]):
    """Which channels of this block stand out in this picture?"""

    network: Network
    picture: Shown
    block: str
    by: Measure = "mean"
    answer: int = -1
    """Number of the class on which the influence is measured; -1 is the likeliest. Nothing else minds it."""
    most: int = 32
    """Channels that are shown, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a block."""

    number: int
    value: float
    """By what it stands out; an influence against the answer is negative."""
    map: Map


@dataclass(frozen=True, slots=True, kw_only=True)
class SingledOut:
    """The answer to SingleOut."""

    channels: tuple[Channel, ...]
    """Those that stand out most first; of influences counts their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excite(Asks["Excited"]):
    """Which pictures of a set excite each channel of this block most?"""

    network: Network
    data: str
    """Digest of the manifest."""
    block: str
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excited:
    """The answer to Excite."""

    count: int
    """Pictures that were looked at."""
    pictures: tuple[str, ...]
    """Ids of those that excite a channel."""
    channels: tuple[tuple[int, ...], ...]
    """For each channel the places of its pictures among these, the one that excites it most first; none for a channel
    that answers to no picture more than to another."""
