"""Backbones side by side, each with its facts, of which one is chosen; search and filters work in the browser."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneTile:
    """One backbone as the gallery shows it."""

    id: str
    title: str
    family: str
    ready: bool  # whether its weights are on this machine
    status: str  # Ready offline, 19 MB
    facts: tuple[tuple[str, str], ...]  # name and value, a line each
    filters: tuple[str, ...]  # keys of the filters that let it through


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One way to see fewer of them."""

    key: str
    title: str


_mount = register("gallery", "shared")


def gallery(
    *,
    key: str,
    cards: Sequence[BackboneTile],
    filters: Sequence[Filter],
    others: Sequence[str],
    chosen: str,
    on_choose: Callable[[str], None],
    on_open: Callable[[str], None],
) -> None:
    """Draw the backbones, those of the first filter at first.

    `on_choose` gets the id of one that a person clicked; `on_open` one of the names in `others`, which have no tile.
    """

    def answer() -> None:
        identity = sent(key, "chosen")
        if identity in {card.id for card in cards}:
            on_choose(str(identity))

    def answer_open() -> None:
        name = sent(key, "opened")
        if name in others:
            on_open(str(name))

    _mount(
        key=key,
        data={
            "cards": to_plain(tuple(cards)),
            "filters": to_plain(tuple(filters)),
            "others": list(others),
            "chosen": chosen,
        },
        on_chosen_change=answer,
        on_opened_change=answer_open,
    )
