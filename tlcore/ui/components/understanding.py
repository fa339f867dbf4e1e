"""A tree of folders, and a way to understand it, as HTML that only shows."""

from collections.abc import Sequence
from html import escape

from tlcore.data.outline import Branch
from tlcore.data.readings import Reading
from tlcore.text import clean

_CLASSES_SHOWN = 10
_LONGEST_CLASS = 40


def folder_tree(top: Branch, tables: Sequence[tuple[str, int]]) -> str:
    """Return folders with their numbers of pictures, and the tables with their numbers of rows."""
    rows = "".join(
        f"<li><span>{escape(clean(path, 60))}</span><b>{count:,}</b><i>rows of a table</i></li>"
        for path, count in tables
    )
    return (
        '<div class="thaw-tree" role="region" aria-label="Folders and numbers of pictures" tabindex="0">'
        f"<ul>{_branch(top)}{rows}</ul></div>"
    )


def way(reading: Reading) -> str:
    """Return what a reading means and what it would give."""
    path, name = reading.example
    chips = "".join(
        f"<li>{escape(clean(name, _LONGEST_CLASS))} <b>{count:,}</b></li>"
        for name, count in reading.classes[:_CLASSES_SHOWN]
    )
    if len(reading.classes) > _CLASSES_SHOWN:
        chips += f"<li>and {len(reading.classes) - _CLASSES_SHOWN:,} more</li>"
    without = f" {reading.without:,} pictures would have no class." if reading.without > 1 else ""
    if reading.without == 1:
        without = " One picture would have no class."
    return (
        f'<div class="thaw-way"><h3>{escape(reading.title)}</h3><p>{escape(reading.sentence)}</p>'
        f"<p>So <code>{escape(clean(path, 200))}</code> is “{escape(clean(name, _LONGEST_CLASS))}”.{without}</p>"
        f'<ul aria-label="Classes and numbers of pictures">{chips}</ul></div>'
    )


def _branch(branch: Branch) -> str:
    first = f"<i>{escape(branch.first)}{' …' if branch.pictures > 1 else ''}</i>" if branch.first else ""
    inner = "".join(_branch(one) for one in branch.inner)
    if branch.hidden:
        inner += f"<li><span>and {branch.hidden:,} folders more</span></li>"
    name = escape(branch.name) or "All files"
    return f"<li><span>{name}</span><b>{branch.pictures:,}</b>{first}{f'<ul>{inner}</ul>' if inner else ''}</li>"
