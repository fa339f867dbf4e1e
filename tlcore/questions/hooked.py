"""The hooks of one pass: where they sit, in which order they fire, what they see and cost, and that none stays."""

from dataclasses import dataclass

from tlcore.questions.asking import Asks, Network, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect(Asks["Inspected"]):
    """Which hooks does a pass there and back get, and what do they do?"""

    network: Network
    picture: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One hook that fired."""

    block: str
    shape: tuple[int, ...]
    """What the hook saw, as the network passes it on, without N."""
    size: int
    """Bytes of the copy that it kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass with its hooks, beside the same pass without."""

    fired: tuple[Firing, ...]
    """In the order in which they fired."""
    before: int
    """Hooks on all parts of the network, counted before any was set."""
    during: int
    after: int
    """Counted when they had been taken away."""
    plain: float
    """Milliseconds without hooks: the quickest of some passes, for what else a machine does only adds time."""
    hooked: float
    """Milliseconds with them, the quickest likewise; measured in turn with those without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A part whose map something changes, in its own memory, after it was put out."""

    part: str
    """The module's name inside the network."""
    block: str
    """The block that it belongs to; empty where it belongs to none."""
    by: str
    """The module inside which the change was made; empty for the network itself."""
    operation: str
    """The kind of that module where it does the change itself, such as `ReLU`; empty where lines of its code do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """The answer to Inspect."""

    forward: Pass
    """There only: what a block puts out is copied."""
    backward: Pass
    """There and back: the gradient at what a block put out is copied."""
    places: tuple[Place, ...]
    """In the order of the network."""
