"""Everything that reading an album's files told: kept as it is, whatever is made of it later."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tlcore.data.facts import Fact
from tlcore.data.likeness import groups
from tlcore.data.manifest import LeftOut
from tlcore.records import from_columns, to_columns, uncollected


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of a CSV file that name pictures and their classes."""

    path: str
    """The file's, as the person knows it."""
    rows: tuple[tuple[str, str, str], ...]
    """A picture as the table calls it, its class, and its side: "train", "val", "test", or "" where nothing says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The pictures that were found, and what was found beside them."""

    facts: tuple[Fact, ...]
    """In the order in which they came; a picture's place here is how marks name it, so more are added at the end."""
    alike: tuple[int, ...]
    """For each picture the place of the first that looks the same, perhaps its own."""
    unfit: tuple[LeftOut, ...] = ()
    """Files that are no pictures or cannot be read."""
    tables: tuple[Table, ...] = ()
    ignored: int = 0
    """System files such as .DS_Store."""
    additions: tuple[int, ...] = ()
    """The places at which pictures begin that were added later, time by time."""

    def with_more(self, more: "Survey", source: int) -> "Survey":
        """Return this survey with another one's pictures behind its own, their folder being the one at `source`."""
        facts = self.facts + tuple(replace(fact, source=source) for fact in more.facts)
        return Survey(
            facts=facts,
            alike=groups([fact.likeness for fact in facts]),
            unfit=self.unfit + more.unfit,
            tables=self.tables + more.tables,
            ignored=self.ignored + more.ignored,
            additions=(*self.additions, len(self.facts)),
        )

    def time(self, place: int) -> int:
        """Return with which addition the picture of a place came, 0 if it was there from the first."""
        return bisect_right(self.additions, place)


def written(survey: Survey) -> str:
    """Return a survey as JSON, in columns, since it can have a hundred thousand rows."""
    plain = {
        "facts": to_columns(Fact, survey.facts),
        "alike": survey.alike,
        "unfit": to_columns(LeftOut, survey.unfit),
        "tables": [[table.path, table.rows] for table in survey.tables],
        "ignored": survey.ignored,
        # What was read at once is written as it always was, so that the same files are known again.
        **({"additions": survey.additions} if survey.additions else {}),
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


@uncollected()
def read(text: str) -> Survey:
    """Return the survey of which `written` made this text."""
    plain = json.loads(text)
    return Survey(
        facts=from_columns(Fact, plain["facts"]),
        alike=tuple(plain["alike"]),
        unfit=from_columns(LeftOut, plain["unfit"]),
        tables=tuple(Table(path=path, rows=_rows(rows)) for path, rows in plain["tables"]),
        ignored=plain["ignored"],
        additions=tuple(plain.get("additions", ())),
    )


def pictures(text: str) -> list[str]:
    """Return the ids of the pictures of a written survey, in a fraction of the time that reading it takes."""
    return list(json.loads(text)["facts"]["id"])


def _rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((path, label, split) for path, label, split in rows)
