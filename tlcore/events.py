"""What happens in a run, as small typed values; the store adds the order and the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType
from typing import Literal, get_args

from tlcore.arithmetic import Arithmetic
from tlcore.questions.seen import Likely, Map

Work = Literal["learning", "checking", "beginning"]
"""What is done with many pictures at once: steps, answers to validation pictures, and the frozen beginning's rows."""
WORKS: tuple[Work, ...] = get_args(Work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The network stands and the pictures are counted; what an earlier try did after `step` is done again."""

    device: str
    """What a person would call the machine's computing device, such as `CPU, 2 cores`."""
    backbone: str
    weights: str
    """What the network began with, in words: `ImageNet-1K`, `random numbers`, or `own file`."""
    classes: tuple[str, ...]
    train_counts: tuple[int, ...]
    val_counts: tuple[int, ...]
    parameters: int
    epochs: int
    steps_per_epoch: int
    versions: Mapping[str, str]
    arithmetic: Arithmetic = field(default_factory=Arithmetic)
    """How the network is computed in this try and in all that go on from it."""
    step: int = 0
    """Steps that were made before, where a run goes on."""
    seconds: float = 0.0
    """What they took."""
    anew: bool = False
    """Whether what was saved before is damaged, so that the run begins at its beginning once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted:
    """A phase begins; blocks that it does not name are frozen."""

    phase: int
    epoch: int
    """Finished epochs at this moment."""
    rates: Mapping[str, float]
    """Base rates, with the changes that a person made before."""
    learning: int
    """Values that learn."""
    step: int = 0
    """Steps made before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """One step of the optimizer."""

    step: int
    """Counted from 1 over the whole run."""
    loss: float
    """Mean cross-entropy of the batch, in nats."""
    right: int
    count: int
    seconds: float
    """Since the run started, pauses of the machine included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """One epoch is over, and the validation pictures were answered."""

    epoch: int
    step: int
    loss: float
    right: int
    count: int
    train_loss: float
    train_right: int
    train_count: int
    seconds: float
    memory: int = 0
    """Most bytes that the process, or on a GPU its tensors, took so far in this try."""

    @property
    def accuracy(self) -> float:
        """Share of validation pictures answered rightly, 0 to 1."""
        return self.right / self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpointed:
    """The weights of an epoch lie whole in the store."""

    epoch: int
    sha256: str
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A block got another base rate in the middle of the run, or did not, for the reason in `refused`."""

    after: int
    """Steps made before it counted."""
    block: str
    requested: float
    """Base rate; 0.0 freezes."""
    before: float
    """Base rate until then."""
    applied: float
    """Rate that the optimizer uses in the next step: the base rate times the schedule's factor."""
    learning: int
    """Values that learn from now on."""
    seconds: float
    refused: str = ""
    control: int | None = None
    """Id of the control that asked for it; None if it was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How far each block is from where it began, and how strongly it is pulled."""

    step: int
    weights: Mapping[str, float]
    """Length of the change over the length at the start; exactly 0.0 only if every parameter is bit-identical."""
    statistics: Mapping[str, float]
    """The same for buffers, such as BatchNorm's means and variances; blocks without any are not named."""
    gradients: Mapping[str, float]
    """Length of the gradient in the last step; blocks without any are not named."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Squeezed:
    """Memory was short: from now on this work is done with fewer pictures at once.

    It comes to the same, but for BatchNorm that learns and for dropout, which see each part by itself.
    """

    step: int
    """Steps made when it was told."""
    work: Work
    batch: int
    """Pictures per step, as the plan has it."""
    at_once: int
    """Most pictures that go through the network together."""

    @property
    def parts(self) -> int:
        """Number of parts that a batch is cut into."""
        return ceil(self.batch / self.at_once)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """What the network makes of the pinned picture after an epoch."""

    epoch: int
    """Finished epochs."""
    step: int
    """Steps made before it."""
    picture: str
    """Id of the example."""
    crop: str = ""
    """The square that the network gets, as a JPEG in base64; empty where an earlier one has it."""
    answers: tuple[Likely, ...]
    """Most likely first, at most five."""
    maps: Mapping[str, Map]
    """Block to the mean over its channels; blocks that are named in an earlier one and not here answer as there."""
    cam: Map | None = None
    """Where it finds what speaks for the picture's own class; None where no block's places count."""
    cam_block: str = ""
    """The block that this is taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """All that the run needs to go on from here, exactly, lies in the store."""

    epoch: int
    """Finished epochs."""
    step: int
    sha256: str
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """A person paused the run; it holds no process and goes on when asked."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The process that trained is gone; the run can go on from what was saved last."""

    sentence: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A person asked a paused or interrupted run to go on; it waits for a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The plan is carried out."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A person stopped the run; the best weights so far are kept."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The run ended before its plan did."""

    sentence: str
    advice: str


Terminal = Finished | Stopped | Failed
Resting = Paused | Interrupted
Event = (
    Started
    | PhaseStarted
    | Stepped
    | Changed
    | Moved
    | Squeezed
    | Evaluated
    | Checkpointed
    | Pictured
    | Saved
    | Resumed
    | Resting
    | Terminal
)

KINDS: Mapping[str, type[Event]] = MappingProxyType({kind.__name__: kind for kind in Event.__args__})
