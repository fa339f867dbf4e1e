"""Heatmaps side by side: one tile for each block, or a grid of channels, of which one can be chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """One heatmap with its words."""

    id: str
    image: str  # a data URI at native resolution, such as 14 x 14: the browser enlarges it in squares
    title: str
    code: str = ""  # layer3
    note: str = ""  # 14 × 14 · 256
    state: Literal["frozen", "learned", ""] = ""


_mount = register("heat_strip", "shared")


def heat_strip(
    *,
    key: str,
    heats: Sequence[Heat],
    chosen: str | None,
    columns: Literal["row", "grid"],
    on_choose: Callable[[str], None] | None,
    description: str,
) -> None:
    """Draw the heatmaps: large tiles in a row, or small ones with a number in a grid; `on_choose` gets an id."""

    def answer() -> None:
        identity = sent(key, "chosen")
        if on_choose is not None and identity in {heat.id for heat in heats}:
            on_choose(identity)

    _mount(
        key=key,
        data={
            "heats": to_plain(tuple(heats)),
            "chosen": chosen,
            "columns": columns,
            "choosable": on_choose is not None,
            "description": description,
        },
        on_chosen_change=answer,
    )
