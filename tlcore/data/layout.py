"""Which picture is of which class and on which side, as one way of understanding paths and tables has it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tlcore.data.facts import LONGEST_NAME
from tlcore.data.limits import MOST_CLASSES
from tlcore.data.manifest import LeftOut, Notice
from tlcore.data.survey import Table
from tlcore.data.tree import Folder, describe, plant
from tlcore.errors import PictureError
from tlcore.text import clean

STRAY = "STRAY"
"""Code of a picture that lies in no class folder."""
LONGEST_CLASS_NAME = 120
_LONGEST_FOLDER_NAME = 1000
_SIDES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("train", "training"), "train"),
        **dict.fromkeys(("val", "valid", "validation"), "val"),
        **dict.fromkeys(("test", "testing"), "test"),
    }
)
Reasons = Mapping[int, tuple[str, str]]
"""Place of a picture to the code and the sentence that say why it has no class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is to be understood: the paths of all files as a tree, and the tables beside them."""

    paths: Sequence[str]
    pictures: int
    """How many of the paths, from the first, are of pictures that can be used."""
    root: Folder
    tables: Sequence[Table] = ()

    @classmethod
    def of(cls, paths: Sequence[str], pictures: int | None = None, tables: Sequence[Table] = ()) -> "Found":
        """Plant the tree; raise PictureError with code NO_PICTURES if nothing in it may be a picture."""
        root = plant(paths)
        if not root.pictures:
            raise PictureError("NO_PICTURES", "There is no picture in it.", "JPEG, PNG or WebP will do.")
        count = len(paths) if pictures is None else pictures
        return cls(paths=paths, pictures=count, root=root, tables=tables)


@dataclass(frozen=True, slots=True)
class Row:
    """A picture by its place in the paths, with its class as it is written somewhere, and its side."""

    place: int
    name: str
    split: str
    """ "train", "val", or "" where nothing says."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture that has a class."""

    index: int
    """Place in the paths that were given."""
    label: int
    """Place in Layout.classes."""
    split: str
    """ "train", "val", or "" where nothing says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Classes and split."""

    classes: tuple[str, ...]
    placed: tuple[Placed, ...]
    left_out: tuple[LeftOut, ...]
    notices: tuple[Notice, ...]


def lay_out(
    found: Found,
    rows: Sequence[Row],
    *,
    reasons: Reasons = MappingProxyType({}),
    beside: tuple[str, str],
    notices: Iterable[Notice] = (),
    spelled: bool = False,
) -> Layout:
    """Put names that mean the same class together, and name every file that has none.

    `beside` is the reason of files that neither have a row nor a reason. Names that differ only in case stay apart
    where they count as `spelled`. Raises PictureError with code NO_CLASSES, ONE_CLASS or TOO_MANY_CLASSES.
    """
    names = sorted({row.name for row in rows})
    keys = {name: class_key(name, spelled=spelled) for name in names}
    shown = _shown(keys)
    _check(found.root, sorted(shown.values()))
    classes = tuple(sorted(shown.values()))
    place_of = {name: number for number, name in enumerate(classes)}
    labels = {name: place_of[shown[keys[name]]] for name in names}
    placed = sorted((Placed(row.place, labels[row.name], row.split) for row in rows), key=lambda one: one.index)
    merged = sorted(shown[key] for key, count in Counter(keys.values()).items() if count > 1)
    return Layout(
        classes=classes,
        placed=tuple(placed),
        left_out=_unplaced(found, placed, reasons, beside),
        notices=(
            *notice("Names that differ only in case, spaces or the coding of their letters are one class.", merged),
            *notices,
        ),
    )


def side_of(name: str) -> str:
    """Return the side that a folder or a cell of this name stands for: "train", "val" or "test"; "" for others."""
    return _SIDES.get(name.strip().casefold(), "")


def class_key(name: str, *, spelled: bool = False) -> str:
    """Return what spellings of one class have in common; single letters keep their case, as signs do."""
    shown = clean(name, _LONGEST_FOLDER_NAME)
    return shown if spelled or len(shown) == 1 else shown.casefold()


def notice(sentence: str, names: Sequence[str]) -> tuple[Notice, ...]:
    """Return what is worth knowing about these classes or folders, if there are any."""
    return (Notice(sentence=sentence, count=len(names), name=names[0]),) if names else ()


def unused(sentence: str, tables: Iterable[str]) -> tuple[LeftOut, ...]:
    """Return tables with these paths that say nothing about the classes, with the reason."""
    names = sorted(clean(path, LONGEST_NAME) for path in tables)
    return tuple(LeftOut(name=name, code="TABLE_UNUSED", sentence=sentence) for name in names)


def _shown(keys: Mapping[str, str]) -> dict[str, str]:
    """Return for each key how its class is called: as the first of its names, and unlike any other one's."""
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for name, key in keys.items():
        if key in shown:
            continue
        called, number = clean(name, LONGEST_CLASS_NAME) or "unnamed", 1
        while called in taken:
            number += 1
            called = f"{clean(name, LONGEST_CLASS_NAME - 6)} {number}"
        taken.add(called)
        shown[key] = called
    return shown


def _check(root: Folder, classes: Sequence[str]) -> None:
    if not classes:
        raise PictureError("NO_CLASSES", "No picture has a class.", "Make a folder for each class.")
    if len(classes) == 1:
        raise PictureError(
            "ONE_CLASS",
            f"There is only one class, {classes[0]}. Pictures by folder: {describe(root)}.",
            "Put the pictures of a second class in a folder beside it.",
        )
    if len(classes) > MOST_CLASSES:
        raise PictureError(
            "TOO_MANY_CLASSES",
            f"There are {len(classes)} classes; {MOST_CLASSES} is the most.",
            "Choose a folder that holds the class folders themselves.",
        )


def _unplaced(found: Found, placed: Sequence[Placed], reasons: Reasons, beside: tuple[str, str]) -> tuple[LeftOut, ...]:
    """Name every file that is in no class, with its reason."""
    in_class = {one.index for one in placed}
    rows = []
    for index in sorted(set(found.root.below()) - in_class):
        code, sentence = reasons.get(index, beside)
        rows.append(LeftOut(name=clean(found.paths[index], LONGEST_NAME), code=code, sentence=sentence, place=index))
    return tuple(rows)
