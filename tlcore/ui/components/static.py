"""Small pieces of HTML that only show; pages hand them to `st.html`. Every text in them is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from tlcore.text import clean
from tlcore.ui.components.icons import icon

_LONGEST = 600
"""Characters of a sentence, which may hold a name that somebody chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One phase in the bar that shows how far a run is."""

    label: str  # Phase 2: + layer4; on a phone only what stands before the colon
    fraction_done: float  # 0 to 1
    share: float  # of the whole bar; only the ratio to the others counts
    active: bool = False


_CHIP_ICONS = {"ice": "snow", "ember": "flame", "plain": ""}


def chip(kind: Literal["ice", "ember", "plain"], text: str, *, mark: str = "", breathing: bool = False) -> str:
    """Return a state chip; ice and ember bring their own mark, a plain one takes the icon named by `mark`."""
    name = mark or _CHIP_ICONS[kind]
    breath = " thaw-breathing" if breathing else ""
    return f'<span class="thaw-chip thaw-{kind}{breath}">{icon(name) if name else ""}{escape(text)}</span>'


def chips(*made: str) -> str:
    """Return chips in one line."""
    return f'<div class="thaw-chips">{"".join(made)}</div>'


def say(text: str, *, lead: str = "What to see:", mark: str = "bulb") -> str:
    """Return the well with the sentence that says what to see; words between backticks are set as code."""
    opening = f"<b>{escape(lead)}</b> " if lead else ""
    return f'<div class="thaw-say">{icon(mark)}<p>{opening}{_with_code(clean(text, _LONGEST))}</p></div>'


def line(text: str) -> str:
    """Return a sentence under a title, that keeps its room whatever it says."""
    return f'<p class="thaw-line">{_with_code(clean(text, _LONGEST))}</p>'


def cells(learning: Sequence[bool]) -> str:
    """Return a network in small: one cell for each block."""
    words = f"{sum(learning)} of {len(learning)} blocks learn"
    inner = "".join(f'<i class="{"thaw-l" if on else ""}">{icon("flame" if on else "snow")}</i>' for on in learning)
    return f'<span class="thaw-cells" role="img" aria-label="{words}">{inner}</span>'


def numbers(items: Sequence[tuple[str, str, str]]) -> str:
    """Return a row of large numbers, each with the line under it and a second line that may be empty."""
    inner = "".join(
        f"<div><b>{escape(value)}</b>{''.join(f'<span>{escape(line)}</span>' for line in lines if line)}</div>"
        for value, *lines in items
    )
    return f'<div class="thaw-numbers" style="--count: {len(items)}">{inner}</div>'


def segments(parts: Sequence[Segment]) -> str:
    """Return the bar of a run, cut into its phases."""
    whole = sum(part.share for part in parts) or 1.0
    done = sum(part.share * min(1.0, max(0.0, part.fraction_done)) for part in parts) / whole
    inner = "".join(
        f'<div class="{"thaw-active" if part.active else ""}" style="--share: {max(part.share, 0.0):.4f}">'
        f'<i style="--done: {min(1.0, max(0.0, part.fraction_done)):.1%}"></i>'
        f"<span>{_short_first(part.label)}</span></div>"
        for part in parts
    )
    return (
        f'<div class="thaw-segments" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{done * 100:.0f}" aria-label="{done * 100:.0f} percent done">{inner}</div>'
    )


def legend(little: str, much: str) -> str:
    """Return the colours of amounts with a word at both ends."""
    return f'<div class="thaw-legend"><span>{escape(little)}</span><i></i><span>{escape(much)}</span></div>'


def facts_table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return short facts, a line each: what it is, what it says, and a mark (`check`, `cross`) or none."""
    inner = "".join(
        f"<span>{escape(name)}</span><b>{_verdict(mark)}{escape(clean(value))}</b>" for name, value, mark in rows
    )
    return f'<div class="thaw-facts">{inner}</div>'


def _verdict(mark: str) -> str:
    return f'<i class="thaw-{"right" if mark == "check" else "wrong"}">{icon(mark)}</i>' if mark else ""


def files(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return files, each with what is said of it and a word for programs, which may be empty."""
    inner = "".join(
        f"<li>{_file(clean(path, 200))}<p>{escape(said)}{_word(code)}</p></li>" for path, said, code in rows
    )
    return f'<ul class="thaw-files">{inner}</ul>'


def _file(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"<div><b>{escape(name)}</b>{f'<span>{escape(folder)}</span>' if folder else ''}</div>"


def _word(code: str) -> str:
    return f" <code>{escape(code)}</code>" if code else ""


def device_note(title: str, lines: Sequence[str]) -> str:
    """Return the foot of the sidebar: which device, and what it does now."""
    inner = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return f'<div class="thaw-device">{icon("processor")}<div><b>{escape(title)}</b>{inner}</div></div>'


def _short_first(label: str) -> str:
    short, colon, rest = label.partition(":")
    return f"{escape(short)}<em>{escape(colon + rest)}</em>"


def _with_code(text: str) -> str:
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:  # a backtick without its partner is only a sign
        return escape(text)
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))
