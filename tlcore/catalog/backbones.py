"""The backbones on offer, one card each, written by `python -m tlcore survey`; a card is read when somebody asks."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tlcore.catalog.cards import BackboneCard, WeightsCard
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.paths import home_folder, safe_path
from tlcore.records import from_json, from_plain

DEFAULT = "efficientnet_lite0"
RECOMMENDED = (
    "efficientnet_lite0", "resnet18", "resnet50", "convnext_tiny", "vit_b_16",
    "efficientnet_b0", "mobilenet_v3_large", "swin_t", "vgg16", "squeezenet1_0",
)  # fmt: skip
"""Shown before anybody searches."""

CARDS_FILE = "cards.json"
NAMES_FILE = "timm.txt"
_SURVEYED = "cards"
"""The folder in the home folder with the cards of networks that were opened by name."""


class _Catalog(Mapping[str, BackboneCard]):
    """All cards by name; names cost little, and a card is made of its JSON when somebody looks it up."""

    def __getitem__(self, name: str) -> BackboneCard:
        return _card(name)

    def __contains__(self, name: object) -> bool:
        return name in _lines()

    def __iter__(self) -> Iterator[str]:
        return iter(_lines())

    def __len__(self) -> int:
        return len(_lines())


BACKBONES: Mapping[str, BackboneCard] = _Catalog()


def backbone(name: str) -> BackboneCard:
    """Return the card called `name`; raise ChoiceError with the nearest name if there is none."""
    if card := known(name):
        return card
    if name in more_backbones():
        raise ChoiceError(
            f"{name} was not opened here yet.",
            "Search for it on the Network page, or name it once after `train --backbone`.",
        )
    near = get_close_matches(name, [*BACKBONES, *more_backbones()], n=1)
    raise ChoiceError(
        f"{name} is not a backbone.",
        f"Did you mean {near[0]}?" if near else f"Known: {', '.join(RECOMMENDED)} and {_more()} more.",
    )


def known(name: str) -> BackboneCard | None:
    """Return the card called `name`; None if there is none, or none that can be read, as one that an older Thaw wrote.

    A timm network without a card can be given one anew.
    """
    if name in BACKBONES:
        return BACKBONES[name]
    if name not in more_backbones():
        return None
    path = card_file(name)
    try:
        return _surveyed(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, ChoiceError):
        return None


def published(name: str, weights: str) -> WeightsCard:
    """Return the weights that the backbone `name` calls `weights`; raise ChoiceError with the nearest name."""
    card = backbone(name)
    found = card.published(weights)
    if found is None:
        known = [one.name for one in card.weights]
        raise ChoiceError(f"{weights} are not published weights of {card.title}.", did_you_mean(weights, known))
    return found


def titles() -> Mapping[str, str]:
    """Return the title of every card in the catalog, without making the cards."""
    return {name: line["title"] for name, line in _lines().items()}


@cache
def more_backbones() -> frozenset[str]:
    """Return the names of the timm networks that have no card yet, but can be given one."""
    return frozenset(files(__package__).joinpath(NAMES_FILE).read_text(encoding="utf-8").split())


def opened_backbones() -> list[str]:
    """Return the names of the networks that were opened by name on this machine and whose cards can be read."""
    paths = (home_folder() / _SURVEYED).glob("*.json")
    return sorted(path.stem for path in paths if path.stem in more_backbones() and known(path.stem))


def card_file(name: str) -> Path:
    """Return where the card of a network lies that was opened by name."""
    return safe_path(home_folder() / _SURVEYED, f"{name}.json")


def _more() -> int:
    return len(BACKBONES) + len(more_backbones()) - len(RECOMMENDED)


@cache
def _lines() -> dict[str, Any]:
    lines: dict[str, Any] = json.loads(files(__package__).joinpath(CARDS_FILE).read_text(encoding="utf-8"))
    return lines


@cache
def _card(name: str) -> BackboneCard:
    return from_plain(BackboneCard, _lines()[name])


@cache
def _surveyed(path: Path, _changed: int) -> BackboneCard:
    return from_json(BackboneCard, path.read_text(encoding="utf-8"))
