"""From a survey and a ledger of marks to a Manifest: the same two give the same set, on every machine."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tlcore.data import audit, ledger, limits
from tlcore.data.audit import Candidate
from tlcore.data.layout import Layout, class_key
from tlcore.data.likeness import takes
from tlcore.data.manifest import Example, LeftOut, Manifest, in_order
from tlcore.data.marks import CallClasses, DropClass, LeaveOut, Mark, MoveTo, Relabel, SplitBy, TakeIn
from tlcore.data.readings import understood
from tlcore.data.split import held_back
from tlcore.data.survey import Survey
from tlcore.errors import PictureError
from tlcore.records import uncollected
from tlcore.text import clean

DEFAULT_SHARE = 0.2
"""Of each class, for validation, where neither folders nor a mark say."""


@uncollected()
def settle(name: str, survey: Survey, marks: Sequence[Mark], seed: int) -> Manifest:
    """Return the set that the marks make of a survey; `seed` draws the split where neither folders nor marks do.

    Raises PictureError where no set can be made of it, UndecidedError among them where a person has to say what the
    classes are.
    """
    layout, decided = _decided(survey, marks)
    found, placeholders = audit.without_placeholders(decided.candidates(), decided.wanted)
    found, repeats = audit.without_repeats(found, decided.wanted)
    left_out = [*survey.unfit, *decided.left_out(), *placeholders, *repeats]
    found = _with_classes_to_learn(found, decided.classes, left_out)
    split_by = decided.split or SplitBy(seed=seed, share=DEFAULT_SHARE)
    by_folders = decided.split is None and any(one.split == "val" for one in found)
    sides = _folder_sides(found) if by_folders else _drawn_sides(survey, found, split_by)
    sides.update(_moved(survey, found, decided.moved))
    classes = sorted({one.label for one in found})
    number_of = {name: label for label, name in enumerate(classes)}
    _check(classes, found, sides, left_out)
    examples = [
        Example(
            id=one.fact.id,
            where=one.fact.where,
            name=clean(one.fact.path.rpartition("/")[2], 200) or "unnamed",
            label=number_of[one.label],
            split=sides[one.place],
            source=one.fact.source,
            place=one.place,
        )
        for one in found
    ]
    return Manifest(
        name=clean(name) or "pictures",
        classes=tuple(classes),
        examples=in_order(examples),
        left_out=tuple(sorted(left_out, key=lambda one: (one.name, one.code))),
        notices=(*layout.notices, *audit.notices(found), *audit.few(found)),
        ignored=survey.ignored,
        split_by="folders" if by_folders else _spoken(split_by),
    )


def labels(survey: Survey, marks: Sequence[Mark]) -> Mapping[int, str]:
    """Return the class of every picture that has one, also of those that are left out, by its place."""
    return _decided(survey, marks)[1].labels


def has_sides(survey: Survey, marks: Sequence[Mark]) -> bool:
    """Say whether the set's own folders keep pictures for checking."""
    return any(one.split == "val" for one in understood(survey, marks).placed)


def _decided(survey: Survey, marks: Sequence[Mark]) -> tuple[Layout, "_Decided"]:
    """Return what the folders say, and what became of it by the marks."""
    layout = understood(survey, marks)
    decided = _Decided(survey, layout)
    for mark in marks:
        decided.apply(mark)
    return layout, decided


class _Decided:
    """What folders said of every picture, changed by one mark after the other."""

    def __init__(self, survey: Survey, layout: Layout) -> None:
        count = len(survey.facts)
        self._survey = survey
        self.labels = {one.index: layout.classes[one.label] for one in layout.placed if one.index < count}
        self._sides = {one.index: one.split for one in layout.placed}
        self._strays = [one for one in layout.left_out if one.place < count]
        self._out: dict[int, tuple[str, str]] = {}
        self.classes = set(layout.classes)
        self.wanted: set[int] = set()
        """Places that were taken in by hand."""
        self.moved: dict[int, str] = {}
        """Place to the side that a hand put it on."""
        self.split: SplitBy | None = None

    def apply(self, mark: Mark) -> None:
        """Make one mark count."""
        match mark:
            case CallClasses(classes=classes, name=name):
                self._relabel((place for place, label in self.labels.items() if label in classes), name)
                self.classes -= set(classes) - {name}
            case DropClass(name=name):
                reason = ("CLASS_LEFT_OUT", f"Its class, {name}, is left out by hand.")
                self._out.update({place: reason for place, label in self.labels.items() if label == name})
                self.classes.discard(name)
            case Relabel(pictures=pictures, name=name):
                emptied = {self.labels[place] for place in pictures if place in self.labels}
                self._relabel(pictures, self._known(name))
                self.classes -= emptied - set(self.labels.values())
            case LeaveOut(pictures=pictures, why=why):
                self._out.update(dict.fromkeys(pictures, ("BY_HAND", ledger.reason(why))))
            case TakeIn(pictures=pictures):
                self.wanted.update(pictures)
                for place in pictures:
                    self._out.pop(place, None)
            case MoveTo(pictures=pictures, split=split):
                self.moved.update(dict.fromkeys(pictures, split))
            case SplitBy():
                self.split = mark

    def candidates(self) -> list[Candidate]:
        """Return the pictures that have a class and are not left out."""
        return [
            Candidate(place, self._survey.facts[place], label, "" if self.split else self._sides.get(place, ""))
            for place, label in sorted(self.labels.items())
            if place not in self._out
        ]

    def left_out(self) -> list[LeftOut]:
        """Return the pictures that have no class or are left out by hand."""
        by_hand = [
            LeftOut(name=clean(self._survey.facts[place].path, 200), code=code, sentence=sentence, place=place)
            for place, (code, sentence) in self._out.items()
        ]
        strays = [one for one in self._strays if one.place not in self.labels]
        return [*audit.without_sent_again(strays, self._survey, self.labels.keys() - self._out.keys()), *by_hand]

    def _known(self, name: str) -> str:
        """Return the class that this is another spelling of, if there is one."""
        spellings = {class_key(one): one for one in sorted(self.classes)}
        return name if name in self.classes else spellings.get(class_key(name), name)

    def _relabel(self, places: Iterable[int], name: str) -> None:
        changed = dict.fromkeys(places, name)
        self.labels.update(changed)
        if changed:
            self.classes.add(name)


