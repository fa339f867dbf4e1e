"""What a person may ask of a run while it goes on; the run answers with events."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tlcore.config import check_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRate:
    """Give a block another base rate from the next step to the end of the run; 0.0 freezes it."""

    block: str
    rate: float

    def __post_init__(self) -> None:
        """Check the rate."""
        check_rate(self.block, self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Save everything after the step that is on, and let go of the machine; the run can go on later, exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAfterEpoch:
    """End the run when the epoch that is on has been judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """End the run after the step that is on."""


Control = SetRate | Pause | StopAfterEpoch | Stop

KINDS: Mapping[str, type[Control]] = MappingProxyType({kind.__name__: kind for kind in Control.__args__})
