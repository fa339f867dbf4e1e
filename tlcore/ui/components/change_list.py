"""The list of what was changed in the middle of a run, as HTML that only shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from tlcore.text import clean
from tlcore.ui.components.icons import icon

_HEADS = ("Time", "Block", "Rate asked for", "Rate applied", "What came of it")
_MARKS = {"done": "check", "pending": "clock", "refused": "cross"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change, in words."""

    when: str  # 14:03:22, or planned
    block: str
    asked: str  # base rate: 0.0003, or 0 for frozen
    applied: str  # the rate in the step from which it counts
    told: str  # from step 88
    kind: Literal["done", "pending", "refused"]


def change_list(rows: Sequence[ChangeRow]) -> str:
    """Return the rows as a table; on a phone each row is a few lines."""
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
    body = "".join(_line(row) for row in rows)
    return (
        '<div class="thaw-changes" role="region" aria-label="What you changed" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(row: ChangeRow) -> str:
    frozen = row.asked == "0"
    state = f'<i class="thaw-{"ice" if frozen else "ember"}">{icon("snow" if frozen else "flame")}</i>'
    asked = f"{state}{escape(row.asked)}{' (frozen)' if frozen else ''}"
    cells = (
        f"<td>{escape(row.when)}</td>",
        f"<td><code>{escape(clean(row.block))}</code></td>",
        f'<td data-label="asked for">{asked}</td>',
        f'<td data-label="applied">{escape(row.applied)}</td>',
        f'<td class="thaw-told">{icon(_MARKS[row.kind])}<span>{escape(clean(row.told, 300))}</span></td>',
    )
    return f'<tr class="thaw-{row.kind}">{"".join(cells)}</tr>'
