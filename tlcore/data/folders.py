"""Classes and split read from folders: at which level the class folders lie, and which folders are sides of a split."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tlcore.data.layout import STRAY, Found, Layout, Reasons, Row, class_key, lay_out, notice, side_of
from tlcore.data.tree import Folder, describe
from tlcore.errors import PictureError
from tlcore.text import clean

_BESIDE = (STRAY, "It lies in no class folder, so nothing says its class.")
_KEPT_APART = ("KEPT_APART", "Kept apart: test. The val folder is the one to be judged by.")


@dataclass(frozen=True, slots=True)
class _Sides:
    """Folders to learn from and to be judged by, each with its side, and why the files of others are left out."""

    folders: Sequence[tuple[str, Folder]]
    reasons: Reasons


def by_folders(found: Found) -> Layout:
    """Return what folders say, as `folders_key` has it; raise PictureError where no side is there to learn from."""
    names = [folder.name for folder in level_of(found.root).inner()]
    if names and all(side_of(name) in ("val", "test") for name in names):
        return by_sides(found)
    return {"sides": by_sides, "inner_sides": by_inner_sides, "folders": by_level}[folders_key(found.root)](found)


def folders_key(root: Folder) -> Literal["sides", "inner_sides", "folders"]:
    """Return which of the readings of folders these folders ask for.

    A train folder without a val or test folder beside it is a folder like any other: perhaps a class of vehicles.
    """
    if has_sides(root):
        return "sides"
    return "inner_sides" if has_inner_sides(root) else "folders"


def by_level(found: Found, *, spelled: bool = False) -> Layout:
    """Take every folder for a class at the first level that has several, whatever the folders are called."""
    level = level_of(found.root)
    return _classes(found, _Sides([("", level)], {}), spelled=spelled)


def by_sides(found: Found, *, spelled: bool = False) -> Layout:
    """Take the folders inside train for the classes, with those of the same names inside val, or else test.

    Raises PictureError with code NO_CLASSES also where there is no train folder.
    """
    return _classes(found, _sides(found.root), spelled=spelled)


def by_inner_sides(found: Found) -> Layout:
    """Take every folder for a class, and the folders train, val and test inside it for its sides.

    Raises PictureError with code NO_CLASSES where there are none inside.
    """
    if not has_inner_sides(found.root):
        raise PictureError("NO_CLASSES", "The class folders do not hold train and val.", "Put both into each of them.")
    rows: list[Row] = []
    reasons: dict[int, tuple[str, str]] = {}
    for folder in level_of(found.root).inner():
        inside = {side_of(inner.name) for inner in folder.inner()}
        rows.extend(Row(place, folder.name, "") for place in folder.files)
        for inner in folder.inner():
            side = side_of(inner.name)
            if side == "test" and "val" in inside:
                reasons.update(dict.fromkeys(inner.below(), _KEPT_APART))
            else:
                rows.extend(Row(place, folder.name, "val" if side == "test" else side) for place in inner.below())
    return lay_out(found, rows, reasons=reasons, beside=_BESIDE)


def by_innermost(found: Found) -> Layout:
    """Take the folders in which pictures lie for the classes, however deep; sides are honoured."""
    sides = _sides(found.root) if has_sides(found.root) else _Sides([("", level_of(found.root))], {})
    return _classes(found, sides, innermost=True)


def has_sides(root: Folder, known: Iterable[str] = ()) -> bool:
    """Say whether there is a train folder with a val or a test folder beside it, at the level that `level_of` finds."""
    sides = {side_of(folder.name) for folder in level_of(root, known).inner()}
    return "train" in sides and bool(sides & {"val", "test"})


def has_inner_sides(root: Folder) -> bool:
    """Say whether the folders inside class folders are all sides of a split, with something to learn from in each."""
    inside = [{side_of(inner.name) for inner in folder.inner()} for folder in level_of(root).inner()]
    return len(inside) > 1 and all("train" in sides and len(sides) > 1 and "" not in sides for sides in inside)


def has_two_levels(root: Folder) -> bool:
    """Say whether a class folder holds several folders of pictures, perhaps in a wrapper, but no picture itself.

    Then it may be a class that somebody sorted further, or a mere wrapper of classes.
    """
    if has_inner_sides(root):
        return False
    tops = [folder for split, folder in _sides(root).folders if split != "val"] if has_sides(root) else [root]
    return any(_branches(folder) for top in tops for folder in level_of(top).inner())


def _branches(folder: Folder) -> bool:
    while not folder.direct:
        if len(inner := folder.inner()) > 1:
            return True
        (folder,) = inner
    return False


def level_of(folder: Folder, known: Iterable[str] = ()) -> Folder:
    """Go through folders that merely wrap one other, to the first that holds several or a known class."""
    while len(inner := folder.inner()) == 1 and inner[0].inner() and class_key(inner[0].name) not in known:
        folder = inner[0]
    return folder


def sides_of(found: Found) -> tuple[dict[int, str], Reasons]:
    """Return the side of each file that lies in a side of a split, and why others are kept apart."""
    if not has_sides(found.root):
        return {}, {}
    sides = _sides(found.root)
    return {place: split for split, folder in sides.folders for place in folder.below()}, sides.reasons


def _classes(found: Found, sides: _Sides, *, spelled: bool = False, innermost: bool = False) -> Layout:
    """Return the layout whose classes are folders inside those of `sides`."""
    reasons = dict(sides.reasons)
    learned = [side for split, side in sides.folders if split != "val"]
    first = [folder for side in learned for folder in _class_folders(side, (), innermost)]
    known = {class_key(name, spelled=spelled): name for name in sorted((one.name for one in first), reverse=True)}
    if not known:
        seen = f"The pictures do not lie in class folders. Pictures by folder: {describe(found.root)}."
        raise PictureError("NO_CLASSES", seen, "Make a folder for each class.")
    rows: list[Row] = []
    nested: list[str] = []
    for split, side in sides.folders:
        for folder in _class_folders(side, known, innermost):
            places = folder.files if innermost else list(folder.below())
            if split == "val" and class_key(folder.name, spelled=spelled) not in known:
                reason = f"Its class, {clean(folder.name)}, is not among those to learn from."
                reasons.update(dict.fromkeys(places, ("NOT_IN_TRAIN", reason)))
                continue
            name = known[class_key(folder.name, spelled=spelled)] if split == "val" else folder.name
            rows.extend(Row(place, name, split) for place in places)
            nested.extend([] if innermost else [clean(inner.name) for inner in folder.inner()])
    return lay_out(
        found,
        rows,
        reasons=reasons,
        beside=_BESIDE,
        notices=notice("Pictures in folders inside a class folder belong to that class.", sorted(nested)),
        spelled=spelled,
    )


def _class_folders(side: Folder, known: Iterable[str], innermost: bool) -> list[Folder]:
    if not innermost:
        return level_of(side, known).inner()
    return [folder for folder in _inside(side) if folder.direct]


def _inside(folder: Folder) -> Iterator[Folder]:
    for inner in folder.inner():
        yield inner
        yield from _inside(inner)


def _sides(root: Folder) -> _Sides:
    """Return the sides, the test folder being kept apart where there is a val folder too."""
    by_side: dict[str, list[Folder]] = {"train": [], "val": [], "test": [], "": []}
    for folder in level_of(root).inner():
        by_side[side_of(folder.name)].append(folder)
    if not by_side["train"]:
        raise PictureError(
            "NO_CLASSES",
            f"There is no train folder to learn from. Pictures by folder: {describe(root)}.",
            "Make a folder train, with a folder for each class in it.",
        )
    apart = by_side["test"] if by_side["val"] else []
    judged = by_side["val"] or by_side["test"]
    reasons = {place: _KEPT_APART for folder in apart for place in folder.below()}
    return _Sides(
        [*(("train", folder) for folder in by_side["train"]), *(("val", folder) for folder in judged)], reasons
    )
