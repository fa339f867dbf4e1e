"""The stages of a network side by side, each map laid over the picture: its squares are as large as what they cover."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tlcore.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTile:
    """One stage with its words."""

    heat: str
    """A data URI at native resolution, such as 14 x 14."""
    grid: tuple[int, int]
    """Rows and columns of squares."""
    cell: tuple[int, int]
    """Row and column of the square that is framed."""
    title: str  # Stride 16
    code: str  # layer3
    notes: tuple[str, ...]  # 14 × 14 squares; 256 channels


def stage_row(picture: str, tiles: Sequence[StageTile], strength: float) -> str:
    """Return the stages as HTML for `st.html`, over `picture`, a data URI; the maps cover it by `strength`, 0 to 1."""
    made = "".join(_tile(tile) for tile in tiles)
    style = f"--picture: url({escape(picture)}); --strength: {strength:.2f}"
    return f'<div class="thaw-stages" style="{style}">{made}</div>'


def _tile(tile: StageTile) -> str:
    (rows, columns), (row, column) = tile.grid, tile.cell
    label = clean(f"{tile.title}, {tile.code}: {', '.join(tile.notes)}", 200)
    notes = "".join(f"<span>{escape(note)}</span>" for note in tile.notes)
    return (
        f'<figure style="--rows: {rows}; --columns: {columns}; --row: {row}; --column: {column}">'
        f'<div role="img" aria-label="{escape(label)}"><img src="{escape(tile.heat)}" alt=""><i></i></div>'
        f"<figcaption><b>{escape(tile.title)}</b><code>{escape(tile.code)}</code>{notes}</figcaption></figure>"
    )
