"""A set of pictures by reference: which picture, which class, which side of the split, and what was left out."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from tlcore import records
from tlcore.data.limits import ALONE, FEWEST_CLASSES, MOST_CLASSES
from tlcore.errors import ChoiceError, DamagedError
from tlcore.records import from_columns, to_columns, uncollected

SPLITS = ("train", "val")
_ID_LENGTH = 64
_SUMMED = re.compile(r'\{"sha256":"([^"]*)",')
"""How a manifest begins that tells the sum of the rest; those of an earlier Thaw do not."""
_SPLIT_BY = re.compile(r"folders|seed -?\d+(, (\d+ %|fold \d+ of \d+))?")


@dataclass(frozen=True, slots=True)
class Example:
    """One picture of a set."""

    id: str  # sha256 of the file's bytes, in hexadecimal
    where: str  # path below the set's root, separated by "/"
    name: str  # what the person called it; for showing only, never part of a path
    label: int  # place in Manifest.classes
    split: str  # "train" or "val"
    source: int = 0  # place of its folder among those of the set
    place: int = -1  # in the survey that the set was made of

    def __post_init__(self) -> None:
        if len(self.id) != _ID_LENGTH or self.id.strip("0123456789abcdef"):
            raise ChoiceError(f"Example.id is {self.id!r}.", "It takes a sha256 in hexadecimal.")
        if self.split not in SPLITS:
            raise ChoiceError(f"Example.split is {self.split!r}.", "It takes train or val.")
        if not self.where or self.label < 0:
            raise ChoiceError(f"Example {self.name!r} lacks its place or its class.")


_order = attrgetter("split", "label", "id", "where")
"""Sorts examples the same way on every machine."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not in the set, and why."""

    name: str  # as the person knows it
    code: str  # one word for programs: "TRUNCATED", "REPEATED", ...
    sentence: str  # for the person
    place: int = -1  # in the survey, where it is a picture that could be taken in


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing about pictures that are in the set."""

    sentence: str
    count: int  # pictures, classes or folders that it is true of
    name: str  # the first of them

    @property
    def names(self) -> str:
        """What it is true of: the first by its name, and how many more."""
        return self.name if self.count == 1 else f"{self.name} and {self.count - 1:,} more"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A set of pictures: classes, examples in canonical order, and everything that was left out.

    Without slots, so that what pages ask for again and again is reckoned once.
    """

    name: str
    classes: tuple[str, ...]
    examples: tuple[Example, ...]
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[Notice, ...] = ()
    ignored: int = 0  # system files such as .DS_Store
    split_by: str  # "folders", "seed N", or the same with its share or fold

    def __post_init__(self) -> None:
        if not FEWEST_CLASSES <= len(self.classes) <= MOST_CLASSES:
            raise ChoiceError(
                f"The set has {len(self.classes)} classes.", f"It takes {FEWEST_CLASSES} to {MOST_CLASSES}."
            )
        if len(set(self.classes)) != len(self.classes) or not all(self.classes):
            raise ChoiceError("Two classes of the set have one name, or a class has none.")
        if len(self.examples) > ALONE.pictures:
            raise ChoiceError(f"The set has {len(self.examples)} pictures.", f"It takes {ALONE.pictures}.")
        if any(before > after for before, after in pairwise(map(_order, self.examples))):
            raise ChoiceError("The examples are not in their canonical order.", "Sort them with in_order.")
        if max((example.label for example in self.examples), default=0) >= len(self.classes):
            raise ChoiceError(f"An example has a class beyond the {len(self.classes)} of the set.")
        if not all(self.counts("train")):
            bare = self.classes[self.counts("train").index(0)]
            raise ChoiceError(f"The class {bare} has no picture to learn from.", "Add one, or drop the class.")
        if not _SPLIT_BY.fullmatch(self.split_by):
            raise ChoiceError(f"Manifest.split_by is {self.split_by!r}.", "It takes folders or seed and a number.")

    @cached_property
    def digest(self) -> str:
        """The set's identity: the same pictures, classes and split give the same one, wherever the files lie."""
        with uncollected():
            return records.digest([self.classes, [(one.id, one.label, one.split) for one in self.examples]])

    def of(self, split: str) -> tuple[Example, ...]:
        """Return the examples of one side, in canonical order."""
        return self._sides[split]

    def of_class(self, label: int) -> tuple[Example, ...]:
        """Return the examples of one class, those to learn from first."""
        return self._by_class[label]

    def counts(self, split: str) -> tuple[int, ...]:
        """Return how many pictures each class has on one side."""
        return self._counts[split]

    @cached_property
    def _sides(self) -> Mapping[str, tuple[Example, ...]]:
        return {split: tuple(one for one in self.examples if one.split == split) for split in SPLITS}

    @cached_property
    def _by_class(self) -> Sequence[tuple[Example, ...]]:
        found: list[list[Example]] = [[] for _ in self.classes]
        for example in self.examples:
            found[example.label].append(example)
        return [tuple(examples) for examples in found]

    @cached_property
    def _counts(self) -> Mapping[str, tuple[int, ...]]:
        seen = {split: Counter(example.label for example in self.of(split)) for split in SPLITS}
        return {split: tuple(counts[label] for label in range(len(self.classes))) for split, counts in seen.items()}

    def written(self) -> str:
        """Return the manifest as JSON, its rows in columns, since it can have a hundred thousand of them."""
        plain = {
            "name": self.name,
            "classes": self.classes,
            "ignored": self.ignored,
            "split_by": self.split_by,
            **{name: to_columns(kind, getattr(self, name)) for name, kind in _ROWS.items()},
        }
        body = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        return f'{{"sha256":"{_sum(body)}",{body[1:]}'

    @classmethod
    @uncollected()
    def read(cls, text: str) -> "Manifest":
        """Return the manifest of which `written` made this text; raise DamagedError if it is another one now."""
        if told := _SUMMED.match(text):
            text = "{" + text[told.end() :]
            if _sum(text) != told[1]:
                raise DamagedError("The list of the pictures of this set is damaged.", "Bring the pictures in again.")
        plain = json.loads(text)
        rows: dict[str, Any] = {name: from_columns(kind, plain.pop(name)) for name, kind in _ROWS.items()}
        return cls(classes=tuple(plain.pop("classes")), **plain, **rows)


_ROWS: Mapping[str, type[Any]] = MappingProxyType({"examples": Example, "left_out": LeftOut, "notices": Notice})


def _sum(body: str) -> str:
    return sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def in_order(examples: Sequence[Example]) -> tuple[Example, ...]:
    """Return the examples in the order that a Manifest asks for."""
    return tuple(sorted(examples, key=_order))
