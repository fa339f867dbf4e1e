"""A tree of folders, and a way to understand it, as HTML that only shows."""

from collections.abc import Sequence
from html import escape

from tlcore.data.outline import Branch
from tlcore.data.readings import Reading
from tlcore.text import clean, count

_CLASSES_SHOWN = 10
_LONGEST_CLASS = 40


def folder_tree(top: Branch, tables: Sequence[tuple[str, int]]) -> str:
    """Return folders with their numbers of pictures, and the tables with their numbers of rows."""
    rows = "".join(
        f"<li><span>{escape(clean(path, 60))}</span><b>{size:,}</b><i>rows of a table</i></li>" for path, size in tables
    )
    return (
        '<div class="thaw-tree" role="region" aria-label="Folders and numbers of pictures" tabindex="0">'
        f"<ul>{_branch(top)}{rows}</ul></div>"
    )


def way(reading: Reading) -> str:
    """Return what a reading means and what it would give."""
    path, name = reading.example
    chips = "".join(
        f"<li>{escape(clean(label, _LONGEST_CLASS))} <b>{size:,}</b></li>"
        for label, size in reading.classes[:_CLASSES_SHOWN]
    )
    if len(reading.classes) > _CLASSES_SHOWN:
        chips += f"<li>and {len(reading.classes) - _CLASSES_SHOWN:,} more</li>"
    told = [f"So <code>{escape(clean(path, 200))}</code> is “{escape(clean(name, _LONGEST_CLASS))}”."]
    if reading.to_check:
        told.append(f"{count(reading.to_check, 'picture is', 'pictures are')} for checking.")
    if reading.without:
        told.append(f"{count(reading.without, 'picture', 'pictures')} would have no class.")
    return (
        f'<div class="thaw-way"><h3>{escape(reading.title)}</h3><p>{escape(reading.sentence)}</p>'
        f"<p>{' '.join(told)}</p>"
        f'<ul aria-label="Classes and numbers of pictures">{chips}</ul></div>'
    )


def _branch(branch: Branch) -> str:
    more = ", …" if branch.pictures > len(branch.such_as) else ""
    such_as = f"<i>{escape(', '.join(branch.such_as))}{more}</i>" if branch.such_as else ""
    inner = "".join(_branch(one) for one in branch.inner)
    if branch.hidden:
        inner += f"<li><span>and {branch.hidden:,} folders more</span></li>"
    name = escape(branch.name) or "All pictures that can be read"
    return f"<li><span>{name}</span><b>{branch.pictures:,}</b>{such_as}{f'<ul>{inner}</ul>' if inner else ''}</li>"
