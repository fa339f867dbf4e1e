"""What earlier runs left for later ones: rows of frozen beginnings, how much they take, and how to be rid of them."""

import streamlit as st

from tlcore.text import memory
from tlcore.ui.session import store


def draw_kept() -> None:
    """Draw one line and a button; nothing where nothing is kept."""
    size = store().beginnings.all_bytes()
    if not size:
        return
    told, button = st.columns([5, 1], vertical_alignment="center")
    told.caption(
        f"{memory(size)} of what frozen blocks made of pictures is kept: a run that needs it again does not compute "
        "it. The oldest goes by itself where room gets short."
    )
    button.button("Empty", key="empty_kept", width="stretch", on_click=store().beginnings.empty)
