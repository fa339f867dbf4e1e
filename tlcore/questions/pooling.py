"""What blocks make of the pictures of a set: one row of numbers for each picture, a part of the set at a time."""

from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool(Asks["Pooled"]):
    """What do these blocks make of these pictures, in one pass?

    It is asked for part after part of a set, so that the desk is free for others in between.
    """

    network: Network
    data: str
    """Digest of the manifest."""
    blocks: tuple[str, ...]
    first: int
    """Place of the first picture among the examples of the set."""
    count: int
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The answer to Pool."""

    sha256: str
    """A safetensors file of the store: for each block (N, C) in float32, rounded to six digits, in the set's order."""
