"""What a hook has in its hands after the pass, for each way of keeping what it was given."""

from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network, Shown
from tlcore.questions.seen import Map


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(Asks["Kept"]):
    """What becomes of a map that a hook keeps in each of the four ways?"""

    network: Network
    picture: Shown
    part: str
    """The module on which the hook is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of keeping an output."""

    code: str
    """What the hook keeps, as Python: `output.detach()`."""
    size: int
    """Bytes of its own; 0 where it shares the network's."""
    way_back: bool
    """Whether gradients can go back through it, and so all that they need is kept too."""
    difference: float
    """Largest difference, after the pass, from what the hook saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answer to Keep."""

    channel: int
    """The channel that changed most, which is shown."""
    seen: Map
    """As the hook saw it."""
    afterwards: Map
    """The same memory after the pass, on the same scale."""
    changed: float
    """Share of the numbers that are different after the pass."""
    ways: tuple[Way, ...]
