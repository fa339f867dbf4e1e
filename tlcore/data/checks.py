"""The checks of a whole set: what is broken, double, uneven, tiny, blank or out of place, the gravest first."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from statistics import median

from tlcore.data.balance import balance
from tlcore.data.doubles import doubles
from tlcore.data.findings import Finding, Look, Repair
from tlcore.data.limits import SMALL_SIDE
from tlcore.data.manifest import Example, Manifest
from tlcore.data.marks import LeaveOut, Mark, TakeIn
from tlcore.data.survey import Survey
from tlcore.records import uncollected
from tlcore.text import count

_THIN = 3
"""Longer side over shorter side beyond which the square that the network gets leaves most of a picture out."""
_FAR_SMALLER = 4
"""Times that the usual shorter side is longer than that of a picture that is far smaller than the rest."""
_FEW = 0.5
"""Of a set: what is true of more of its pictures is how the set is, and nothing to leave out."""
_ODD = 0.2
"""Of a set: grey pictures up to this share are odd ones among pictures in colour."""


@uncollected()
def find(survey: Survey, manifest: Manifest, marks: Sequence[Mark], seed: int) -> tuple[Finding, ...]:
    """Return what is found about the set that `marks` made of `survey`, the gravest first; `seed` draws samples."""
    look = Look(survey, manifest, marks, seed)
    found = chain(doubles(look), balance(look), _blank(look), _grey(look), _small(look), _thin(look), _left_out(look))
    return tuple(sorted(found, key=lambda finding: not finding.is_grave))


def _blank(look: Look) -> Iterator[Finding]:
    blank = look.having("blank", lambda fact: fact.is_blank)
    yield from _offered(
        look,
        "blank",
        blank,
        title=f"{count(len(blank), 'picture')} all in one colour",
        sentence="There is nothing on it, so nothing can be learned from it but its colour."
        if len(blank) == 1
        else "There is nothing on them, so nothing can be learned from them but their colour.",
    )


def _grey(look: Look) -> Iterator[Finding]:
    grey = look.having("grey", lambda fact: fact.is_grey and not fact.is_blank)
    if len(grey) > _ODD * len(look.manifest.examples):
        return
    sizes = Counter(one.label for one in grey)
    whole = [label for label in sizes if 2 * sizes[label] > look.sizes[label]]
    if whole:
        yield Finding(
            kind="grey_class",
            title=f"{' and '.join(f'“{look.name(label)}”' for label in whole[:3])}: mostly grey",
            sentence="The other classes are in colour, so grey alone gives the answer away, and the network need not "
            "look at the thing. Add pictures in colour, or do not trust what it says of grey ones.",
            places=tuple(one.place for one in grey if one.label in whole),
        )
    odd = [one for one in grey if one.label not in whole]
    yield from _offered(
        look,
        "grey",
        odd,
        title=f"{count(len(odd), 'grey picture')} among pictures in colour",
        sentence="Harmless while there are few of them in every class; where most lie in one class, the network learns "
        "grey instead of the thing.",
        is_grave=False,
    )


def _small(look: Look) -> Iterator[Finding]:
    # In the order of the survey, for so they lie in memory.
    facts = [look.survey.facts[place] for place in sorted(one.place for one in look.manifest.examples)]
    usual = median([min(fact.width, fact.height) for fact in facts])
    least = max(SMALL_SIDE, usual / _FAR_SMALLER)
    small = look.having("small", lambda fact: fact.width < least or fact.height < least)
    yield from _offered(
        look,
        "small",
        small,
        title=f"{count(len(small), 'picture')} with a side under {least:.0f} pixels",
        sentence=f"The usual shorter side of this set is {usual:.0f} pixels. Small ones are enlarged, so the network "
        "gets a blur, and may learn the blur where a class has many of them.",
        is_grave=False,
    )


def _thin(look: Look) -> Iterator[Finding]:
    thin = look.having("thin", lambda fact: fact.width > _THIN * fact.height or fact.height > _THIN * fact.width)
    yield from _offered(
        look,
        "thin",
        thin,
        title=f"{count(len(thin), 'picture')} more than {_THIN} times as long as wide",
        sentence="The network gets the square in the middle, less than a third of such a picture. Is the thing in it?",
        is_grave=False,
    )


def _offered(
    look: Look, kind: str, examples: Sequence[Example], *, title: str, sentence: str, is_grave: bool = True
) -> Iterator[Finding]:
    """Yield a finding about single pictures, with the offer to leave them out unless most of the set is like them."""
    if not examples:
        return
    places = tuple(one.place for one in examples)
    usual = len(examples) > _FEW * len(look.manifest.examples)
    offer = Repair(words=f"Leave {count(len(places), 'picture')} out", marks=(LeaveOut(pictures=places, why=kind),))
    yield Finding(
        kind=kind,
        title=title,
        sentence=f"{sentence} Most of this set is like that, so there is nothing to leave out." if usual else sentence,
        places=places,
        repairs=() if usual else (offer,),
        is_grave=is_grave and not usual,
    )


def _left_out(look: Look) -> Iterator[Finding]:
    """Tell what was left out without being asked: files that cannot be read, and placeholders."""
    placeholders = tuple(one.place for one in look.manifest.left_out if one.code == "PLACEHOLDER")
    if placeholders:
        yield Finding(
            kind="placeholder",
            title=f"{count(len(placeholders), 'placeholder')} left out",
            sentence="A flat drawing in few colours among photographs, such as the “image not found” picture that a "
            "download leaves behind. If it belongs to the set, take it in.",
            places=placeholders,
            repairs=(
                Repair(
                    words=f"Take {'it' if len(placeholders) == 1 else 'them'} in",
                    marks=(TakeIn(pictures=placeholders),),
                ),
            ),
            is_grave=False,
        )
    names: dict[str, list[str]] = defaultdict(list)
    for one in look.survey.unfit:
        names[one.sentence].append(one.name)
    for sentence, files in sorted(names.items(), key=lambda item: (-len(item[1]), item[0])):
        yield Finding(
            kind="unfit",
            title=f"{count(len(files), 'file')} cannot be used",
            sentence=f"{sentence} It is left out already, and stays where it is.",
            names=tuple(files),
            is_grave=False,
        )
