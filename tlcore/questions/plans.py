"""Questions about a plan before it is carried out: what it costs, how fast it may learn, what pictures it will get."""

from dataclasses import dataclass

from tlcore.config import Augment, Precision
from tlcore.questions.asking import Asks

SWEEP_STEPS = 50
"""Steps that the answer to FindRate takes at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRate(Asks["RateCurve"]):
    """Which rate can this plan begin with? Answered by a sweep from tiny to huge rates (Smith 2017)."""

    backbone: str
    weights: str
    data: str
    """Digest of the manifest."""
    learning: tuple[str, ...]
    """Blocks that learn in the sweep, all at one rate; the others are frozen."""
    image_size: int
    batch_size: int
    seed: int
    weight_decay: float
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCurve:
    """The answer to FindRate."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    """Smoothed loss at each rate, in nats."""
    suggestion: float
    """Where the loss falls most steeply, or the lowest rate if it never falls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Asks["Measured"]):
    """What does this plan cost on this machine? Answered by real steps."""

    backbone: str
    data: str
    """Digest of the manifest."""
    learning: tuple[tuple[str, ...], ...]
    """Blocks that learn, for each different stretch of the plan."""
    moving: tuple[bool, ...]
    """Whether the statistics of frozen blocks move, for each entry of `learning`."""
    image_size: int
    batch_size: int
    weights: str
    """What the network begins with, as in a RunConfig; random numbers where that is still to be downloaded."""
    augment: Augment = "none"
    anew: bool = False
    """Whether every epoch draws its own pictures, so that no row of a frozen beginning can be kept."""
    precision: Precision = "auto"
    worth_tuning: bool = False
    """Whether the plan is large enough for the machine to look for its best arithmetic first."""
    learned: float = 0.0
    """Share of the plan's pictures that is learned from, which decides what arithmetic is best."""
    libraries: tuple[str, ...] = ()
    """What computes it, with versions: after an update it is another question."""
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The answer to Measure."""

    device: str
    steps: tuple[float, ...]
    """Seconds of one training step, for each entry of the question's `learning`; without `beginnings`, where these
    rows are kept."""
    answering: tuple[float, ...]
    """Seconds of one batch that is only answered, as in validation, from the same rows."""
    beginnings: tuple[float, ...]
    """Seconds in which the frozen beginning makes the rows of one batch; 0 where nothing is frozen first."""
    rows: tuple[int, ...]
    """Bytes that the frozen beginning makes of one picture."""
    keys: tuple[str, ...]
    """What tells these rows from all others in the store; empty where none are kept, or the beginning is random."""
    saving: tuple[float, ...]
    """Seconds in which an epoch that is the best so far writes down where the run stands, and its weights."""
    reading: float
    """Seconds until one picture is read from the disk and cut."""
    start: float
    """Seconds until the network stands, before the first step."""
    process: int
    """Bytes that the process took in its steps besides all that is counted below."""
    weights: int
    """Bytes; among them the copy that drift is measured against."""
    gradients: tuple[int, ...]
    """Bytes, for each entry of `learning`."""
    optimizer: tuple[int, ...]
    activations: tuple[int, ...]
    """Bytes that a step keeps for its way back."""
    picture: int
    """Bytes of one picture that is kept ready."""
    holds_pictures: bool = True
    """Whether these pictures lie in the memory that was measured; beside a GPU they lie in the machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Separate(Asks["Separation"]):
    """How well do the untouched backbone's features already tell this set's classes apart?"""

    backbone: str
    weights: str
    data: str
    """Digest of the manifest."""
    image_size: int
    seed: int
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """The answer to Separate."""

    right: int
    """Pictures whose nearest other pictures, by features, are of their own class."""
    count: int
    baseline: float
    """Share that always naming the most frequent class gets right."""


PREVIEWED = 8
"""Epochs whose augmented squares the answer to Prepare shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare(Asks["Prepared"]):
    """What will the network get of this picture? Answered without the network."""

    backbone: str
    weights: str
    """What the network begins with, as in a RunConfig; it decides the steps from a file to the square."""
    data: str
    """Digest of the manifest that the picture is in."""
    picture: str
    """Id of the example."""
    image_size: int
    augment: Augment = "none"
    seed: int = 0
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The answer to Prepare; pictures are in base64."""

    original: str
    """The whole picture, upright and without transparency, at most 800 pixels long, as JPEG."""
    frame: tuple[float, float, float, float]
    """Left, top, width and height of what is cut out of it, as shares of its width and height."""
    square: str
    """What the network gets, as PNG."""
    augmented: tuple[str, ...]
    """What it gets in the first epochs of training, as JPEG; nothing where pictures are not augmented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt(Asks["Doubts"]):
    """Which pictures look, to the untouched backbone, as if they were in the wrong class?"""

    backbone: str
    weights: str
    data: str
    """Digest of the manifest."""
    image_size: int
    seed: int
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A picture whose nearest others are of another class."""

    picture: str
    """Id of the example."""
    given: str
    """The class that it is in."""
    suggested: str
    """The class of most of its nearest others."""
    confidence: float
    """Their share, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """The answer to Doubt."""

    suspects: tuple[Suspect, ...]
    """The most doubtful first."""
    count: int
    """Pictures that were looked at."""
