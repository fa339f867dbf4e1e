"""Classes read from the beginnings of file names: cat in cat_001.jpg, cat.1.jpg and "cat (3).jpg"."""

import re
from collections import Counter
from collections.abc import Sequence

from tlcore.data.folders import sides_of
from tlcore.data.layout import Found, Layout, Row, class_key, lay_out
from tlcore.errors import PictureError

_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")
_NUMBER = re.compile(r"[\W\d_]*\d[\W\d_]*$")
_FIRST_WORD = re.compile(r"[^\s_.\-()#]+")
_LONG_NUMBER = re.compile(r"\d{4,}")
_NO_NAME = ("NO_PREFIX", "Its name does not begin with that of a class.")
_LEAST_SHARE = 0.5
"""Of all pictures, which must have a class that others have too; else names of files are just names."""


def by_prefix(found: Found) -> Layout:
    """Take what stands before the number in each file name for its class, or else the first word; sides are honoured.

    Raises PictureError with code NO_CLASSES where most names have no beginning in common with others.
    """
    sides, reasons = sides_of(found)
    files = {place: found.paths[place].rsplit("/", 1)[-1] for place in found.root.below() if place < found.pictures}
    places = [place for place in sorted(files) if place not in reasons]
    stems = [_ENDING.sub("", files[place]) for place in places]
    for beginning in (_before_number, _first_word):
        names = [beginning(stem) for stem in stems]
        if _tells(names):
            rows = [Row(place, name, sides.get(place, "")) for place, name in zip(places, names, strict=True) if name]
            return lay_out(found, rows, reasons=reasons, beside=_NO_NAME)
    raise PictureError(
        "NO_CLASSES",
        "The file names do not begin with the names of classes.",
        "Call the files cat_001, cat_002, dog_001, or make a folder for each class.",
    )


def _before_number(stem: str) -> str:
    return _NUMBER.sub("", stem)


def _first_word(stem: str) -> str:
    """Return the first of several words; a number only if it is short, as in 7_0001, and no year."""
    found = _FIRST_WORD.match(stem)
    if found is None or found[0] == stem or _LONG_NUMBER.fullmatch(found[0]):
        return ""
    return found[0]


def _tells(names: Sequence[str]) -> bool:
    """Say whether the names make several classes of several pictures each, for most of the pictures."""
    keys = {name: class_key(name) for name in set(names) if name}
    sizes = Counter(keys[name] for name in names if name)
    shared = [size for size in sizes.values() if size > 1]
    return len(shared) > 1 and sum(shared) >= _LEAST_SHARE * len(names)
