"""Classes and split of a set, read from nothing but the paths of its files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tlcore.data.limits import MOST_CLASSES
from tlcore.data.manifest import LeftOut, Notice
from tlcore.data.tree import Folder, describe, plant
from tlcore.errors import PictureError
from tlcore.text import clean

LONGEST_CLASS_NAME = 120
_TRAIN = frozenset({"train", "training"})
_VALIDATION = frozenset({"val", "valid", "validation"})
_TEST = frozenset({"test", "testing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A file that lies in a class folder."""

    index: int  # place in the paths that were given
    label: int  # place in Layout.classes
    split: str  # "train", "val", or "" where the folders do not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a list of paths says about classes and split."""

    classes: tuple[str, ...]
    placed: tuple[Placed, ...]
    left_out: tuple[LeftOut, ...]
    notices: tuple[Notice, ...]
    ignored: int  # system files


def read_layout(paths: Sequence[str]) -> Layout:
    """Tell classes and split from relative paths with "/" between folders.

    Raises PictureError with code NO_PICTURES, NO_CLASSES, ONE_CLASS or TOO_MANY_CLASSES, and shows what it saw.
    """
    root, ignored = plant(paths)
    if not root.pictures:
        raise PictureError("NO_PICTURES", "There is no picture in it.", "JPEG, PNG or WebP will do.")
    sides, reasons = _sides(root)
    folders = [folder for split, side in sides if split != "val" for folder in _descend(side).inner()]
    _check_classes(root, folders)
    spellings: dict[str, str] = {}
    for folder in sorted(folders, key=lambda folder: folder.name):
        spellings.setdefault(_key(folder.name), _shown(folder.name))
    classes = tuple(sorted(spellings.values()))
    labels = {key: classes.index(shown) for key, shown in spellings.items()}
    placed: list[Placed] = []
    nested: list[str] = []
    for split, side in sides:
        for folder in _descend(side, labels).inner():
            if _key(folder.name) not in labels:
                reason = f"Its class, {_shown(folder.name)}, is not among those to learn from."
                reasons.update(dict.fromkeys(folder.below(), ("NOT_IN_TRAIN", reason)))
                continue
            nested.extend(clean(inner.name) for inner in folder.inner())
            label = labels[_key(folder.name)]
            placed.extend(Placed(index=index, label=label, split=split) for index in folder.below())
    placed.sort(key=lambda one: one.index)
    return Layout(
        classes=classes,
        placed=tuple(placed),
        left_out=_unplaced(paths, root, placed, reasons),
        notices=(
            *_notice("Folders whose names differ only in case or spaces are one class.", _merged(folders, spellings)),
            *_notice("Pictures in folders inside a class folder belong to that class.", sorted(nested)),
        ),
        ignored=ignored,
    )


def _descend(folder: Folder, known: Iterable[str] = ()) -> Folder:
    """Go through folders that merely wrap one other, to the first that holds several or a known class."""
    while len(inner := folder.inner()) == 1 and inner[0].inner() and _key(inner[0].name) not in known:
        folder = inner[0]
    return folder


def _sides(root: Folder) -> tuple[list[tuple[str, Folder]], dict[int, tuple[str, str]]]:
    """Return the folders to learn from and to be judged by, and why the files of others are left out.

    A train folder without a val or test folder beside it is a folder like any other: perhaps a class of vehicles.
    """
    level = _descend(root)
    train, validation, test = (_named(level, names) for names in (_TRAIN, _VALIDATION, _TEST))
    if not train and 0 < len(level.inner()) == len(validation + test):
        raise PictureError(
            "NO_CLASSES",
            f"There is no train folder to learn from. Pictures by folder: {describe(root)}.",
            "Put train beside it, with a folder for each class.",
        )
    if not train or not (validation or test):
        return [("", level)], {}
    reasons: dict[int, tuple[str, str]] = {}
    if validation:
        kept_apart = ("KEPT_APART", "Kept apart: test. The val folder is the one to be judged by.")
        reasons.update((index, kept_apart) for folder in test for index in folder.below())
    return [("train", folder) for folder in train] + [("val", folder) for folder in validation or test], reasons


def _named(level: Folder, names: frozenset[str]) -> list[Folder]:
    return [folder for folder in level.inner() if folder.name.strip().casefold() in names]


def _check_classes(root: Folder, folders: list[Folder]) -> None:
    found = {_key(folder.name) for folder in folders}
    seen = f"Pictures by folder: {describe(root)}."
    if not found:
        raise PictureError(
            "NO_CLASSES", f"The pictures do not lie in class folders. {seen}", "Make a folder for each class."
        )
    if len(found) == 1:
        raise PictureError(
            "ONE_CLASS",
            f"There is only one class, {_shown(folders[0].name)}. {seen}",
            "Put the pictures of a second class in a folder beside it.",
        )
    if len(found) > MOST_CLASSES:
        raise PictureError(
            "TOO_MANY_CLASSES",
            f"There are {len(found)} class folders; {MOST_CLASSES} is the most.",
            "Choose a folder that holds the class folders themselves.",
        )


def _key(name: str) -> str:
    """Return what two spellings of one class have in common; single letters keep their case, as signs do."""
    shown = _shown(name)
    return shown if len(shown) == 1 else shown.casefold()


def _shown(name: str) -> str:
    return clean(name, LONGEST_CLASS_NAME) or "unnamed"


def _unplaced(
    paths: Sequence[str], root: Folder, placed: list[Placed], reasons: dict[int, tuple[str, str]]
) -> tuple[LeftOut, ...]:
    """Name every file that is in no class, with its reason."""
    in_class = {one.index for one in placed}
    beside = ("STRAY", "It lies beside the class folders, so it has no class.")
    rows = []
    for index in sorted(set(root.below()) - in_class):
        code, sentence = reasons.get(index, beside)
        rows.append(LeftOut(name=clean(paths[index], 200), code=code, sentence=sentence, place=index))
    return tuple(rows)


def _merged(folders: list[Folder], spellings: dict[str, str]) -> list[str]:
    """Return the classes that folders of several names were taken for."""
    names: dict[str, set[str]] = {}
    for folder in folders:
        names.setdefault(_key(folder.name), set()).add(folder.name)
    return [spellings[key] for key, spelled in sorted(names.items()) if len(spelled) > 1]


def _notice(sentence: str, names: list[str]) -> tuple[Notice, ...]:
    return (Notice(sentence=sentence, count=len(names), name=names[0]),) if names else ()
