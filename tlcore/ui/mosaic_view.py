"""The mosaic: pictures of all classes on one wall, drawn by a seed, to be looked at on a projector and taken along."""

from random import Random

import streamlit as st

from tlcore.data.manifest import Manifest
from tlcore.data.thumbnails import thumbnail_path
from tlcore.figures.mosaic import Ground, mosaic, pictures_for
from tlcore.text import clean, count
from tlcore.ui.session import dataset, store

_MOST = 60
"""Classes on one wall; more would be too small to see from the last row."""
_DRAW = "mosaic_draw"


def draw_mosaic(manifest: Manifest) -> None:
    """Draw the wall, a button for another draw, and the file."""
    seed = st.session_state.get(_DRAW, 0)
    ground: Ground = "dark" if st.context.theme.type == "dark" else "light"
    wall = _wall(manifest.digest, seed, ground)
    words, again, take = st.columns([2.2, 1, 1], vertical_alignment="center")
    shown = count(min(_MOST, len(manifest.classes)), "class", "classes")
    of = f" of {len(manifest.classes):,}" if len(manifest.classes) > _MOST else ""
    words.caption(f"Pictures of {shown}{of}, drawn by chance. What belongs together, and what looks out of place?")
    again.button("Draw others", key="mosaic_again", width="stretch", on_click=_again)
    take.download_button(
        "Download", wall, f"{_file_name(manifest.name)}.jpg", "image/jpeg", on_click="ignore", width="stretch"
    )
    st.image(wall, width="stretch")


@st.cache_data(max_entries=8, show_spinner="Putting the wall together")
def _wall(digest: str, seed: int, ground: Ground) -> bytes:
    found = dataset(digest)
    assert found is not None
    manifest, chance = found.manifest, Random(seed)
    labels = range(len(manifest.classes))
    drawn = sorted(chance.sample(labels, min(_MOST, len(labels))))
    most = pictures_for(len(drawn))
    classes = []
    for label in drawn:
        examples = manifest.of_class(label)
        some = chance.sample(examples, min(most, len(examples)))
        classes.append((manifest.classes[label], [thumbnail_path(store().thumbnails, one.id) for one in some]))
    return mosaic(classes, ground)


def _again() -> None:
    st.session_state[_DRAW] = st.session_state.get(_DRAW, 0) + 1


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in clean(name, 40)).strip("-") or "pictures"
