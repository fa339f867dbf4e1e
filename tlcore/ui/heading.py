"""The line above a page's title."""

from html import escape

import streamlit as st

from tlcore.text import clean


def crumb(*parts: str) -> None:
    """Draw the line that says which pictures, which network, which run."""
    st.html(f"<div class='thaw-crumb'>{' · '.join(escape(clean(part, 120)) for part in parts)}</div>")
