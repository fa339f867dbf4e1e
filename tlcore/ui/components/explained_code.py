"""A few lines of code as HTML that only shows, and beside each what it does."""

from collections.abc import Sequence
from html import escape


def explained_code(lines: Sequence[tuple[str, str]], marked: int) -> str:
    """Return the lines with their words; the one at the place `marked` stands out."""
    inner = "".join(
        f'<li class="{"thaw-marked" if place == marked else ""}">'
        f"<code>{escape(code)}</code><span>{escape(does)}</span></li>"
        for place, (code, does) in enumerate(lines)
    )
    return f'<ul class="thaw-explained">{inner}</ul>'
