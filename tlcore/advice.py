"""What to thaw for a set of pictures: the field's rule of thumb, corrected by what was measured, with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from tlcore.config import Strategy
from tlcore.questions import Separation

Amount = Literal["few", "some", "many"]
"""How many pictures there are to learn from."""
Apart = Literal["well", "partly", "hardly"]
"""How well the untouched network's features tell the classes apart."""

SOME, MANY = 1_000, 10_000
"""Training pictures from which on there are some, and many."""
PER_CLASS = 20
"""Training pictures per class; with fewer, a set has few pictures, however many classes it has."""
WELL, PARTLY = 0.9, 0.5
"""Shares of the way from always naming the largest class (0) to being always right (1)."""
_UNEVEN = 1 / 3
"""Smallest class over largest."""
SOURCE = (
    "Near ImageNet features are enough, far from it thawing pays: a ResNet-50 goes from 91.5 to 92.1 % on pets, and "
    "from 66.7 to 92.1 % on cars, when all of it learns (Chen et al. 2020, Table B.5; Kornblith et al. 2019)."
)

_BY_COUNT: Mapping[Amount, Strategy] = MappingProxyType({"few": "features", "some": "gradual", "many": "low"})
_MORE: Mapping[Strategy, Strategy] = MappingProxyType({"features": "gradual", "gradual": "low", "low": "low"})
_OPPOSITE: Mapping[Strategy, Strategy] = MappingProxyType({"features": "low", "gradual": "features", "low": "features"})
_MEANT: Mapping[Amount, str] = MappingProxyType(
    {
        "few": "few, so the head alone: a whole network would learn them by heart",
        "some": "enough to thaw the later blocks step by step, not to move all blocks at once",
        "many": "enough for all blocks to learn, at a low rate",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A hypothesis on what to thaw; running its opposite tests it."""

    strategy: Strategy
    opposite: Strategy
    path: tuple[Amount, Apart | None, Strategy]
    """Through the decision chart; None where nothing was measured."""
    sentences: tuple[str, ...]
    """Why, with the numbers."""


def advise(count: int, classes: int, balance: float, separation: Separation | None) -> Advice:
    """Return what to thaw for `count` training pictures of so many classes.

    `balance` is the smallest class over the largest, 0 to 1. By the count: under 1,000 the head, to 10,000 gradual
    thawing, above all blocks. `separation` corrects it: where features tell the classes apart, the head is enough;
    where they hardly do, one step more thaws (after Kornblith et al. 2019, who find the gain from fine-tuning small on
    sets near ImageNet and large on fine-grained ones). Where we differ: they compare whole training runs, we look at
    the neighbours of at most 200 pictures.
    """
    amount, apart = _amount(count, classes), _apart(separation)
    strategy = _BY_COUNT[amount]
    if apart == "well":
        strategy = "features"
    elif apart == "hardly":
        strategy = _MORE[strategy]
    sentences = [
        f"You have {count:,} pictures to learn from, {count / classes:.0f} per class. That is {_MEANT[amount]}.",
        _measured(separation, apart),
    ]
    if balance < _UNEVEN:
        sentences.append(
            f"The largest class has {1 / balance:.0f} times the pictures of the smallest: "
            "look at the accuracy of each class, not only at the total."
        )
    return Advice(
        strategy=strategy, opposite=_OPPOSITE[strategy], path=(amount, apart, strategy), sentences=tuple(sentences)
    )


def _amount(count: int, classes: int) -> Amount:
    if count < SOME or count < PER_CLASS * classes:
        return "few"
    return "some" if count < MANY else "many"


def _apart(separation: Separation | None) -> Apart | None:
    if separation is None:
        return None
    way = (separation.right / separation.count - separation.baseline) / max(1.0 - separation.baseline, 1e-9)
    return "well" if way >= WELL else "partly" if way >= PARTLY else "hardly"


def _measured(separation: Separation | None, apart: Apart | None) -> str:
    if separation is None or apart is None:
        return (
            "Not measured yet: how well the untouched network's features tell your classes apart. If they do, the head "
            "is enough; if they hardly do, one step more should thaw."
        )
    begin = (
        f"Measured: by their neighbours among the untouched network's features, {separation.right} of "
        f"{separation.count} pictures fall into the right class "
        f"(always naming the largest class: {100 * separation.baseline:.1f} %)"
    )
    match apart:
        case "well":
            return f"{begin}. The features tell your classes apart already, so the head is enough."
        case "partly":
            return f"{begin}. The features help, but do not settle it, so the count decides."
        case "hardly":
            return f"{begin}. The features do not fit your pictures yet, so more has to thaw."
