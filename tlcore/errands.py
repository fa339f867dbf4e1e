"""Errands: what a short process without torch does for a person, such as reading a folder or a download."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CANCELLED = "You cancelled it; nothing of it was kept."
"""The fault of an errand that ended because the person asked for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUpload:
    """Check the pictures that a person sent, and make a set of them or add them to one."""

    upload: str
    """Id that the store gave to the files as they came in."""
    name: str
    seed: int
    album: str | None = None
    """Id of the album that they are added to; None where they make one of their own."""
    into: str = ""
    """The class that all of them go into; empty where their folders say."""
    by_folder: bool = False
    """Whether the first folder of each is its class by the person's word, whatever the album is read by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeSample:
    """Make one of the sets that come with the installation."""

    sample: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFolder:
    """Read a folder of this machine where it lies, below one that the operator opened up."""

    folder: str
    """Name of the one that is open."""
    place: str
    """Path below it, "/" between names."""
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSet:
    """Download a public set that a person asked for."""

    public_set: str
    seed: int
    classes: tuple[str, ...] = ()
    """Those to take, where the set lets one choose; none are all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchWeights:
    """Download a backbone's published weights that a person asked for."""

    backbone: str
    weights: str
    """What a RunConfig calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWeights:
    """Check a weights file that a person sent, and keep it for one backbone."""

    upload: str
    backbone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyNetwork:
    """Measure a timm network that a person named, so that it has a card like the others."""

    network: str
    instead_of: str
    """The plan's network when it was asked for; if another was chosen meanwhile, that one stays."""


def lane_of(errand: "Errand") -> tuple[type["Errand"], ...]:
    """Return the kinds that an errand shares the cores with, so that few go on at a time; () where none need to wait.

    Each reads pictures with as many processes as there are cores. A download goes on for long before it comes to
    that, so that reading does not wait behind it.
    """
    return next((lane for lane in _LANES if isinstance(errand, lane)), ())


def upload_of(errand: "Errand") -> str | None:
    """Return the id of the files that were sent for an errand, if any were."""
    return errand.upload if isinstance(errand, ReadUpload | ReadWeights) else None


Errand = ReadUpload | MakeSample | ReadFolder | FetchSet | FetchWeights | ReadWeights | SurveyNetwork

_LANES: tuple[tuple[type[Errand], ...], ...] = ((ReadUpload, ReadFolder), (FetchSet,))

KINDS: Mapping[str, type[Errand]] = MappingProxyType({kind.__name__: kind for kind in Errand.__args__})
