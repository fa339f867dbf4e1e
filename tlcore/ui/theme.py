"""The look of the app around Streamlit's own widgets: the colours of tokens.css and the rules of theme.css."""

from pathlib import Path

import streamlit as st

from tlcore.ui.components.bridge import register, source
from tlcore.ui.components.icons import mark_rules

_RULES = (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")
_PIECES = ("crop_frame", "decision_chart", "explained_code", "hero", "hook_row", "map_pair", "memory_bar", "stage_row")
_RULES += "".join(source(f"{piece}.css") for piece in _PIECES)
_STYLE = f"<style>{source('tokens.css')}:root {{\n{mark_rules()}}}\n{_RULES}</style>"

_mount_scheme = register("scheme")


def apply_theme() -> None:
    """Put the look into the page; once in each run of the script, before anything is drawn."""
    st.html(_STYLE)
    _mount_scheme(key="thaw_scheme")
