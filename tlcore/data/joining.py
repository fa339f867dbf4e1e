"""Puts pictures that are added to a set beside its own, and into the classes that a person said."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tlcore.data.folders import has_sides, level_of
from tlcore.data.layout import LONGEST_CLASS_NAME, class_key, side_of
from tlcore.data.marks import CallClasses, Mark, ReadAs, Relabel
from tlcore.data.readings import decided, reading_of
from tlcore.data.survey import Survey
from tlcore.data.tree import Folder, plant
from tlcore.errors import PictureError
from tlcore.text import clean


@dataclass(frozen=True, slots=True)
class _Frame:
    """The folder that holds the class folders, and the folders of the sides by what they stand for, if it has them."""

    path: tuple[str, ...]
    level: Folder
    sides: Mapping[str, Sequence[str]]

    @property
    def learn(self) -> str:
        """The folder to learn from, or ""."""
        return self.sides["train"][0] if self.sides else ""

    def folder_of(self, side: str) -> str:
        """Return the folder of a side, or of the other one that is judged by, or ""."""
        return next((self.sides[one][0] for one in (side, "val", "test") if one in self.sides), "")


def joined(known: Survey, more: Survey, into: str = "") -> Survey:
    """Return `more` with each path where a picture of its class lies in `known`; loose ones stay loose.

    A wrapping folder is taken off and that of `known` put on; what does not say its side of the split is to learn
    from where `known` has folders for both. With a class `into`, all go into that class.
    """
    frame = _frame(_root(known), ())
    if into:
        moved = _into(frame, into)
    else:
        level = frame.level.folders[frame.learn] if frame.learn else frame.level
        moved = _beside(frame, _frame(_root(more), {class_key(name) for name in level.folders}))
    return replace(
        more,
        facts=tuple(replace(fact, path=moved(fact.path)) for fact in more.facts),
        unfit=tuple(replace(one, name=moved(one.name)) for one in more.unfit),
        tables=tuple(replace(table, path=moved(table.path)) for table in more.tables),
    )


def said(known: Survey, marks: Sequence[Mark], more: Survey, into: str = "", *, by_folder: bool = False) -> list[Mark]:
    """Return the marks that put `more`, as it came, into the classes that a person said, whatever `known` is read by.

    That is the class `into` for all of it, or with `by_folder` for each picture the one that its first folder is
    called. Where neither is said there are none.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, fact in enumerate(more.facts, start=len(known.facts)):
        folder = fact.path.split("/")[0] if by_folder and "/" in fact.path else ""
        if name := clean(into or folder, LONGEST_CLASS_NAME):
            places[name].append(place)
    relabels = [Relabel(pictures=tuple(inside), name=_called(name, marks)) for name, inside in places.items()]
    # A table is read only where folders say nothing, and the new ones would begin to.
    is_table = bool(relabels) and not decided(marks) and _is_by_table(known)
    return [*([ReadAs(reading="table")] if is_table else []), *relabels]


def _called(name: str, marks: Sequence[Mark]) -> str:
    """Return how a class is called by now, since it may have got another name while its pictures came in."""
    for mark in marks:
        if isinstance(mark, CallClasses) and name in mark.classes:
            name = mark.name
    return name


def _is_by_table(survey: Survey) -> bool:
    try:
        return reading_of(survey, ()) == "table"
    except PictureError:
        return False


def _into(frame: _Frame, into: str) -> Callable[[str], str]:
    # A slash in a class's name would make two folders of it.
    start = "/".join([*frame.path, *filter(None, [frame.learn]), into.replace("/", " ")])
    return lambda path: f"{start}/{path}"


def _beside(frame: _Frame, theirs: _Frame) -> Callable[[str], str]:
    sides = {name: frame.folder_of(side) for side, names in theirs.sides.items() for name in names}

    def moved(path: str) -> str:
        parts = [part for part in path.split("/") if part]
        if tuple(parts[: len(theirs.path)]) == theirs.path:
            parts = parts[len(theirs.path) :]
        if len(parts) > 1:
            side = frame.learn
            if parts[0] in sides:
                side = sides[parts.pop(0)]
            parts = [*filter(None, [side]), *parts]
            parts = [*frame.path, *parts]
        return "/".join(parts)

    return moved


def _root(survey: Survey) -> Folder:
    return plant([*(fact.path for fact in survey.facts), *(one.name for one in survey.unfit)])


def _frame(root: Folder, known: Iterable[str]) -> _Frame:
    """Go through folders that merely wrap one other, as far as the classes, of which some may be known."""
    level = level_of(root, known)
    path: list[str] = []
    folder = root
    while folder is not level:
        (folder,) = folder.inner()
        path.append(folder.name)
    sides: dict[str, list[str]] = defaultdict(list)
    if has_sides(root, known):
        for inner in level.inner():
            sides[side_of(inner.name)].append(inner.name)
        sides.pop("", None)
    return _Frame(tuple(path), level, sides)
