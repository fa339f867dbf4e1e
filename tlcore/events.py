"""What happens in a run, as small typed values; the store adds the order and the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The network stands and the pictures are counted."""

    device: str
    """What a person would call the machine's computing device, such as `CPU, 2 cores`."""
    backbone: str
    weights: str
    """What the network began with, in words: `ImageNet`, `random numbers`, or `own file`."""
    classes: tuple[str, ...]
    train_counts: tuple[int, ...]
    val_counts: tuple[int, ...]
    parameters: int
    epochs: int
    steps_per_epoch: int
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted:
    """A phase begins; blocks that it does not name are frozen."""

    phase: int
    epoch: int
    """Finished epochs at this moment."""
    rates: Mapping[str, float]
    learning: int
    """Values that learn."""


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


Event = Started | PhaseStarted | Stepped | Evaluated | Checkpointed | Finished | Stopped | Failed
Terminal = Finished | Stopped | Failed

KINDS: Mapping[str, type[Event]] = MappingProxyType({kind.__name__: kind for kind in Event.__args__})
