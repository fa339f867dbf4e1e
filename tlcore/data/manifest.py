"""A set of pictures by reference: which picture, which class, which side of the split, and what was left out."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tlcore import records
from tlcore.data.limits import ALONE, FEWEST_CLASSES, MOST_CLASSES
from tlcore.errors import ChoiceError
from tlcore.records import from_columns, to_columns

SPLITS = ("train", "val")
_ID = re.compile(r"[0-9a-f]{64}")
_SPLIT_BY = re.compile(r"folders|seed -?\d+(, (\d+ %|fold \d+ of \d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
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
        if not _ID.fullmatch(self.id):
            raise ChoiceError(f"Example.id is {self.id!r}.", "It takes a sha256 in hexadecimal.")
        if self.split not in SPLITS:
            raise ChoiceError(f"Example.split is {self.split!r}.", "It takes train or val.")
        if not self.where or self.label < 0:
            raise ChoiceError(f"Example {self.name!r} lacks its place or its class.")

    @property
    def order(self) -> tuple[str, int, str, str]:
        """The key that sorts examples the same way on every machine."""
        return self.split, self.label, self.id, self.where


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that is not in the set, and why."""

    name: str  # as the person knows it
    code: str  # one word for programs: "TRUNCATED", "REPEATED", ...
    sentence: str  # for the person
    place: int = -1  # in the survey, where it is a picture that could be taken in


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something worth knowing about pictures that are in the set."""

    sentence: str
    count: int  # pictures, classes or folders that it is true of
    name: str  # the first of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A set of pictures: classes, examples in canonical order, and everything that was left out."""

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
        if list(self.examples) != sorted(self.examples, key=lambda example: example.order):
            raise ChoiceError("The examples are not in their canonical order.", "Sort them by Example.order.")
        if not {example.label for example in self.examples} <= set(range(len(self.classes))):
            raise ChoiceError(f"An example has a class beyond the {len(self.classes)} of the set.")
        if not all(self.counts("train")):
            bare = self.classes[self.counts("train").index(0)]
            raise ChoiceError(f"The class {bare} has no picture to learn from.", "Add one, or drop the class.")
        if not _SPLIT_BY.fullmatch(self.split_by):
            raise ChoiceError(f"Manifest.split_by is {self.split_by!r}.", "It takes folders or seed and a number.")

    @property
    def digest(self) -> str:
        """The set's identity: the same pictures, classes and split give the same one, wherever the files lie."""
        rows = [[example.id, example.label, example.split] for example in self.examples]
        return records.digest([self.classes, rows])

    def of(self, split: str) -> tuple[Example, ...]:
        """Return the examples of one side, in canonical order."""
        return tuple(example for example in self.examples if example.split == split)

    def counts(self, split: str) -> tuple[int, ...]:
        """Return how many pictures each class has on one side."""
        seen = Counter(example.label for example in self.examples if example.split == split)
        return tuple(seen[label] for label in range(len(self.classes)))

    def written(self) -> str:
        """Return the manifest as JSON, its rows in columns, since it can have a hundred thousand of them."""
        plain = {
            "name": self.name,
            "classes": self.classes,
            "ignored": self.ignored,
            "split_by": self.split_by,
            **{name: to_columns(kind, getattr(self, name)) for name, kind in _ROWS.items()},
        }
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Manifest":
        """Return the manifest of which `written` made this text."""
        plain = json.loads(text)
        rows: dict[str, Any] = {name: from_columns(kind, plain.pop(name)) for name, kind in _ROWS.items()}
        return cls(classes=tuple(plain.pop("classes")), **plain, **rows)


_ROWS: Mapping[str, type[Any]] = MappingProxyType({"examples": Example, "left_out": LeftOut, "notices": Notice})


def in_order(examples: Sequence[Example]) -> tuple[Example, ...]:
    """Return the examples in the order that a Manifest asks for."""
    return tuple(sorted(examples, key=lambda example: example.order))
