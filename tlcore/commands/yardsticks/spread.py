"""Readings of several rounds put together: the median, the least and the most of each."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from tlcore.commands.yardsticks.yardstick import Figure

_FINE, _COARSE = 10.0, 100.0
"""Values below these are told with two digits and with one after the point."""


def spread(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return a plain record of each thing that was read, in the order of the first readings."""
    gathered: dict[str, list[Figure]] = {}
    for figure in figures:
        gathered.setdefault(figure.what, []).append(figure)
    return [_record(what, readings) for what, readings in gathered.items()]


def table(records: Sequence[dict[str, Any]]) -> str:
    """Return records as lines for people, under a line that names the columns."""
    width = max(len(record["what"]) for record in records)
    lines = [f"{'':<{width}}{'median':>10}{'least':>10}{'most':>10}"]
    for record in records:
        values = "".join(f"{_told(record[name]):>10}" for name in ("median", "least", "most"))
        more = "; ".join(filter(None, (record["unit"], *record["notes"])))
        lines.append(f"{record['what']:<{width}}{values}  {more}".rstrip())
    return "\n".join(lines)


def _record(what: str, readings: list[Figure]) -> dict[str, Any]:
    values = [reading.value for reading in readings]
    return {
        "what": what,
        "unit": readings[0].unit,
        "median": median(values),
        "least": min(values),
        "most": max(values),
        "rounds": values,
        "notes": list(dict.fromkeys(reading.note for reading in readings if reading.note)),
    }


def _told(value: float) -> str:
    digits = 2 if abs(value) < _FINE else 1 if abs(value) < _COARSE else 0
    return f"{value:,.{digits}f}"
