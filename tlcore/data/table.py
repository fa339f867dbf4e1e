"""Tables that name pictures and their classes: CSV and TSV files as people really have them."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path

from tlcore.data import limits
from tlcore.data.facts import LONGEST_NAME
from tlcore.data.kinds import HEAD_BYTES, kind_of
from tlcore.data.layout import LONGEST_CLASS_NAME, side_of
from tlcore.data.manifest import LeftOut
from tlcore.data.survey import Table
from tlcore.text import clean

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
_LONGEST_NAME = 1000
"""Characters of a file's name."""
_FEWEST_NAMED = 2
"""Pictures that a column must name to be the column of pictures."""
_CLASS_HEADER = re.compile(
    r"(class_?)?labels?|(class|label)_?name|class(es)?|categor(y|ies)|species|breed|target|diagnosis"
)
_SIDE_HEADER = re.compile(r"(sub)?set|split|partition|fold|usage")


def is_table(path: str) -> bool:
    """Say whether a file of this name may be a table."""
    return path.rpartition(".")[2].casefold() in ("csv", "tsv")


def read_tables(files: Iterable[tuple[Path, str]], pictures: Iterable[str]) -> list[Table | LeftOut]:
    """Read files, each with its path as the person knows it, that may be tables of pictures with these paths.

    With or without a header; what is written is taken for text, never for a formula.
    """
    names = {file_key(path) for path in pictures}
    known = names | {stem_key(name) for name in names}
    sentence = "It is no table that names these pictures and their classes."
    return [
        _read(file, path, known) or LeftOut(name=clean(path, LONGEST_NAME), code="NOT_A_TABLE", sentence=sentence)
        for file, path in files
    ]


def file_key(path: str) -> str:
    """Return the name of a file without its folders, as tables and folders have it in common."""
    return clean(path.replace("\\", "/").rstrip("/").rpartition("/")[2], _LONGEST_NAME).casefold()


def stem_key(name: str) -> str:
    """Return a file's name without its ending."""
    return name.rpartition(".")[0] or name


def _read(file: Path, path: str, known: Collection[str]) -> Table | None:
    lines = _lines(file)
    if lines is None:
        return None
    columns = _columns(lines, known)
    if columns is None:
        return None
    rows = []
    for line in lines[columns.header :]:
        cells = [*line, *[""] * (columns.most - len(line))]
        picture, name = cells[columns.picture].strip(), clean(cells[columns.label], LONGEST_CLASS_NAME)
        if picture and name:
            side = side_of(cells[columns.side]) if columns.side is not None else side_of(stem_key(file_key(path)))
            rows.append((picture, name, side))
    return Table(path=path, rows=tuple(rows))


def _lines(file: Path) -> list[list[str]] | None:
    """Return the rows of a file that is a table of at least two columns."""
    try:
        if file.stat().st_size > limits.TABLE_BYTES:
            return None
        data = file.read_bytes()
    except OSError:
        return None
    if kind_of(data[:HEAD_BYTES]).name != "TEXT":
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    try:
        delimiter = _delimiter(text)
        rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter) if delimiter else ()
        return [row for row in islice(rows, limits.allowance().folder_entries) if any(row)] or None
    except csv.Error:  # A cell longer than the module reads.
        return None


def _delimiter(text: str) -> str | None:
    """Return the sign that cuts most of the first lines into the same number of cells, at least two."""
    agreed = {}
    for sign in _DELIMITERS:
        widths = Counter(
            len(row) for row in islice(csv.reader(StringIO(text, newline=""), delimiter=sign), _SAMPLE_LINES)
        )
        del widths[0], widths[1]
        agreed[sign] = max(widths.values(), default=0)
    best = max(_DELIMITERS, key=lambda sign: agreed[sign])
    return best if agreed[best] else None


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column of a table tells what."""

    most: int
    header: int
    """Lines at the top that are no row: 1 or 0."""
    picture: int
    label: int
    side: int | None


def _columns(lines: Sequence[Sequence[str]], known: Collection[str]) -> _Columns | None:
    """Return what the columns tell, or None where none names pictures or none names classes."""
    most = max(len(line) for line in lines)
    by_column = [[line[column].strip() if column < len(line) else "" for line in lines] for column in range(most)]
    hits = [[_names(cell, known) for cell in cells] for cells in by_column]
    picture = max(range(most), key=lambda column: sum(hits[column]))
    if sum(hits[picture]) < _FEWEST_NAMED:
        return None
    header = 0 if hits[picture][0] else 1
    titles = [cells[0].casefold().replace(" ", "_") if header else "" for cells in by_column]
    others = [column for column in range(most) if column != picture]
    sides = [column for column in others if _tells_sides(titles[column], by_column[column][header:])]
    others = [column for column in others if column not in sides]
    titled = [column for column in others if _CLASS_HEADER.fullmatch(titles[column])]
    named = titled or [column for column in others if _tells_classes(by_column[column][header:])]
    return _Columns(most, header, picture, named[0], sides[0] if sides else None) if named else None


def _names(cell: str, known: Collection[str]) -> bool:
    key = file_key(cell)
    return bool(key) and (key in known or stem_key(key) in known)


def _tells_sides(title: str, cells: Sequence[str]) -> bool:
    filled = [side_of(cell) for cell in cells if cell]
    return bool(filled) and all(filled) and (_SIDE_HEADER.fullmatch(title) is not None or "train" in filled)


def _tells_classes(cells: Sequence[str]) -> bool:
    """Say whether cells may be names of classes: few different ones, and no fractions."""
    sizes = Counter(cell for cell in cells if cell)
    if not 1 < len(sizes) <= limits.MOST_CLASSES or any(_is_fraction(cell) for cell in sizes):
        return False
    return max(sizes.values()) > 1


def _is_fraction(cell: str) -> bool:
    whole, dot, part = cell.lstrip("+-").partition(".")
    return bool(dot) and (whole + part).isdecimal()
