"""Where in a network the answer appears: what the probes of all blocks come to, in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tlcore.questions import Charted
from tlcore.questions.set_map import BlockCharted, Probe

_ALMOST = 0.9
"""Of the way from the baseline to the best block: there the answer is said to have appeared."""
_EARLY, _LATE = 0.34, 0.66
"""Shares of the way through the network."""
_NORMAL = 1.96
"""Standard deviations of a 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergence:
    """Which blocks matter, by their place in the network."""

    appears: int | None
    """The first block that is almost as good as the best; None where no block is better than guessing."""
    best: int
    falls: bool
    """Whether the last block before the head is worse than the best one by more than chance."""


def interval(right: int, count: int) -> tuple[float, float]:
    """Return the bounds between which a share lies with 95 % (Wilson 1927)."""
    share, spread = right / count, _NORMAL**2 / count
    middle = (share + spread / 2) / (1 + spread)
    room = _NORMAL * sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, middle - room), min(1.0, middle + room)


def emergence(charted: Charted) -> Emergence | None:
    """Return where the answer appears; None where there are no pictures to judge on."""
    probes = probes_of(charted)
    if not probes:
        return None
    right, count = [probe.right for probe in probes], charted.judged_on
    best = right.index(max(right))
    if interval(right[best], count)[0] <= charted.baseline / count:
        return Emergence(appears=None, best=best, falls=False)
    enough = charted.baseline + _ALMOST * (right[best] - charted.baseline)
    appears = next(place for place, number in enumerate(right) if number >= enough)
    last = len(right) - 2
    falls = best < last and interval(right[last], count)[1] < right[best] / count
    return Emergence(appears=appears, best=best, falls=falls)


def probes_of(charted: Charted) -> list[Probe]:
    """Return the probe of every block, stem first; none where there are no pictures to judge on."""
    return [block.probe for block in charted.blocks if block.probe is not None]


def emergence_told(charted: Charted) -> str:
    """Say where the answer appears, in words that only tell what the figures show."""
    found = emergence(charted)
    if found is None:
        return "no validation picture is among those looked at, so there is nothing to judge a block on."
    blocks, probes, count = charted.blocks, probes_of(charted), charted.judged_on
    guess = f"always naming the most frequent class gets {_percent(charted.baseline, count)}"
    best = f"`{blocks[found.best].block}` with {_percent(probes[found.best].right, count)} of {count:,}"
    if found.appears is None:
        return f"no block tells the classes apart better than guessing would: the best is {best}; {guess}."
    first = f"The first block already gets {_percent(probes[0].right, count)}; {guess}."
    half = probes[len(probes) // 2].right
    if found.falls:
        last = _percent(probes[-2].right, count)
        end = f"Behind it it fades, to {last} at `{blocks[-2].block}`: an earlier block suits these classes better."
    elif found.best >= len(blocks) - 2 and interval(half, count)[1] < probes[found.best].right / count:
        end = "It rises up to the end: these classes need the whole network."
    else:
        end = f"What lies behind `{blocks[found.appears].block}` adds no more than the last tenth."
    return f"{_where(blocks, found.appears)} {first} The best is {best}. {end}"


def _where(blocks: Sequence[BlockCharted], place: int) -> str:
    depth = place / max(1, len(blocks) - 1)
    words = "early" if depth <= _EARLY else "late" if depth >= _LATE else "halfway"
    return (
        f"the answer appears {words}, at `{blocks[place].block}`, block {place + 1} of {len(blocks)}: the first one "
        "with nine tenths of all that the best one adds to guessing."
    )


def _percent(right: int, count: int) -> str:
    return f"{100 * right / count:.1f} %"
