"""The blocks of a network as the map and the strip show them in one phase of a plan."""

from collections.abc import Sequence

from tlcore.catalog.backbones import backbone
from tlcore.config import Phase
from tlcore.ui.components.block_map import Tile
from tlcore.ui.words import size


def block_tiles(name: str, phases: Sequence[Phase], phase: int, classes: int, image_size: int) -> list[Tile]:
    """Return the blocks of the backbone `name`, stem first, with a head for `classes` answers."""
    card = backbone(name)
    tiles = []
    for block in card.blocks:
        is_head = block is card.head
        tiles.append(
            Tile(
                name=block.name,
                label=block.label,
                shape=f"{classes} answers" if is_head else size(block, card.sizes.usual, image_size),
                parameters=card.values_of(block.name, classes),
                compute=block.multiply_adds / card.multiply_adds,
                rate=phases[phase].rate(block.name),
                thaws_in_phase=_thaws(phases, phase, block.name),
            )
        )
    return tiles


def _thaws(phases: Sequence[Phase], phase: int, block: str) -> int | None:
    """Return the later phase, counted from 1, in which a frozen block begins to learn."""
    if phases[phase].rate(block) > 0:
        return None
    later = (number for number in range(phase + 1, len(phases)) if phases[number].rate(block) > 0)
    return next((number + 1 for number in later), None)
