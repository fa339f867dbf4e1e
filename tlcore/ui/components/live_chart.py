"""A plotly chart that is redrawn in place: zoom, hover and hidden lines stay while its numbers grow."""

from collections.abc import Mapping
from typing import Any

from tlcore.records import to_json
from tlcore.ui.components.bridge import register

# plotly.js writes its styles into the head of the page, where a shadow root would not see them.
_mount = register("live_chart", "plotly", isolate=False)


def live_chart(*, key: str, figure: Mapping[str, Any], revision: str, height: int, description: str) -> None:
    """Draw `figure` (data and layout as plotly's JSON), `height` pixels high.

    Zoom is kept as long as `revision` stays the same. Colours may be tokens, as in "var(--thaw-ink)".
    """
    show_chart(key=key, chart=write_chart(figure, revision, height, description))


def write_chart(figure: Mapping[str, Any], revision: str, height: int, description: str) -> str:
    """Return a chart as a text, which is written once however many look at it."""
    return to_json({"figure": figure, "revision": revision, "height": height, "description": description})


def show_chart(*, key: str, chart: str) -> None:
    """Draw what `write_chart` wrote."""
    _mount(key=key, data=chart)
