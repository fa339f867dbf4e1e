"""Pictures that are in a set more than once: inside a class, in several classes, and on both sides of the split."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from tlcore.data.findings import Finding, Look, Repair
from tlcore.data.likeness import takes
from tlcore.data.manifest import Example
from tlcore.data.marks import LeaveOut, SplitBy
from tlcore.text import count

_PAIRS = 12
"""Conflicts between different classes that are told one by one."""
_CLASSES = 4
"""Of pictures that look the same, up to which each two are told by themselves."""
_CHOICES = 12
"""Classes that pictures can be kept in, those with most of them first; more buttons would be a wall."""


def doubles(look: Look) -> Iterator[Finding]:
    """Find repeats and near duplicates."""
    yield from _repeats(look)
    groups = _groups(look)
    apart = _apart(look)
    yield from _one_take(look, apart)
    yield from _conflicts(look, groups, apart)
    if look.by_folders:
        yield from _leaks(look, groups, apart)
    yield from _near(look, groups, apart)


def kept_together(look: Look) -> tuple[int, int]:
    """Return how many groups of near duplicates a draw keeps on one side, and how many pictures are in them."""
    apart = _apart(look)
    sizes = [sum(one.place not in apart for one in group) for group in _groups(look)]
    several = [size for size in sizes if size > 1]
    return len(several), sum(several)


def _groups(look: Look) -> list[list[Example]]:
    """Return the pictures that look the same, those of a class together, where there are at least two."""
    firsts = [look.survey.alike[example.place] for example in look.manifest.examples]
    sizes = Counter(firsts)
    found: dict[int, list[Example]] = defaultdict(list)
    for first, example in zip(firsts, look.manifest.examples, strict=True):
        if sizes[first] > 1:
            found[first].append(example)
    return [sorted(group, key=lambda one: (one.label, one.place)) for group in found.values()]


def _apart(look: Look) -> dict[int, str]:
    """Return place and class of the pictures that a draw does not keep together, as most of their class looks alike."""
    return takes(look.survey.alike, {one.place: look.manifest.classes[one.label] for one in look.manifest.examples})


def _repeats(look: Look) -> Iterator[Finding]:
    repeated, in_both = (
        tuple(one.place for one in look.manifest.left_out if one.code == code and one.place >= 0)
        for code in ("REPEATED", "IN_BOTH")
    )
    if repeated:
        yield Finding(
            kind="repeats",
            title=f"{count(len(repeated), 'file')} came twice",
            sentence="The same file to the last byte, left out already: a picture that is learned twice counts twice.",
            places=repeated,
            is_grave=False,
        )
    if in_both:
        yield Finding(
            kind="in_both",
            title=f"{count(len(in_both), 'file')} to learn from came to check with as well",
            sentence="The same file to the last byte, left out of learning already: a picture that is learned and "
            "checked with makes the network look better than it is.",
            places=in_both,
            is_grave=False,
        )


def _one_take(look: Look, apart: Mapping[int, str]) -> Iterator[Finding]:
    for label in sorted({look.manifest.classes.index(name) for name in apart.values()}):
        yield Finding(
            kind="one_take",
            title=f"“{look.name(label)}” is nearly one picture",
            sentence="More than half of its pictures look the same, as one take of a camera does. What is checked with "
            "is then nearly what was learned. Add pictures from other places, angles and days.",
            places=tuple(one.place for one in look.manifest.examples if one.label == label),
        )


def _conflicts(look: Look, groups: Sequence[Sequence[Example]], apart: Collection[int]) -> Iterator[Finding]:
    """Find what lies in several classes: one of them must be wrong."""
    said = look.confirmations("conflict")
    torn: dict[tuple[int, ...], list[Example]] = defaultdict(list)
    for group in groups:
        own = [one for one in group if one.place not in apart]
        for labels in _torn_between(sorted({one.label for one in own})):
            torn[labels].extend(_unsaid([one for one in own if one.label in labels], said))
    several = sorted(((labels, own) for labels, own in torn.items() if own), key=lambda item: (-len(item[1]), item[0]))
    for labels, examples in several[:_PAIRS]:
        names = " and ".join(f"“{look.name(label)}”" for label in labels[:2])
        more = f" and {count(len(labels) - 2, 'more class', 'more classes')}" if len(labels) > 2 else ""
        sizes = Counter(one.label for one in examples)
        largest = sorted(labels, key=lambda label: (-sizes[label], label))[:_CHOICES]
        choices = [(label, [one for one in examples if one.label != label]) for label in largest]
        yield _conflict(
            f"The same pictures in {names}{more}",
            examples,
            [
                Repair(words=f"Keep them in {look.name(label)}", marks=(_left_out(others, "conflict"),))
                for label, others in choices
            ],
        )
    if rest := list(dict.fromkeys(one for _, examples in several[_PAIRS:] for one in examples)):
        yield _conflict(f"{count(len(rest), 'more picture')} in several classes", rest, [])


def _torn_between(labels: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield each two of the classes, of which a person decides one by one; where they are many, all of them at once."""
    if len(labels) > _CLASSES:
        yield tuple(labels)
    else:
        yield from combinations(labels, 2)


