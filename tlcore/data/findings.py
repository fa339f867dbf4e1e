"""What a look at a whole set finds: why it matters, the pictures it is about, and the marks that would mend it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tlcore.data.facts import Fact
from tlcore.data.manifest import Example, Manifest
from tlcore.data.marks import Confirm, Mark
from tlcore.data.survey import Survey
from tlcore.text import clean

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Marks that would mend a finding; no file is touched by them."""

    words: str
    """What a button says."""
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a set that a person should know, and may mend."""

    kind: str
    """One word for programs: "near", "conflict", ..."""
    title: str
    sentence: str
    """Why it matters."""
    places: tuple[int, ...] = ()
    """Pictures that it is about, by their place in the survey; those that belong together in a row."""
    names: tuple[str, ...] = ()
    """Files that it is about, where they are no pictures."""
    repairs: tuple[Repair, ...] = ()
    is_grave: bool = True
    """Whether the figures of a run would mean less than they seem to."""


class Look:
    """A set to be looked at: its pictures with all that is known of them."""

    def __init__(self, survey: Survey, manifest: Manifest, marks: Sequence[Mark], seed: int) -> None:
        self.survey = survey
        self.manifest = manifest
        self.marks = tuple(marks)
        self.seed = seed
        """Draws what is drawn."""

    @property
    def by_folders(self) -> bool:
        """Whether the set's own folders say which pictures are for checking."""
        return self.manifest.split_by == "folders"

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Pictures of each class, both sides together."""
        sides = self.manifest.counts("train"), self.manifest.counts("val")
        return tuple(train + val for train, val in zip(*sides, strict=True))

    def name(self, label: int) -> str:
        """Return a class's name as it is spoken of."""
        return clean(self.manifest.classes[label], _LONGEST_NAME)

    def fact(self, example: Example) -> Fact:
        """Return what reading a picture told."""
        return self.survey.facts[example.place]

    def having(self, kind: str, test: Callable[[Fact], bool]) -> list[Example]:
        """Return the pictures of which a test is true, given what reading them told, but for those `confirmed`."""
        places = {place for place, fact in enumerate(self.survey.facts) if test(fact)} - self.confirmed(kind)
        return [example for example in self.manifest.examples if example.place in places] if places else []

    def confirmed(self, kind: str) -> frozenset[int]:
        """Return the places of pictures that are confirmed to be right in spite of findings of this kind."""
        return frozenset(self.confirmations(kind))

    def confirmations(self, kind: str) -> dict[int, frozenset[int]]:
        """Return place to the marks, by number, that confirm a picture to be right in spite of such findings."""
        found: dict[int, set[int]] = defaultdict(set)
        for number, mark in enumerate(self.marks):
            if isinstance(mark, Confirm) and mark.what == kind:
                for place in mark.pictures:
                    found[place].add(number)
        return {place: frozenset(numbers) for place, numbers in found.items()}
