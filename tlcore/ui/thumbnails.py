"""Small pictures of a set, made when it was read in; pages never open what people sent."""

import streamlit as st

from tlcore.data.manifest import Example
from tlcore.data.thumbnails import thumbnail_path
from tlcore.figures.heatmaps import data_uri
from tlcore.ui.session import store

_EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="


@st.cache_data(max_entries=4096, show_spinner=False)
def thumbnail(picture: str) -> str:
    """Return the small picture of the example with this id as a data URI; an empty one if it is not there."""
    path = thumbnail_path(store().thumbnails, picture)
    return data_uri(path.read_bytes(), "image/jpeg") if path.is_file() else _EMPTY


def some_of_each(examples: tuple[Example, ...], classes: int, most: int) -> list[Example]:
    """Return up to `most` examples, taking the classes in turn."""
    by_class = [[example for example in examples if example.label == label] for label in range(classes)]
    turns = [group[place] for place in range(most) for group in by_class if place < len(group)]
    return turns[:most]
