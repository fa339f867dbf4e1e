"""What is odd about a set once every picture in it is known: placeholders, repeats, pictures in several classes."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from tlcore.data.facts import LONGEST_NAME, Fact
from tlcore.data.layout import STRAY
from tlcore.data.limits import FEW_PER_CLASS
from tlcore.data.manifest import LeftOut, Notice
from tlcore.data.survey import Survey
from tlcore.text import clean

_PHOTOGRAPH_SHARE = 0.95
_CLASS_SHARE = 0.25


class Candidate(NamedTuple):
    """A picture with the class and the side that folders and marks gave it, before it is known whether it stays.

    A tuple, for every mark makes one of each picture of a set.
    """

    place: int
    """In the survey."""
    fact: Fact
    label: str
    split: str
    """ "train", "val", or "" where nothing says."""

    @property
    def name(self) -> str:
        """What the person calls the file."""
        return clean(self.fact.path, LONGEST_NAME)

    def left_out(self, code: str, sentence: str) -> LeftOut:
        """Return that this picture is left out, and why."""
        return LeftOut(name=self.name, code=code, sentence=sentence, place=self.place)


def without_placeholders(found: Sequence[Candidate], wanted: Collection[int]) -> tuple[list[Candidate], list[LeftOut]]:
    """Leave out the flat drawings in a set of photographs: "image not found" pictures that a download left behind.

    Only where 19 of 20 pictures are photographs and the drawings are at most a quarter of their class; in a set of
    drawings, or in a class of signs and logos, flat drawings are what is to be learned. Places `wanted` stay.
    """
    if sum(one.fact.kind == "JPEG" for one in found) < _PHOTOGRAPH_SHARE * len(found):
        return list(found), []
    size = Counter(one.label for one in found)
    flat = Counter(one.label for one in found if one.fact.is_flat)
    rare = {label for label in flat if flat[label] <= _CLASS_SHARE * size[label]}
    kept, left_out = [], []
    for one in found:
        if one.fact.is_flat and one.label in rare and one.place not in wanted:
            sentence = "A flat drawing in few colours among photographs, most likely a placeholder for a lost picture."
            left_out.append(one.left_out("PLACEHOLDER", sentence))
        else:
            kept.append(one)
    return kept, left_out


def without_repeats(found: Sequence[Candidate], wanted: Collection[int]) -> tuple[list[Candidate], list[LeftOut]]:
    """Keep one of several identical files in a class, and none to learn from that is also there to be judged by.

    Places `wanted` stay, except where they would be on both sides.
    """
    if len({one.fact.id for one in found}) == len(found):
        return list(found), []
    judged = {one.fact.id: one.name for one in found if one.split == "val"}
    kept: dict[tuple[str, str], Candidate] = {}
    taken_in, left_out = [], []
    for one in sorted(found, key=lambda one: (one.split != "val", one.fact.path, one.fact.where, one.place)):
        first = kept.setdefault((one.fact.id, one.label), one)
        if one.split == "train" and one.fact.id in judged:
            if first is one:
                del kept[one.fact.id, one.label]
            sentence = f"The same picture as {judged[one.fact.id]}, which is kept for judging."
            left_out.append(one.left_out("IN_BOTH", sentence))
        elif first is not one and one.place in wanted:
            taken_in.append(one)
        elif first is not one:
            left_out.append(one.left_out("REPEATED", f"The same picture as {first.name}."))
    return [*kept.values(), *taken_in], left_out


def without_sent_again(left_out: Sequence[LeftOut], survey: Survey, placed: Collection[int]) -> list[LeftOut]:
    """Return what is left out but for files in no folder that came again later, into a class: that one is for both.

    `placed` are the places of the pictures that have a class.
    """
    if not survey.additions or not any(one.code == STRAY for one in left_out):
        return list(left_out)
    latest = {_file(survey.facts[place]): place for place in sorted(placed)}

    def came_again(one: LeftOut) -> bool:
        again = latest.get(_file(survey.facts[one.place]), -1)
        return survey.time(again) > survey.time(one.place)

    return [one for one in left_out if one.code != STRAY or not came_again(one)]


def _file(fact: Fact) -> tuple[str, str]:
    """Return what the same file has in common wherever it lies: its bytes and its name."""
    return fact.id, fact.path.rpartition("/")[2]


def notices(found: Sequence[Candidate]) -> list[Notice]:
    """Return what is worth knowing about the pictures that stay."""
    names_by_note: dict[str, list[str]] = defaultdict(list)
    remarked = [(one, remarks) for one in found if (remarks := one.fact.remarks)]
    for one, remarks in sorted(remarked, key=lambda pair: pair[0].fact.path):
        for note in remarks:
            names_by_note[note].append(one.name)
    times = Counter([one.fact.id for one in found])
    several_times = [one for one in found if times[one.fact.id] > 1] if len(times) < len(found) else []
    labels_by_id: dict[str, set[str]] = defaultdict(set)
    for one in several_times:
        labels_by_id[one.fact.id].add(one.label)
    rows = [Notice(sentence=note, count=len(names), name=names[0]) for note, names in sorted(names_by_note.items())]
    name_of = {one.fact.id: one.name for one in several_times}
    torn: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for id_, labels in labels_by_id.items():
        if len(labels) > 1:
            torn[tuple(sorted(labels))].append(name_of[id_])
    for several, names in sorted(torn.items()):
        spoken = " and in ".join(several)
        rows.append(Notice(sentence=f"The same picture lies in {spoken}.", count=len(names), name=min(names)))
    return rows


def few(found: Sequence[Candidate]) -> list[Notice]:
    """Return which classes have so few pictures that little can be learned from them, or nothing checked with them."""
    sizes = Counter(one.label for one in found)
    alone = sorted(label for label, size in sizes.items() if size == 1)
    scarce = sorted(label for label, size in sizes.items() if 1 < size < FEW_PER_CLASS)
    told = (
        ("A class with one picture has no picture to check with.", alone),
        (f"A class with fewer than {FEW_PER_CLASS} pictures tells little; 50 are a good number.", scarce),
    )
    return [Notice(sentence=sentence, count=len(names), name=names[0]) for sentence, names in told if names]
