"""Classes and split read from tables: which picture each row means, and what the rows say of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from tlcore.data.layout import Found, Layout, Row, class_key, lay_out, unused
from tlcore.data.survey import Table
from tlcore.data.table import file_key, stem_key
from tlcore.errors import PictureError
from tlcore.text import clean

_NOT_IN_TABLE = ("NOT_IN_TABLE", "The table does not name it.")
_TORN = ("NAMED_TWICE", "The table gives it to several classes.")
_KEPT_APART = ("KEPT_APART", "Kept apart: test. The table has other pictures to be judged by.")


def by_tables(found: Found) -> Layout:
    """Take the classes that tables give to the pictures, and the sides if they give any.

    Where tables contradict one another, the one that names most pictures counts. Raises PictureError with code
    NO_CLASSES where no table names a picture.
    """
    told = _told(found)
    rows: dict[int, tuple[str, str]] = {}
    reasons: dict[int, tuple[str, str]] = {}
    contradicting = []
    for one in told:
        if any(class_key(rows[place][0]) != class_key(name) for place, (name, _) in one.rows.items() if place in rows):
            contradicting.append(one.path)
        else:
            rows = {**one.rows, **rows}
            reasons.update(dict.fromkeys(one.torn, _TORN))
    if not rows:
        raise PictureError(
            "NO_CLASSES", "No table names the pictures.", "Let one column name the files, and another their classes."
        )
    judged = "val" if any(side == "val" for _, side in rows.values()) else "test"
    apart = [place for place, (_, side) in rows.items() if side == "test" and judged == "val"]
    reasons.update(dict.fromkeys(apart, _KEPT_APART))
    layout = lay_out(
        found,
        [
            Row(place, name, "val" if side == judged else side)
            for place, (name, side) in sorted(rows.items())
            if reasons.get(place) is not _KEPT_APART
        ],
        reasons=reasons,
        beside=_NOT_IN_TABLE,
    )
    left_out = unused("It is a table that contradicts the one in use, which names more pictures.", contradicting)
    return replace(layout, left_out=(*layout.left_out, *left_out))


@dataclass(frozen=True, slots=True)
class _Told:
    """What one table says."""

    path: str
    rows: Mapping[int, tuple[str, str]]
    """Place of a picture to its class and its side."""
    torn: Collection[int]
    """Places of pictures that it gives to several classes."""


def _told(found: Found) -> list[_Told]:
    """Return what each table says, the one that names most pictures first."""
    if not found.tables:
        return []
    named = _Named(found)
    return sorted((named.rows(table) for table in found.tables), key=lambda one: (-len(one.rows), one.path))


class _Named:
    """The pictures by what tables may call them."""

    def __init__(self, found: Found) -> None:
        self._paths = found.paths
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        for place in sorted(place for place in found.root.below() if place < found.pictures):
            name = file_key(found.paths[place])
            self._by_name[name].append(place)
            self._by_stem[stem_key(name)].append(place)

    def rows(self, table: Table) -> _Told:
        """Return what a table says of these pictures."""
        told: dict[int, tuple[str, str]] = {}
        torn = set()
        home = table.path.rpartition("/")[0]
        for picture, name, side in table.rows:
            place = self._place(picture, home)
            if place is not None and told.setdefault(place, (name, side))[0] != name:
                torn.add(place)
        return _Told(table.path, {place: one for place, one in told.items() if place not in torn}, torn)

    def _place(self, picture: str, home: str) -> int | None:
        """Return the one picture that a row means: the one of this path, seen from anywhere, or of this name."""
        name = file_key(picture)
        places = self._by_name.get(name) or self._by_stem.get(name) or self._by_stem.get(stem_key(name), [])
        if len(places) > 1:
            shared = [_shared(_folders(picture), _folders(self._paths[place])) for place in places]
            places = [place for place, count in zip(places, shared, strict=True) if count == max(shared)]
        if len(places) > 1:
            places = [place for place in places if self._paths[place].startswith(f"{home}/")] or places
        return places[0] if len(places) == 1 else None


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many folders two paths have in common, counted from the file upwards."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _folders(path: str) -> list[str]:
    parts = path.replace("\\", "/").split("/")[:-1]
    return [clean(part).casefold() for part in parts if part not in ("", ".", "..")]
