"""The network as a row of small tiles that only show: name, state and rate of each block right now."""

from collections.abc import Sequence

from tlcore.ui.components.block_map import Tile
from tlcore.ui.components.bridge import register

_mount = register("block_strip", "shared", "blocks")


def block_strip(*, key: str, tiles: Sequence[Tile]) -> None:
    """Draw one tile for each block, in the order of the network."""
    shown = [{"name": tile.name, "label": tile.label, "rate": tile.rate} for tile in tiles]
    _mount(key=key, data={"tiles": shown})
