"""A plan step by step: its phases, cut where a change comes, each stretch with the base rates that hold in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from tlcore.config import Change, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Steps of one phase in which every block keeps its base rate."""

    phase: int
    """Counted from 0."""
    offset: int
    """Steps of the phase that come before it."""
    begins: int
    """Steps of the whole run that come before it."""
    ends: int
    """Steps of the whole run that are made when it is over."""
    rates: Mapping[str, float]
    """Base rates; 0.0 is frozen."""


def steps_per_epoch(pictures: int, batch_size: int) -> int:
    """Return the steps of a pass over so many pictures; a last one alone joins the batch before, for BatchNorm."""
    joined = pictures > batch_size and pictures % batch_size == 1
    return ceil(pictures / batch_size) - joined


def idle_phase(schedule: Sequence[Phase], changed: Mapping[str, float], first: int) -> int | None:
    """Return the first phase from number `first` on in which nothing learns under `changed`; None if there is none."""
    later = enumerate(schedule[first:], start=first)
    return next((number for number, phase in later if not any({**phase.rates, **changed}.values())), None)


def stretches(schedule: Sequence[Phase], changes: Sequence[Change], per_epoch: int) -> Iterator[Stretch]:
    """Yield the stretches of a plan, first to last, with so many steps per epoch.

    A change holds to the end, over what later phases say; one with which a phase from there on would have nothing that
    learns is not made.
    """
    changed: dict[str, float] = {}
    begins = 0
    for number, phase in enumerate(schedule):
        ends = begins + phase.epochs * per_epoch
        cuts = sorted({begins, ends, *(change.after for change in changes if begins < change.after < ends)})
        for start, end in pairwise(cuts):
            for change in changes:
                wanted = {**changed, change.block: change.rate}
                if change.after == start and idle_phase(schedule, wanted, number) is None:
                    changed = wanted
            rates = {**phase.rates, **changed}
            yield Stretch(phase=number, offset=start - begins, begins=start, ends=end, rates=rates)
        begins = ends
