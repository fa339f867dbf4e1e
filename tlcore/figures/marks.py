"""Marks on charts over epochs: where blocks thawed, what a person changed, where the run rested."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tlcore.config import written_rate
from tlcore.events import Changed, Paused
from tlcore.figures.axes import EMBER, EMBER_TEXT, INK, INK2, SMALL, Figure, note
from tlcore.figures.rate_lines import span
from tlcore.history import History

Kind = Literal["thaw", "change", "rest"]

_TITLE = 20
"""Pixels above the plot that the title of the axis takes."""
STAIR = 24
"""Pixels between the labels of marks, which descend like stairs so that no line crosses a label."""
_MOST_STAIRS = 5
_MOST_LABELS = 12
_CLOSE = 10
"""Pixels; marks that are closer share a label."""
_LETTER = 7.6
"""Pixels that a bold letter takes, taken rather too wide than too narrow."""
_SIGN = 18
"""Pixels before a label, for its dot."""
_BEFORE = 48
"""Pixels to the left of the plot that a label may take."""
_MOST_NAMED = 2
"""Things that one label names; more are counted."""
_TEXT = {"thaw": EMBER_TEXT, "change": INK, "rest": INK2}
_LINE = {"thaw": EMBER, "change": INK, "rest": INK2}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at an epoch; `more` are epochs of what was joined to it."""

    epoch: float
    kind: Kind
    text: str
    short: str
    """The same for a phone."""
    things: int = 1
    more: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark with its label, which stands on a stair, counted from the bottom, to one side of its line."""

    mark: Mark
    label: str
    stair: int
    leftwards: bool


def marks(history: History) -> list[Mark]:
    """Return what is marked on the charts of a run, from its beginning to its end."""
    if history.started is None:
        return []
    per_epoch = history.started.steps_per_epoch
    found = []
    for phase, blocks in history.thaws():
        found.append(Mark(phase.epoch, "thaw", text := f"{span(blocks)} thawed", text))
    found += [_change(change, per_epoch) for change in history.changes if not change.refused]
    for number, (step, rest) in enumerate(history.rests, start=1):
        on = history.rest is not None and number == len(history.rests)
        word = "paused" if isinstance(rest, Paused) else "interrupted"
        found.append(Mark(step / per_epoch, "rest", word if on else f"{word}, went on", word))
    return sorted(found, key=lambda mark: mark.epoch)


def _change(change: Changed, per_epoch: int) -> Mark:
    rate, epoch = written_rate(change.requested), change.after / per_epoch
    if change.requested == 0.0:
        return Mark(epoch, "change", text := f"{change.block} frozen", text)
    if change.before == 0.0:
        return Mark(epoch, "change", f"{change.block} thawed, {rate}", f"{change.block} thawed")
    return Mark(epoch, "change", text := f"{change.block} {rate}", text)


def place(found: Sequence[Mark], epochs: int, width: float, beyond: float, short: bool = False) -> list[Placed]:
    """Join marks and stack their labels so that none collides, on a plot `width` pixels wide with room `beyond` it."""
    pixels = width / epochs
    joined = _join_close(found, _CLOSE / pixels)
    while len(joined) > _MOST_LABELS:
        joined = _join_nearest(joined)
    placed = _stack(joined, pixels, width, beyond, short)
    while len(joined) > 1 and max(one.stair for one in placed) >= _MOST_STAIRS:
        joined = _join_nearest(joined)
        placed = _stack(joined, pixels, width, beyond, short)
    return placed


def height(placed: Sequence[Placed]) -> int:
    """Return the pixels that the labels take."""
    return STAIR * (1 + max(one.stair for one in placed)) if placed else 0


def lines(placed: Sequence[Placed]) -> list[Figure]:
    """Return the lines of marks, through all charts and up to their labels, which begin above the axis' title."""
    shapes = []
    for one in placed:
        colour = _LINE[one.mark.kind]
        style = {"color": colour, "width": 2 if one.mark.kind == "thaw" else 1.6}
        if one.mark.kind != "thaw":
            style["dash"] = "dot"
        for epoch in (one.mark.epoch, *one.mark.more):
            shapes.append({"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1, "line": style})
        top = _middle(one)
        stem = {"type": "line", "x0": one.mark.epoch, "x1": one.mark.epoch, "yref": "paper", "line": style}
        shapes.append({**stem, "ysizemode": "pixel", "yanchor": 1, "y0": 0, "y1": top})
        if one.mark.kind != "thaw":
            shapes.append(_dot(one.mark.epoch, top, colour))
    return shapes


def labels(placed: Sequence[Placed]) -> list[Figure]:
    """Return the labels of marks, beside the tops of their lines."""
    return [
        note(
            f"<b>{one.label}</b>",
            one.mark.epoch,
            1,
            yref="paper",
            xanchor="right" if one.leftwards else "left",
            xshift=-9 if one.leftwards else 9,
            yshift=_middle(one),
            font={"color": _TEXT[one.mark.kind], "size": SMALL},
        )
        for one in placed
    ]


def _middle(one: Placed) -> int:
    return _TITLE + STAIR * one.stair + STAIR // 2 + 2


def _dot(epoch: float, top: float, colour: str) -> Figure:
    """Return a dot on a line's top; its size is in pixels, whatever is zoomed."""
    return {
        "type": "circle",
        "xsizemode": "pixel",
        "xanchor": epoch,
        "x0": -5,
        "x1": 5,
        "yref": "paper",
        "ysizemode": "pixel",
        "yanchor": 1,
        "y0": top - 5,
        "y1": top + 5,
        "fillcolor": colour,
        "line": {"width": 0},
    }


def _join_close(found: Sequence[Mark], least: float) -> list[Mark]:
    joined: list[Mark] = []
    for mark in found:
        last = joined[-1] if joined else None
        if last is not None and last.kind == mark.kind and mark.epoch - last.epoch < least:
            joined[-1] = _join(last, mark)
        else:
            joined.append(mark)
    return joined


def _join_nearest(found: Sequence[Mark]) -> list[Mark]:
    """Join the two neighbours that are nearest to each other, those of one kind before others."""
    number = min(
        range(len(found) - 1),
        key=lambda one: (found[one].kind != found[one + 1].kind, found[one + 1].epoch - found[one].epoch),
    )
    return [*found[:number], _join(found[number], found[number + 1]), *found[number + 2 :]]


def _join(first: Mark, second: Mark) -> Mark:
    things = first.things + second.things
    few = things <= _MOST_NAMED and first.kind == second.kind
    counted = f"{things} {'changes' if first.kind != 'rest' else 'rests'}"
    text = _together(first.text, second.text) if few else counted
    more = tuple(epoch for epoch in (*first.more, second.epoch, *second.more) if epoch != first.epoch)
    kind: Kind = first.kind if first.kind == second.kind else "change"
    return replace(first, kind=kind, text=text, short=counted, things=things, more=more)


def _together(first: str, second: str) -> str:
    """Say `a, b frozen` rather than the same word twice."""
    (a, _, what), (b, _, same) = first.partition(" "), second.partition(" ")
    if first == second:
        return first
    return f"{a}, {b} {what}" if what == same else f"{first}; {second}"


def _stack(found: Sequence[Mark], pixels: float, width: float, beyond: float, short: bool) -> list[Placed]:
    """Give each label a side and a stair: it lies above every label and every line that it would meet."""
    spots: list[_Spot] = []
    for mark in reversed(found):
        spots.insert(0, _spot(mark, spots, mark.epoch * pixels, width + beyond, short))
    stairs: dict[int, int] = {}
    waiting = list(range(len(spots)))
    while waiting:
        number = next(one for one in waiting if not any(_is_above(spots, one, other) for other in waiting))
        waiting.remove(number)
        met = {stairs[other] for other in stairs if _meet(spots[number], spots[other])}
        lowest = 1 + max((stairs[other] for other in stairs if _is_above(spots, number, other)), default=-1)
        stairs[number] = next(stair for stair in range(lowest, len(spots)) if stair not in met)
    return [
        Placed(mark, spot.text, stairs[place], spot.leftwards)
        for place, (mark, spot) in enumerate(zip(found, spots, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a label lies, in pixels, and what it says."""

    x: float
    left: float
    right: float
    text: str
    leftwards: bool


def _spot(mark: Mark, later: Sequence[_Spot], x: float, end: float, short: bool) -> _Spot:
    text = mark.short if short else mark.text
    wide = _LETTER * len(text) + _SIGN
    # It must not reach the line of a label that goes to the left and would be crossed by its own line.
    met = any(spot.leftwards and x + wide > spot.x and x > spot.left for spot in later)
    leftwards = x + wide > end or met
    room = x + _BEFORE if leftwards else end - x
    longest = max(2, int((room - _SIGN) / _LETTER))
    text = text if len(text) <= longest else f"{text[: longest - 1]}…"
    wide = _LETTER * len(text) + _SIGN
    left, right = (x - wide, x) if leftwards else (x, x + wide)
    return _Spot(x, left, right, text, leftwards)


def _is_above(spots: Sequence[_Spot], one: int, other: int) -> bool:
    """Say whether a label has to lie above another one, because that one's line goes through where it lies."""
    label, line = spots[one], spots[other]
    if one == other or not label.left <= line.x <= label.right:
        return False
    # Of two in one place, the one that comes later gives way to the right, and goes above to the left.
    return line.x != label.x or label.leftwards == (one > other)


def _meet(one: _Spot, other: _Spot) -> bool:
    return one.left <= other.right and other.left <= one.right
