"""The mosaic: pictures of all classes on one wall, drawn by a seed, to be looked at on a projector and taken along."""

from random import Random

import streamlit as st

from tlcore.data.manifest import Manifest
from tlcore.figures.mosaic import wall_for
from tlcore.text import clean, count
from tlcore.ui.components.mosaic import Heap, mosaic
from tlcore.ui.thumbnails import SMALL_SIDE, small, thumbnail

_MOST = 60
"""Classes on one wall; more would be too small to see from the last row."""
_DRAW = "mosaic_draw"


def draw_mosaic(manifest: Manifest) -> None:
    """Draw the wall, and a button for another draw."""
    shown = count(min(_MOST, len(manifest.classes)), "class", "classes")
    of = f" of {len(manifest.classes):,}" if len(manifest.classes) > _MOST else ""
    words = f"Pictures of {shown}{of}, drawn by chance. What belongs together, and what looks out of place?"
    chance, labels = Random(st.session_state.get(_DRAW, 0)), range(len(manifest.classes))
    drawn = sorted(chance.sample(labels, min(_MOST, len(labels))))
    wall = wall_for(len(drawn))
    shown_as = small if wall.side <= SMALL_SIDE else thumbnail
    heaps = []
    for label in drawn:
        examples = manifest.of_class(label)
        some = chance.sample(examples, min(wall.pictures, len(examples)))
        heaps.append(Heap(name=clean(manifest.classes[label]), images=tuple(shown_as(one.id) for one in some)))
    mosaic(key="mosaic", heaps=heaps, wall=wall, words=words, file=_file_name(manifest.name), on_again=_again)


def _again() -> None:
    st.session_state[_DRAW] = st.session_state.get(_DRAW, 0) + 1


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in clean(name, 40)).strip("-") or "pictures"
