"""Whether the classes of a set are even, large enough, and called by one name each."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256

from tlcore.data.findings import Finding, Look, Repair
from tlcore.data.layout import side_of
from tlcore.data.limits import FEWEST_CLASSES
from tlcore.data.manifest import Example
from tlcore.data.marks import CallClasses, DropClass, LeaveOut
from tlcore.text import count

UNEVEN = 3
"""Times that the largest class is larger than the smallest where a set is called uneven."""
_EVENED = 2
"""The same after the repair."""
_FEWEST = 10
"""Pictures of a class below which its figures say little."""
_WORD = 3
"""Letters from which a name is a word that can be spelled in two ways."""
_ONE_BY_ONE = 6
"""Small classes that are told by name."""


def balance(look: Look) -> Iterator[Finding]:
    """Find what is odd about the classes themselves."""
    yield from _called_as_sides(look)
    yield from _spellings(look)
    yield from _unjudged(look)
    yield from _few(look)
    yield from _uneven(look)


def _uneven(look: Look) -> Iterator[Finding]:
    most, least = max(look.sizes), min(look.sizes)
    if most < UNEVEN * least:
        return
    largest, smallest = (look.name(look.sizes.index(size)) for size in (most, least))
    share = 100 * most / sum(look.sizes)
    yield Finding(
        kind="uneven",
        title="The classes are uneven",
        sentence=f"{count(most, 'picture')} of “{largest}”, {least:,} of “{smallest}”. A network that always answers "
        f"“{largest}” would be right in {share:.0f} % of cases, so measure what it learns against that.",
        repairs=_evened(look),
    )


def _evened(look: Look) -> tuple[Repair, ...]:
    """Offer to leave out a draw of the large classes, where the smallest one is large enough to go by.

    Where folders say what is checked with, only pictures to learn from are drawn: the judge stays the same.
    """
    by_class: dict[int, list[Example]] = defaultdict(list)
    for example in look.manifest.examples:
        if not look.by_folders or example.split == "train":
            by_class[example.label].append(example)
    target = _EVENED * min(map(len, by_class.values()))
    if target < _EVENED * _FEWEST:
        return ()
    places: list[int] = []
    cut = []
    for label, examples in sorted(by_class.items()):
        if len(examples) > target:
            drawn = sorted(examples, key=lambda one: sha256(f"{look.seed}:{one.id}".encode()).hexdigest())
            places += [one.place for one in drawn[target:]]
            cut.append(label)
    if not places:
        return ()
    rest = f"{target:,} of “{look.name(cut[0])}” remain" if len(cut) == 1 else f"{target:,} of each large class remain"
    words = f"Leave {len(places):,} out: {rest}"
    return (Repair(words=words, marks=(LeaveOut(pictures=tuple(places), why="uneven"),)),)


def _few(look: Look) -> Iterator[Finding]:
    judged = look.manifest.counts("val")
    yield from _classes(
        look,
        "few",
        [label for label, size in enumerate(look.sizes) if size < _FEWEST and judged[label]],
        title=f"fewer than {_FEWEST} pictures",
        sentence="One picture more or less that is right changes the result by many per cent. 50 of each class are a "
        "good beginning.",
    )


def _unjudged(look: Look) -> Iterator[Finding]:
    yield from _classes(
        look,
        "unjudged",
        [label for label, judged in enumerate(look.manifest.counts("val")) if not judged],
        title="no picture to check with",
        sentence="It is learned, but nobody will know how well. Add pictures, or move one over in the view Split.",
    )


def _classes(look: Look, kind: str, labels: Sequence[int], title: str, sentence: str) -> Iterator[Finding]:
    """Yield a finding about small classes, with the offer to leave them out where enough others remain."""
    if not labels:
        return
    remain = len(look.sizes) - len(labels)
    names = [f"“{look.name(label)}” ({look.sizes[label]})" for label in labels[:_ONE_BY_ONE]]
    more = f" and {len(labels) - _ONE_BY_ONE:,} more" if len(labels) > _ONE_BY_ONE else ""
    offer = Repair(
        words=f"Leave {count(len(labels), 'class', 'classes')} out",
        marks=tuple(DropClass(name=look.manifest.classes[label]) for label in labels),
    )
    yield Finding(
        kind=kind,
        title=f"{count(len(labels), 'class', 'classes')} with {title}",
        sentence=f"{', '.join(names)}{more}. {sentence}",
        repairs=(offer,) if remain >= FEWEST_CLASSES else (),
    )


def _called_as_sides(look: Look) -> Iterator[Finding]:
    """Find classes that are called like the sides of a split."""
    names = [f"“{look.name(label)}”" for label, name in enumerate(look.manifest.classes) if side_of(name)]
    if names:
        is_are, a_side = ("are", "sides") if len(names) > 1 else ("is", "a side")
        yield Finding(
            kind="side",
            title=f"{' and '.join(names)} {is_are} called like {a_side} of a split",
            sentence="As classes, the network learns which folder a picture lay in, not what is on it. If that is not "
            "meant, have the folders understood in another way.",
        )


def _spellings(look: Look) -> Iterator[Finding]:
    """Find names that differ only in accents, hyphens, spaces or a plural s."""
    alike: dict[str, list[int]] = defaultdict(list)
    for label, name in enumerate(look.manifest.classes):
        alike[_bare(name)].append(label)
    for labels in alike.values():
        if len(labels) > 1:
            names = " and ".join(f"“{look.name(label)}”" for label in labels)
            largest = max(labels, key=lambda label: look.sizes[label])
            classes = look.manifest.classes
            yield Finding(
                kind="spelling",
                title=f"{names} are perhaps one class",
                sentence="Their names differ by little. As two classes the network has to tell apart what is the same.",
                repairs=(
                    Repair(
                        words=f"Call all of them {look.name(largest)}",
                        marks=(CallClasses(classes=tuple(classes[label] for label in labels), name=classes[largest]),),
                    ),
                ),
            )


def _bare(name: str) -> str:
    """Return a name without what spellings differ in; a single letter is told from its capital, as signs are."""
    if len(name) < _WORD:
        return name
    letters = "".join(
        sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign)
    )
    return re.sub(r"[\W_]+", "", letters).removesuffix("s")
