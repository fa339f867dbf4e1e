"""Questions about all pictures of a set at once: where each block puts them, which lie near, how well classes part."""

from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network

NEIGHBOURS = 8
"""Nearest others that are told of each picture."""
SPAN = 65_535
"""Coordinates of a map go from 0 to this, in both directions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Asks["Charted"]):
    """Where does each block put the pictures of this set, and how well does it tell their classes apart?"""

    network: Network
    data: str
    """Digest of the manifest."""
    workspace: str = ""
    """Whose set it is; another's set with the same content will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a linear classifier on one block's features gets right (Alain & Bengio 2016)."""

    right: int
    """Pictures of the validation side."""
    learned: int
    """Pictures of the training side that it gets right: those it learned from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCharted:
    """One block's map of the set."""

    block: str
    width: int
    """Numbers that the block's features have for one picture."""
    points: str
    """x and y of each picture in turn, 0 to `SPAN`, as packed by `tlcore.packing`; both axes have one scale."""
    shares: tuple[float, float]
    """Of the variance of all features, along x and along y."""
    near: str
    """The nearest others of each picture in turn, nearest first, as places among the pictures, packed."""
    probe: Probe | None
    """None where one side of the split has no picture among those looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """The answer to Chart."""

    places: str
    """Of the pictures looked at, in the manifest's order, packed."""
    blocks: tuple[BlockCharted, ...]
    answers: str
    """The class, by number, that the network takes each picture for, packed; empty where its classes are others."""
    learned_from: int
    """Pictures of the training side among those looked at."""
    judged_on: int
    """Pictures of the validation side among those looked at."""
    baseline: int
    """Of these, pictures that are of the training side's most frequent class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfold(Asks["Unfolded"]):
    """Where does t-SNE put the pictures, by what one block makes of them?"""

    network: Network
    data: str
    """Digest of the manifest."""
    block: str
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfolded:
    """The answer to Unfold."""

    points: str
    """As in BlockCharted, of the same pictures."""
