"""Whether a network's channels are alive over many pictures: what never stirs, what is stuck, how large numbers get."""

from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Examine(Asks["Health"]):
    """Is every block of this network alive for the validation pictures of a set?"""

    network: Network
    data: str
    """Digest of the manifest."""
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockHealth:
    """One block over all pictures that were looked at."""

    block: str
    channels: int
    """Of its activations, or of its output where it has none of its own."""
    dead: int
    """Of these: never above zero after a ReLU; elsewhere, as good as never changing."""
    stuck: float | None
    """Share of its gates' values that are at their ends, 0 to 1; None for a block without gates."""
    size: float | None
    """Root mean square of its output's numbers, in the mean over the pictures; None where one is no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The answer to Examine."""

    count: int
    """Pictures that were looked at."""
    blocks: tuple[BlockHealth, ...]
    """All but the head, stem first."""
