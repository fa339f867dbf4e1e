"""Two maps beside each other as HTML that only shows, and the scale that both are on."""

from collections.abc import Sequence
from html import escape

from tlcore.ui.components.static import legend


def map_pair(maps: Sequence[tuple[str, str, str]], low: float, high: float) -> str:
    """Return the maps, each with its title, its picture's address and its description, over one legend."""
    inner = "".join(
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<img src="{escape(image)}" alt="{escape(description)}"></figure>'
        for title, image, description in maps
    )
    return f'<div class="thaw-pair">{inner}</div>{legend(_signed(low), _signed(high))}'


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")
