"""The ledger in words: what each mark did, as a line that a person can read and take back."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from tlcore.data.marks import (
    CallClasses,
    Confirm,
    DropClass,
    LeaveOut,
    Mark,
    MoveTo,
    ReadAs,
    Relabel,
    SplitBy,
    TakeIn,
)
from tlcore.data.survey import Survey
from tlcore.data.ways import title_of
from tlcore.text import clean, count

_REASONS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "near": ("near duplicate", "", "Another picture of its class looks the same."),
        "conflict": ("picture", " that lay in several classes", "It also lies in another class."),
        "leak": ("picture", " that are also checked with", "It is also among those to check with."),
        "uneven": ("picture", " drawn by lot", "It was drawn by lot, to make the classes more even."),
        "small": ("small picture", "", "It is too small."),
        "thin": ("long and thin picture", "", "It is too long and thin."),
        "blank": ("blank picture", "", "There is nothing on it."),
        "grey": ("grey picture", "", "It is grey among pictures in colour."),
        "doubtful": ("doubtful picture", "", "Its class is doubtful."),
    }
)
"""Why pictures were left out, by the key of a LeaveOut: one of them, what is said of several, the sentence for each."""
_BY_HAND = ("picture", "", "")


def reason(why: str) -> str:
    """Return the sentence that tells why a picture is left out by hand."""
    return f"It is left out by hand. {_REASONS.get(why, _BY_HAND)[2]}".strip()


def told(mark: Mark, survey: Survey, labels: Mapping[int, str]) -> str:
    """Return one line that says what a mark did; `labels` has the class of each picture by its place."""
    match mark:
        case LeaveOut() | TakeIn() | Relabel() | Confirm() | MoveTo() if len(mark.pictures) == 1:
            folder_and_name = survey.facts[mark.pictures[0]].path.split("/")[-2:]
            return f"{_said(mark, labels)}: {clean('/'.join(folder_and_name), 60)}"
    return _said(mark, labels)


def _said(mark: Mark, labels: Mapping[int, str]) -> str:
    match mark:
        case LeaveOut(pictures=pictures, why=why):
            one, several, _ = _REASONS.get(why, _BY_HAND)
            said = several if len(pictures) > 1 else ""
            return f"{count(len(pictures), one)}{_of(pictures, labels)}{said} left out"
        case TakeIn(pictures=pictures):
            return f"{count(len(pictures), 'picture')}{_of(pictures, labels)} taken in"
        case Relabel(pictures=pictures, name=name):
            return f"{count(len(pictures), 'picture')} put into {_shown(name)}"
        case Confirm(pictures=pictures):
            is_right = "is right as it is" if len(pictures) == 1 else "are right as they are"
            return f"{count(len(pictures), 'picture')}{_of(pictures, labels)} {is_right}"
        case MoveTo(pictures=pictures, split=split):
            side = "learn from" if split == "train" else "check with"
            return f"{count(len(pictures), 'picture')} put among those to {side}"
        case SplitBy(seed=seed, folds=0, share=share):
            return f"Split drawn with seed {seed}, {100 * share:.0f} % of each class to check with"
        case SplitBy(seed=seed, folds=folds, fold=fold):
            return f"Split drawn with seed {seed} into {folds} folds; fold {fold} is to check with"
        case CallClasses(classes=classes, name=name):
            others = [_shown(one) for one in classes if one != name] or [_shown(name)]
            return f"{_listed(others)} called {_shown(name)}"
        case DropClass(name=name):
            return f"The class {_shown(name)} left out"
        case ReadAs(reading=reading):
            return f"Understood as: {(title_of(reading) or clean(reading, 40)).lower()}"


def _of(pictures: Iterable[int], labels: Mapping[int, str]) -> str:
    """Return whose pictures these are, or in how many classes they lie."""
    classes = {labels[place] for place in pictures if place in labels}
    if not classes:
        return ""
    return f" of {_shown(classes.pop())}" if len(classes) == 1 else f" of {len(classes)} classes"


def _listed(names: Sequence[str]) -> str:
    return (
        names[0]
        if len(names) == 1
        else f"{', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"
    )


def _shown(name: str) -> str:
    return f"“{clean(name, 40)}”"