def _with_classes_to_learn(
    found: Sequence[Candidate], classes: Iterable[str], left_out: list[LeftOut]
) -> list[Candidate]:
    """Leave out the pictures of classes that are only judged by, and name the classes that are dropped."""
    learned = {one.label for one in found if one.split != "val"}
    for one in found:
        if one.label not in learned:
            sentence = f"Its class, {one.label}, has no picture to learn from."
            left_out.append(one.left_out("NOT_IN_TRAIN", sentence))
    for name in classes:
        if name not in learned:
            sentence = "The class is dropped: it has no picture that can be used."
            left_out.append(LeftOut(name=name, code="EMPTY_CLASS", sentence=sentence))
    return [one for one in found if one.label in learned]


def _folder_sides(found: Sequence[Candidate]) -> dict[int, str]:
    return {one.place: one.split or "train" for one in found}


def _drawn_sides(survey: Survey, found: Sequence[Candidate], split: SplitBy) -> dict[int, str]:
    """Draw the validation pictures, near duplicates together."""
    group_of = _groups(survey, found)
    labels: dict[str, list[str]] = defaultdict(list)
    for one in found:
        labels[group_of[one.place]].append(one.label)
    validation = held_back(labels, split)
    return {place: "val" if group in validation else "train" for place, group in group_of.items()}


def _groups(survey: Survey, found: Sequence[Candidate]) -> dict[int, str]:
    """Return for each place the name of its group of near duplicates: the least of their ids, whatever their order.

    Where more than half of a class looks alike, each of these pictures is by itself; those of other classes that look
    like them stay together.
    """
    apart = takes(survey.alike, {one.place: one.label for one in found})
    least: dict[int, str] = {}
    for one in found:
        if one.place not in apart:
            first = survey.alike[one.place]
            least[first] = min(one.fact.id, least.get(first, one.fact.id))
    return {one.place: one.fact.id if one.place in apart else least[survey.alike[one.place]] for one in found}


def _moved(survey: Survey, found: Sequence[Candidate], moved: Mapping[int, str]) -> dict[int, str]:
    """Return the sides that a hand chose, for the pictures themselves and their near duplicates."""
    if not moved:
        return {}
    group_of = _groups(survey, found)
    by_group = {group_of[place]: split for place, split in moved.items() if place in group_of}
    return {place: by_group[group] for place, group in group_of.items() if group in by_group}


def _check(
    classes: Sequence[str], found: Sequence[Candidate], sides: Mapping[int, str], left_out: Sequence[LeftOut]
) -> None:
    """Refuse a set that nothing can be learned from, or judged by, and say which class is to blame."""
    if len(classes) < limits.FEWEST_CLASSES:
        left = f"only in {classes[0]}" if classes else "in no class"
        reason = f" {left_out[0].name}: {left_out[0].sentence}" if left_out else ""
        raise PictureError(
            "ONE_CLASS" if classes else "NO_PICTURES",
            f"Pictures that can be used are {left}; {len(left_out)} files are left out.{reason}",
            f"It takes {limits.FEWEST_CLASSES} classes.",
        )
    learned = {one.label for one in found if sides[one.place] == "train"}
    if bare := [name for name in classes if name not in learned]:
        raise PictureError(
            "NOT_IN_TRAIN",
            f"The class {bare[0]} would have no picture to learn from.",
            "Leave one of its pictures on the side to learn from.",
        )
    if not any(side == "val" for side in sides.values()):
        raise PictureError(
            "NOTHING_TO_JUDGE_BY",
            "No class has a second picture, so there is none to judge by.",
            "Add pictures; one class with two of them is the least.",
        )


def _spoken(split: SplitBy) -> str:
    if split.folds:
        return f"seed {split.seed}, fold {split.fold} of {split.folds}"
    share = "" if split.share == DEFAULT_SHARE else f", {100 * split.share:.0f} %"
    return f"seed {split.seed}{share}"
