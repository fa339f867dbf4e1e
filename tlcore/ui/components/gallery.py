"""Backbones side by side, each with its facts, of which one is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneTile:
    """One backbone as the gallery shows it."""

    id: str
    title: str
    ready: bool  # whether its weights are on this machine
    status: str  # Ready offline, 19 MB
    facts: tuple[tuple[str, str], ...]  # name and value, a line each


_mount = register("gallery", "shared")


def gallery(*, key: str, cards: Sequence[BackboneTile], chosen: str, on_choose: Callable[[str], None]) -> None:
    """Draw the backbones; `on_choose` gets the id of one that a person clicked."""

    def answer() -> None:
        identity = sent(key, "chosen")
        if identity in {card.id for card in cards}:
            on_choose(str(identity))

    _mount(key=key, data={"cards": to_plain(tuple(cards)), "chosen": chosen}, on_chosen_change=answer)
