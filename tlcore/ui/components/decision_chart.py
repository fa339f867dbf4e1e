"""A decision chart that only shows: questions with their answers, down to what to do, one path of it lit."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tlcore.ui.components.icons import icon

_CENTRE = [0.5]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One question and its answers; the last level has no question, and its answers are what to do."""

    question: str
    answers: tuple[tuple[str, str], ...]  # each with a second line that may be empty
    lit: int | None  # the answer that holds; None while nobody knows


def decision_chart(levels: Sequence[Level]) -> str:
    """Return the chart as HTML for `st.html`; past a question that nobody knows the answer of, the path is pale."""
    pieces: list[str] = []
    above: Level | None = None
    for level in levels:
        if level.question:
            if above is not None:
                pieces.append(_lines(_middles(above), _CENTRE, _path(above), 0.5, above.lit is not None))
            pieces.append(f'<b class="thaw-ask">{escape(level.question)}</b>')
        known = level.lit is not None and (level.question != "" or above is None or above.lit is not None)
        start = _CENTRE if level.question or above is None else _middles(above)
        lit_start = 0.5 if level.question or above is None else _path(above)
        pieces.append(_lines(start, _middles(level), lit_start, _path(level), known))
        answers = "".join(_answer(level, place) for place in range(len(level.answers)))
        pieces.append(f'<div class="thaw-answers">{answers}</div>')
        above = level
    return f'<div class="thaw-decision" role="img" aria-label="{escape(_told(levels))}">{"".join(pieces)}</div>'


def _answer(level: Level, place: int) -> str:
    title, more = level.answers[place]
    lit = place == level.lit
    kind = "thaw-lit" if lit else ""
    mark = icon("check") if lit else ""
    return f'<div class="{kind}"><b>{mark}{escape(title)}</b>{f"<span>{escape(more)}</span>" if more else ""}</div>'


def _middles(level: Level) -> list[float]:
    """Return where the answers stand, as shares of the width."""
    return [(place + 0.5) / len(level.answers) for place in range(len(level.answers))]


def _path(level: Level) -> float:
    """Return where the path passes; past answers that nobody knows, it goes through the middle."""
    return 0.5 if level.lit is None else _middles(level)[level.lit]


def _lines(starts: list[float], ends: list[float], lit_start: float, lit_end: float, known: bool) -> str:
    """Return the lines between two rows: pale ones from and to everywhere, a bold one on the path."""
    ways = [*starts, *ends]
    pale = [_line("thaw-down", start, start) for start in starts] + [_line("thaw-up", end, end) for end in ends]
    pale.append(_line("thaw-across", min(ways), max(ways)))
    lit = [
        _line("thaw-down thaw-lit", lit_start, lit_start),
        _line("thaw-across thaw-lit", min(lit_start, lit_end), max(lit_start, lit_end)),
        _line("thaw-up thaw-lit", lit_end, lit_end),
    ]
    return f'<div class="thaw-lines{"" if known else " thaw-unknown"}">{"".join(pale + lit)}</div>'


def _line(kind: str, left: float, right: float) -> str:
    return f'<i class="{kind}" style="--left: {left:.4f}; --right: {right:.4f}"></i>'


def _told(levels: Sequence[Level]) -> str:
    steps = []
    for level in levels:
        answer = "not known yet" if level.lit is None else " ".join(level.answers[level.lit]).strip()
        steps.append(f"{level.question} {answer}".strip())
    return "Decision chart: " + "; ".join(steps)
