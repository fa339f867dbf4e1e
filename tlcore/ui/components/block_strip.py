"""The network as a row of small tiles that only show: state, drift, gradient and rate of each block right now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A bar with its number."""

    text: str  # 3.1 % moved
    share: float  # how far the bar is filled, 0 to 1
    kind: Literal["still", "held", "moved", "wrong"]  # exactly 0; frozen after it moved; learning; moved though frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockState:
    """One block as it is drawn."""

    name: str  # in code: layer1
    label: str  # what it tends to see: Textures
    rate: float  # 0.0 is frozen
    drift: Gauge | None = None  # how far its weights are from the start; None before anybody looked
    statistics: Gauge | None = None  # the same for BatchNorm's means and variances
    gradient: str = "–"  # length of the gradient in the last step


_mount = register("block_strip", "shared", "blocks")


def block_strip(*, key: str, blocks: Sequence[BlockState]) -> None:
    """Draw one tile for each block, in the order of the network."""
    _mount(key=key, data={"blocks": to_plain(tuple(blocks))})
