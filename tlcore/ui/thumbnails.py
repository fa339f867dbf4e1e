"""Small pictures of a set, made when it was read in; pages never open what people sent."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import streamlit as st

from tlcore.data.manifest import Example
from tlcore.data.thumbnails import smaller, thumbnail_path
from tlcore.figures.heatmaps import data_uri
from tlcore.ui.session import store

SMALL_SIDE = 96
"""Pixels; enough for a tile of 64 on a screen with fine dots."""
_EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="


def thumbnail(picture: str) -> str:
    """Return the small picture of the example with this id as a data URI; an empty one if it is not there."""
    path = thumbnail_path(store().thumbnails, picture)
    return _whole(path) if path.is_file() else _EMPTY  # One that is not there yet may come.


def small(picture: str) -> str:
    """Return the small picture smaller still, for pages that show a hundred at once, in half of the bytes."""
    path = thumbnail_path(store().thumbnails, picture)
    return _smaller(path) if path.is_file() else _EMPTY


@st.cache_data(max_entries=4096, show_spinner=False)
def _whole(path: Path) -> str:
    return data_uri(path.read_bytes(), "image/jpeg")


@st.cache_data(max_entries=4096, show_spinner=False)
def _smaller(path: Path) -> str:
    return data_uri(smaller(path.read_bytes(), SMALL_SIDE), "image/jpeg")


def some_of_each(examples: Sequence[Example], most: int) -> list[Example]:
    """Return up to `most` examples, taking the classes in turn."""
    by_class: dict[int, list[Example]] = {}
    for example in examples:
        by_class.setdefault(example.label, []).append(example)
    turns = (group[place] for place in range(most) for group in by_class.values() if place < len(group))
    return list(islice(turns, most))
