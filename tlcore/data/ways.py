"""The ways to understand folders, names and tables: what a person calls each, what it means, what it makes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tlcore.data.folders import by_inner_sides, by_innermost, by_level, by_sides, folders_key
from tlcore.data.labelled import by_tables
from tlcore.data.layout import Found, Layout
from tlcore.data.prefixes import by_prefix
from tlcore.errors import PictureError, did_you_mean


@dataclass(frozen=True, slots=True)
class Way:
    """A way to understand paths: how a person calls it, what it means, and what it makes of them."""

    title: str
    sentence: str
    read: Callable[[Found], Layout]


def _spelled(found: Found) -> Layout:
    return by_sides(found, spelled=True) if folders_key(found.root) == "sides" else by_level(found, spelled=True)


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "sides": Way(
            "Folders train and val",
            "What lies in train is learned from, what lies in val or test is for checking. The folders inside are the"
            " classes.",
            by_sides,
        ),
        "inner_sides": Way(
            "Class folders with train and val inside",
            "Each folder is a class. What lies in its train is learned from, what lies in its val or test is for"
            " checking.",
            by_inner_sides,
        ),
        "folders": Way("Class folders", "Each folder is a class, with everything inside it.", by_level),
        "inner": Way("Innermost folders", "The folder in which a picture lies is its class.", by_innermost),
        "spelled": Way(
            "Class folders, to the letter",
            "Each folder is a class; names that differ only in capitals are different classes.",
            _spelled,
        ),
        "prefix": Way("File names", "What a file's name begins with is its class.", by_prefix),
        "table": Way("Table", "The table says which picture is of which class.", by_tables),
    }
)
KEYS = tuple(WAYS)
"""What a ReadAs mark keeps of a way."""


def title_of(key: str) -> str:
    """Return how a person calls a reading; "" for none of ours."""
    return WAYS[key].title if key in WAYS else ""


def read(found: Found, key: str) -> Layout:
    """Understand paths in one way; raise PictureError where they cannot be understood so, or there is no such way."""
    if key not in WAYS:
        raise PictureError("NO_READING", f"{key} is no way to understand folders.", did_you_mean(key, KEYS))
    return WAYS[key].read(found)