def _unsaid(own: Sequence[Example], said: Mapping[int, frozenset[int]]) -> list[Example]:
    """Return those that nobody has confirmed together with all that are of another class."""
    kinds = {(one.label, said.get(one.place, frozenset())) for one in own}
    if not any(marks for _, marks in kinds):
        return list(own)
    unsaid = {(label, marks) for label, marks in kinds if any(of != label and not marks & by for of, by in kinds)}
    return [one for one in own if (one.label, said.get(one.place, frozenset())) in unsaid]


def _conflict(title: str, examples: Sequence[Example], repairs: Sequence[Repair]) -> Finding:
    return Finding(
        kind="conflict",
        title=title,
        sentence=f"{count(len(examples), 'picture')} look the same and are called differently. Whatever the network "
        "answers, it is told that it was wrong.",
        places=_places(examples),
        repairs=(*repairs, Repair(words="Leave all of them out", marks=(_left_out(examples, "conflict"),))),
    )


def _leaks(look: Look, groups: Sequence[Sequence[Example]], apart: Collection[int]) -> Iterator[Finding]:
    """Find what is learned and checked with, where the folders say so; a draw keeps such pictures together."""
    confirmed = look.confirmed("leak")
    leaked = []
    for group in groups:
        own = [one for one in group if one.place not in confirmed and one.place not in apart]
        if {one.split for one in own} == {"train", "val"}:
            leaked.extend(own)
    learned = [one for one in leaked if one.split == "train"]
    if leaked:
        yield Finding(
            kind="leak",
            title=f"{count(len(leaked) - len(learned), 'picture')} to check with also lie in train",
            sentence="They look the same as pictures that are learned from, so the network can know them by heart, and "
            "looks better than it is.",
            places=_places(leaked),
            repairs=(
                Repair(
                    words=f"Leave {count(len(learned), 'of them', 'of them')} out of learning",
                    marks=(_left_out(learned, "leak"),),
                ),
                Repair(words="Draw the split anew, alike together", marks=(SplitBy(seed=look.seed),)),
            ),
        )


def _near(look: Look, groups: Sequence[Sequence[Example]], apart: Collection[int]) -> Iterator[Finding]:
    """Find what is in one class several times, nearly the same: bursts, copies in another size."""
    confirmed = look.confirmed("near")
    shown: dict[int, list[Example]] = defaultdict(list)
    further: dict[int, list[Example]] = defaultdict(list)
    for group in groups:
        together: dict[tuple[int, str], list[Example]] = defaultdict(list)
        for one in group:
            if one.place not in confirmed and one.place not in apart:
                together[one.label, one.split if look.by_folders else ""].append(one)
        for (label, _), same in together.items():
            if len(same) > 1:
                best = max(same, key=lambda one: (look.fact(one).width * look.fact(one).height, -one.place))
                shown[label].extend(same)
                further[label].extend(one for one in same if one is not best)
    if not further:
        return
    more = sum(map(len, further.values()))
    classes = sorted(further)
    where = f"“{look.name(classes[0])}”" if len(classes) == 1 else count(len(classes), "class", "classes")
    kept = "Each" if look.by_folders else "They are kept on one side of the split, so they do not flatter; but each"
    yield Finding(
        kind="near",
        title=f"{count(more, 'near duplicate')} in {where}",
        sentence="The same picture in another size or quality, or the next of a burst. "
        f"{kept} counts as a picture of its own, and teaches nothing new.",
        places=tuple(one.place for label in classes for one in shown[label]),
        repairs=(
            Repair(
                words=f"Keep the largest of each, leave {more:,} out",
                marks=(_left_out([one for label in classes for one in further[label]], "near"),),
            ),
        ),
        is_grave=False,
    )


def _left_out(examples: Sequence[Example], why: str) -> LeaveOut:
    return LeaveOut(pictures=_places(examples), why=why)


def _places(examples: Sequence[Example]) -> tuple[int, ...]:
    return tuple(one.place for one in examples)
