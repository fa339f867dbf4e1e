"""Where a network looks: the classes it can be asked about, and what in a picture speaks for one of them."""

from dataclasses import dataclass
from typing import Literal

from tlcore.questions.asking import Asks, Network, Shown
from tlcore.questions.seen import Map

Method = Literal["grad_cam", "eigen_cam", "integrated_gradients", "occlusion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank(Asks["Ranked"]):
    """Which classes can this network answer with, and how likely is each for this picture?"""

    network: Network
    picture: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """One class of a network."""

    number: int
    """Its place among the network's answers."""
    name: str
    probability: float
    """0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The answer to Rank."""

    crop: str
    """The square that the network got, as a PNG in base64."""
    classes: tuple[Ranking, ...]
    """Most likely first, at most a thousand; none where the network came without a head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain(Asks["Explanation"]):
    """What in this picture speaks for this class, as one method sees it?"""

    network: Network
    picture: Shown
    method: Method
    target: int
    """Place of the class among the network's answers; Eigen-CAM does not look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for the class at one depth."""

    block: str
    """Empty where the method asks the picture itself."""
    map: Map | None
    """None where no place of the block's grid can change the answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to Explain."""

    evidence: tuple[Evidence, ...]
    """One for every block with a grid, stem first; or one for the picture."""
    passes: int
    """Times that a picture went through the network."""
    listing: str
    """The lines of code that computed it."""
