"""What it is to ask: a question that knows the kind of its answer; and what it is about, a network or a picture."""

from dataclasses import dataclass
from typing import Generic, TypeVar

AnswerKind = TypeVar("AnswerKind")


class Asks(Generic[AnswerKind]):
    """A question whose answer is an `AnswerKind`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One network in one state."""

    backbone: str
    weights: str
    """What it began with, as in a RunConfig."""
    checkpoint: str | None
    """The sha256 of a run's weights; None asks the untouched backbone."""
    classes: tuple[str, ...]
    """The run's classes; empty for the untouched backbone, which answers with ImageNet's."""
    image_size: int
    """Side of the network's input, in pixels."""
    seed: int = 0
    """Drew the head, and with it all that begins with random numbers."""


OWN = ""
"""What stands for the digest of a set where a picture is in none: somebody brought it to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture: of a set, or one that a person brought to look at."""

    data: str
    """Digest of the manifest that it is in, or `OWN`."""
    picture: str
    """Id of the example; of an own picture, its sha256."""
    workspace: str = ""
    """Whose it is; another's set with the same content will do, but never another's own picture."""
