"""What a person decided about a set: each decision is a mark in its ledger, and can be taken back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from tlcore.errors import ChoiceError
from tlcore.records import from_plain, to_plain

LARGEST_SHARE = 0.5
MOST_FOLDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAs:
    """Understand folders and file names in this way; the last such mark counts."""

    reading: str
    """Key of one of the readings that `readings` offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClasses:
    """Call these classes by one name: renames one, merges several."""

    classes: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropClass:
    """Leave a class out, with all its pictures."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOut:
    """Leave pictures out."""

    pictures: tuple[int, ...]
    """Places in the survey."""
    why: str
    """Key of the finding that speaks against them, or `by_hand`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn:
    """Take pictures in that were left out without being asked: placeholders, repeats."""

    pictures: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabel:
    """Put pictures into another class."""

    pictures: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Say that pictures are right as they are: what speaks against them is not told again."""

    pictures: tuple[int, ...]
    what: str
    """Key of the finding that spoke against them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTo:
    """Put pictures on one side of the split, whatever drew it; their near duplicates go with them."""

    pictures: tuple[int, ...]
    split: Literal["train", "val"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitBy:
    """Draw the validation pictures in this way, also where folders would say; the last such mark counts."""

    seed: int
    share: float = 0.2
    """Of each class, for validation."""
    folds: int = 0
    """Parts of equal size, of which one is for validation; 0 goes by the share."""
    fold: int = 1
    """Which of the parts, counted from 1."""

    def __post_init__(self) -> None:
        """Check the values."""
        if not 0.0 < self.share <= LARGEST_SHARE:
            raise ChoiceError(f"The share for validation is {self.share:g}.", f"It takes up to {LARGEST_SHARE:g}.")
        if self.folds and not (2 <= self.folds <= MOST_FOLDS and 1 <= self.fold <= self.folds):
            raise ChoiceError(f"Fold {self.fold} of {self.folds} cannot be.", f"There are 2 to {MOST_FOLDS} folds.")


Mark = ReadAs | CallClasses | DropClass | LeaveOut | TakeIn | Relabel | Confirm | MoveTo | SplitBy

KINDS: Mapping[str, type[Mark]] = MappingProxyType({kind.__name__: kind for kind in Mark.__args__})


def with_mark(marks: Sequence[Mark], mark: Mark) -> tuple[Mark, ...]:
    """Return a ledger with one mark more; what it makes void goes, so that the ledger stays short.

    A way to split or to read the folders replaces the last one. Pictures that are moved to a side of the split lose
    an earlier move, and join those that were moved there just before.
    """
    if isinstance(mark, SplitBy | ReadAs):
        return (*(one for one in marks if type(one) is not type(mark)), mark)
    if not isinstance(mark, MoveTo):
        return (*marks, mark)
    kept = [_without(one, mark.pictures) if isinstance(one, MoveTo) else one for one in marks]
    ledger = [one for one in kept if not isinstance(one, MoveTo) or one.pictures]
    if ledger and isinstance(last := ledger[-1], MoveTo) and last.split == mark.split:
        return (*ledger[:-1], MoveTo(pictures=last.pictures + mark.pictures, split=mark.split))
    return (*ledger, mark)


def _without(move: MoveTo, pictures: Sequence[int]) -> MoveTo:
    others = set(pictures)
    return MoveTo(pictures=tuple(place for place in move.pictures if place not in others), split=move.split)


def written(marks: Sequence[Mark]) -> str:
    """Return marks as JSON."""
    return json.dumps([[type(mark).__name__, to_plain(mark)] for mark in marks], ensure_ascii=False)


def read(text: str) -> tuple[Mark, ...]:
    """Return the marks of which `written` made this text."""
    plain: list[tuple[str, Any]] = json.loads(text)
    return tuple(from_plain(KINDS[kind], body) for kind, body in plain)
