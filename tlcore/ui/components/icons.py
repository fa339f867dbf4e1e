"""The marks of the interface, from the one file that the browser's scripts read as well."""

import json
from urllib.parse import quote

from tlcore.ui.components.bridge import source

_SVG = "http://www.w3.org/2000/svg"
_SHAPES: dict[str, str] = json.loads(source("icons.json"))


def icon(name: str) -> str:
    """Return an icon as HTML; it takes the colour and the size of the text around it.

    Streamlit strips SVG from HTML, so the icon is a mask that theme.css fills.
    """
    return f'<span class="thaw-icon" style="--mark: var(--thaw-mark-{_known(name)})" aria-hidden="true"></span>'


def mark_rules() -> str:
    """Return the CSS declarations of all icons by name, and of the facets that tell ice from ember."""
    rules = {name: f'<svg xmlns="{_SVG}" viewBox="0 0 24 24">{shapes}</svg>' for name, shapes in _SHAPES.items()}
    rules["facets"] = source("facets.svg")
    return "".join(f'--thaw-mark-{name}: url("{address(svg)}");\n' for name, svg in rules.items())


def address(svg: str) -> str:
    """Return an SVG as the address of a picture."""
    return "data:image/svg+xml," + quote(svg.replace("\n", ""))


def _known(name: str) -> str:
    assert name in _SHAPES, f"{name} is not in icons.json"
    return name


BRAND = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="64" height="64">
<g fill="none" stroke="#2A96D0" stroke-width="2.7" stroke-linecap="round" stroke-linejoin="round">
<path d="M15 3v26M15 16 4 9.6M15 16 4 22.4"/>
<path d="m11.8 5.2 3.2 3M11.8 26.8l3.2-3M4.2 13.8l3.8-2-.4-4.3M4.2 18.2l3.8 2-.4 4.3"/></g>
<path fill="#E8671B" d="M19 3.5c.6 4.7 3 6.9 5.4 9.7 1.9 2.2 3.6 4.5 3.6 7.7 0 4.6-3.8 8.1-9 8.6Z"/></svg>"""
"""The mark for `st.logo`: half a snowflake, half a flame, in tones that hold on the light and the dark sidebar.

The word beside it is text, which theme.css adds.
"""
