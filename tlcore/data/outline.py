"""The tree of folders as a person looks at it: cut where it gets long, with names where pictures lie."""

from collections.abc import Iterator
from dataclasses import dataclass

from tlcore.data.layout import Found
from tlcore.data.tree import Folder
from tlcore.text import clean

_LONGEST_NAME = 60
_LONGEST_FILE = 28
_NAMED = 3
"""Pictures at the top that are named: where there are no folders, their names are all there is to go by."""
_SHOWN = (12, 3, 1)
"""Folders that are shown in one at each level; below these levels there are only numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A folder with what lies in it."""

    name: str
    """Empty for the top folder."""
    pictures: int
    """Those below it that can be used."""
    such_as: tuple[str, ...]
    """Names of some pictures that lie in the folder itself."""
    inner: tuple["Branch", ...]
    hidden: int
    """Folders in it that are not shown."""


def outline(found: Found) -> Branch:
    """Return a tree cut to what can be taken in: a dozen folders at the top, fewer in each of these."""
    return _branch(found, found.root, 0)


def _branch(found: Found, folder: Folder, depth: int) -> Branch:
    inner = folder.inner()
    # A lone wrapper takes no room from what it wraps.
    most, deeper = (1, depth) if len(inner) == 1 else (_SHOWN[depth] if depth < len(_SHOWN) else 0, depth + 1)
    shown = inner[:most]
    here = sorted(found.paths[place].rsplit("/", 1)[-1] for place in folder.files if place < found.pictures)
    most_named = _NAMED if depth == 0 else 1
    return Branch(
        name=clean(folder.name, _LONGEST_NAME),
        pictures=sum(place < found.pictures for place in folder.below()),
        such_as=tuple(clean(name, _LONGEST_FILE) for name in here[:: max(1, len(here) // most_named)][:most_named]),
        inner=tuple(_branch(found, one, deeper) for one in shown),
        hidden=len(inner) - len(shown),
    )


def drawn(top: Branch) -> str:
    """Return a tree as lines of text, each with its number of pictures."""
    rows = list(_rows(top, 0))
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"{label:<{width}}  {told}".rstrip() for label, told in rows)


def _rows(branch: Branch, depth: int) -> Iterator[tuple[str, str]]:
    indent = "  " * depth
    such = f"   such as {', '.join(branch.such_as)}" if branch.such_as else ""
    yield f"{indent}{branch.name or 'the top folder'}", f"{branch.pictures:>7,}{such}"
    for inner in branch.inner:
        yield from _rows(inner, depth + 1)
    if branch.hidden:
        yield f"{indent}  and {branch.hidden:,} folders more", ""
