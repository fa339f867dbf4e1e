"""Several ways to understand the same paths: what each would give, which is surest, and when to ask."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from tlcore.data.folders import by_folders, folders_key, has_two_levels
from tlcore.data.labelled import by_tables
from tlcore.data.layout import Found, Layout, side_of, unused
from tlcore.data.marks import Mark, ReadAs
from tlcore.data.survey import Survey, Table
from tlcore.data.ways import WAYS, read
from tlcore.errors import PictureError
from tlcore.records import uncollected
from tlcore.text import clean

_TABLE_SHARE = 0.5
"""Of the pictures that have a class, which a table must name before its word counts against that of folders."""
_LONGEST_PART = 24
_PARTS = 4
"""Of a path that is shown: the file and the folders nearest to it."""
_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "NO_CLASSES": "The pictures do not lie in class folders.",
        "ONE_CLASS": "The folders make one class only.",
        "TOO_MANY_CLASSES": "There are more class folders than a set can have.",
    }
)
"""Code of the fault that folders have to the reason why others ways are asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to understand an album, and what it would give."""

    key: str
    """What a ReadAs mark keeps."""
    title: str
    sentence: str
    example: tuple[str, str]
    """A picture's path, and the class that it would have."""
    classes: tuple[tuple[str, int], ...]
    """Name and number of pictures, sorted by name."""
    to_check: int
    """Pictures that it would put on the side for validation."""
    without: int
    """Pictures that would have no class."""


class UndecidedError(PictureError):
    """It is in doubt what the classes are, and a person has to say."""

    def __init__(self, reason: str, ways: Sequence[Reading]) -> None:
        titles = ", ".join(way.title for way in ways)
        super().__init__("UNDECIDED", reason, f"Say how to understand them: {titles}.")


def found_in(survey: Survey) -> Found:
    """Return what there is to be understood in a survey; what could not be read still shows that its folder is there.

    Raises PictureError with code NO_PICTURES if nothing in it may be a picture.
    """
    return Found.of(_paths(survey), len(survey.facts), survey.tables)


def understood(survey: Survey, marks: Sequence[Mark]) -> Layout:
    """Return the layout in the way that the last ReadAs mark says, or else in the surest way.

    Raises UndecidedError where it is in doubt, and PictureError where no way is left.
    """
    return _understood(_paths(survey), len(survey.facts), survey.tables, decided(marks))[1]


def reading_of(survey: Survey, marks: Sequence[Mark]) -> str:
    """Return the key of the reading by which `understood` understands; raise what it raises."""
    return _understood(_paths(survey), len(survey.facts), survey.tables, decided(marks))[0]


@lru_cache(maxsize=2)
@uncollected()
def _understood(paths: tuple[str, ...], pictures: int, tables: tuple[Table, ...], key: str) -> tuple[str, Layout]:
    """Marks change what is made of a survey, but not its paths: a ledger understands them once."""
    found = Found.of(paths, pictures, tables)
    key, layout = (key, read(found, key)) if key else surest(found)
    sentence = "It is a table with classes that is not used: folders or file names say them."
    told = unused(sentence, [table.path for table in tables] if key != "table" else ())
    return key, replace(layout, left_out=(*layout.left_out, *told))


def _paths(survey: Survey) -> tuple[str, ...]:
    return (*(fact.path for fact in survey.facts), *(one.name for one in survey.unfit))


def decided(marks: Sequence[Mark]) -> str:
    """Return the key of the reading that a person decided for, "" if nobody did."""
    return next((mark.reading for mark in reversed(marks) if isinstance(mark, ReadAs)), "")


def surest(found: Found) -> tuple[str, Layout]:
    """Return the reading that needs no question, with its key; raise UndecidedError if a person has to say."""
    table = _table(found)
    try:
        layout = by_folders(found)
    except PictureError as fault:
        if table is not None and len(table.placed) >= _TABLE_SHARE * found.pictures:
            return "table", table
        if ways := readings(found):
            raise UndecidedError(_FAULTS.get(fault.code, fault.message), ways) from None
        raise
    if reason := _doubt(found, layout, table):
        raise UndecidedError(reason, readings(found))
    return folders_key(found.root), layout


def readings(found: Found) -> tuple[Reading, ...]:
    """Return all ways that make a set, each with what it would give; those that come to the same are one.

    A way in which sides of a split would be classes is the last, and the only one of its kind.
    """
    layouts: dict[str, Layout] = {}
    for key, way in WAYS.items():
        try:
            layout = way.read(found)
        except PictureError:
            continue
        if key == "prefix":
            # That pictures are called after their folders is nothing new.
            known = any(_same(layout, other) for other in layouts.values())
        else:
            known = any((layout.classes, layout.placed) == (one.classes, one.placed) for one in layouts.values())
        if not known and _sizes(found, layout) and (key == "folders" or not _takes_sides_for_classes(layout)):
            layouts[key] = layout
    return tuple(
        _reading(found, key, layout)
        for key, layout in sorted(layouts.items(), key=lambda one: _takes_sides_for_classes(one[1]))
    )


def _reading(found: Found, key: str, layout: Layout) -> Reading:
    sizes = _sizes(found, layout)
    first = next(one for one in layout.placed if one.index < found.pictures)
    return Reading(
        key=key,
        title=WAYS[key].title,
        sentence=WAYS[key].sentence,
        example=(_cut(found.paths[first.index]), layout.classes[first.label]),
        classes=tuple((name, sizes[label]) for label, name in enumerate(layout.classes)),
        to_check=sum(one.split == "val" for one in layout.placed if one.index < found.pictures),
        without=found.pictures - sum(sizes.values()),
    )


def _cut(path: str) -> str:
    """Return a path short enough for a sentence."""
    parts = [clean(part, _LONGEST_PART) for part in path.split("/")]
    return "/".join(parts if len(parts) <= _PARTS else ["…", *parts[-_PARTS:]])


def _sizes(found: Found, layout: Layout) -> Counter[int]:
    """Return the number of pictures for each class."""
    return Counter(one.label for one in layout.placed if one.index < found.pictures)


def _table(found: Found) -> Layout | None:
    if not found.tables:
        return None
    try:
        return by_tables(found)
    except PictureError:
        return None


def _doubt(found: Found, layout: Layout, table: Layout | None) -> str:
    """Say why what folders tell should not be taken without asking, "" if nothing speaks against it."""
    if _takes_sides_for_classes(layout):
        return "A folder that is called like a side of a split would be a class."
    if has_two_levels(found.root):
        return "There are folders inside folders, and either could be the classes."
    if table is not None and len(table.placed) >= _TABLE_SHARE * len(layout.placed) and _disagree(layout, table):
        return "The table puts pictures into other classes than their folders do."
    return ""


def _takes_sides_for_classes(layout: Layout) -> bool:
    return any(side_of(name) for name in layout.classes)


def _same(layout: Layout, other: Layout) -> bool:
    """Say whether two readings sort the same pictures alike, whatever the classes are called."""
    return len(layout.placed) == len(other.placed) and not _disagree(layout, other)


def _disagree(layout: Layout, other: Layout) -> bool:
    """Say whether two readings sort the pictures that both know differently, whatever the classes are called."""
    label_of = {one.index: one.label for one in other.placed}
    pairs = {(one.label, label_of[one.index]) for one in layout.placed if one.index in label_of}
    partners: dict[tuple[int, int], set[int]] = defaultdict(set)
    for here, there in pairs:
        partners[0, here].add(there)
        partners[1, there].add(here)
    return any(len(others) > 1 for others in partners.values())
