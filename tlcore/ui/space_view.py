"""How much may be brought in, and how much of it is used, in one line."""

import streamlit as st

from tlcore.data.limits import allowance, free_bytes
from tlcore.text import memory
from tlcore.ui.session import store, workspace


def draw_space() -> None:
    """Draw the line; it says no more than a person needs to decide what to send."""
    most, used = allowance(), store().space.used(workspace())
    room = (
        f"{memory(used)} used, {memory(free_bytes(store().home))} free"
        if most.workspace_bytes is None
        else f"{memory(used)} of your {memory(most.workspace_bytes)} used"
    )
    st.caption(f"Up to {most.pictures:,} pictures a set and {memory(most.upload_bytes)} a file; {room}.")
