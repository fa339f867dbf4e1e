"""Makes the catalog: one card per network, measured from the module itself on the meta device, without its weights."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tlcore import catalog
from tlcore.catalog.backbones import CARDS_FILE, NAMES_FILE, card_file
from tlcore.catalog.cards import BackboneCard, Library, Sizes
from tlcore.engine.blocks import find_blocks, not_understood
from tlcore.engine.modality import published
from tlcore.engine.modality.image import outline_named
from tlcore.engine.names import CURATED, family_of, title_of
from tlcore.engine.trace import Trace
from tlcore.records import to_json, to_plain

_STEPS = (1, 2, 4, 8, 14, 16, 32)
"""Steps between sides that networks are tried for, in pixels."""
_SIDES = (32, 48, 64, 96, 128, 160, 192, 224)
"""Least sides that networks are tried for, in pixels."""
_ORDINARY = 224
_BREAKS = (RuntimeError, ValueError, TypeError, AttributeError, AssertionError, LookupError, NotImplementedError)
"""What networks of other people raise where they cannot do what is asked of them."""


def write_survey() -> None:
    """Write the catalog beside the code that reads it: the cards, a line each, and the names of all other networks."""
    folder = Path(catalog.__file__).parent
    cards = [survey_card("torchvision", name) for name in published.torchvision_networks()]
    cards += [survey_card("timm", builder) for builder in CURATED]
    lines = [f"{json.dumps(card.name)}:{json.dumps(lean(card), separators=(',', ':'))}" for card in cards]
    folder.joinpath(CARDS_FILE).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    known = {card.name for card in cards} | {card.builder for card in cards}
    others = [name for name in published.timm_networks() if name not in known]
    folder.joinpath(NAMES_FILE).write_text("\n".join(others) + "\n", encoding="utf-8")


def survey_by_name(builder: str) -> BackboneCard:
    """Measure the timm network `builder` and keep its card in the home folder; raise WeightsError if it is too odd."""
    card = survey_card("timm", builder)
    path = card_file(card.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    aside.write_text(to_json(card), encoding="utf-8")
    aside.replace(path)
    return card


def survey_card(library: Library, builder: str) -> BackboneCard:
    """Measure one network; raise WeightsError if the rules for blocks do not understand it."""
    weights = published.weights_of(library, builder)
    if not weights:
        raise not_understood("no weights of it are published in a form that Thaw reads")
    options = published.options_of(library, builder)

    def build(classes: int) -> nn.Module:
        with _of_others(builder):
            return outline_named(library, builder, options, classes)

    module = build(1)
    wanted = weights[0].preprocessing.crop
    sizes = measure_sizes(module, wanted, published.least_side(library, builder))
    with _of_others(builder):
        attention = Trace(module, sizes.usual).attention
    if attention and sizes.usual < wanted and sizes.takes(_ORDINARY):
        # Made for more than Thaw takes; a transformer's work grows with the fourth power of the side.
        sizes = replace(sizes, usual=_ORDINARY)
    named = CURATED.get(builder, builder) if library == "timm" else builder
    return BackboneCard(
        name=named,
        title=title_of(named),
        family=family_of(named),
        library=library,
        builder=builder,
        options=options,
        blocks=find_blocks(build, sizes.usual),
        weights=weights,
        sizes=sizes,
        auxiliary=published.auxiliary_of(library, builder, options),
        attention=attention,
    )


@contextmanager
def _of_others(builder: str) -> Iterator[None]:
    """Log what a network of other people raises, and refuse the network; mistakes of ours are not to look like it."""
    try:
        yield
    except _BREAKS as fault:
        logging.exception("%s without its weights", builder)
        raise not_understood("it cannot be taken through a picture without its weights") from fault


def measure_sizes(module: nn.Module, wanted: int, told_least: int) -> Sizes:
    """Return which sides the module takes, found by sending pictures of some through it; it says nothing of quality.

    `wanted` is the side that its weights learned with, `told_least` the smallest that the library names.
    """
    own = next((side for side in (wanted, _ORDINARY, 256) if _takes(module, side)), None)
    if own is None:
        raise not_understood(f"it takes no pictures of {wanted} pixels")
    step = next((step for step in _STEPS if own % step == 0 and _takes(module, own + step, own - step)), None)
    if step is None:
        return Sizes(usual=own, least=own, most=own)
    sides = [-(-side // step) * step for side in _SIDES]
    least = own
    for side in reversed([side for side in sides if max(told_least, 32) <= side < own]):
        if not _takes(module, side):
            break
        least = side
    sizes = Sizes(usual=own, least=least, step=step)
    return replace(sizes, usual=sizes.nearest(own))


def _takes(module: nn.Module, *sides: int) -> bool:
    """Say whether the module learns from two pictures of each side; BatchNorm needs more than one value for that."""
    try:
        for side in sides:
            module.train()(torch.zeros(2, 3, side, side, device="meta"))
    except _BREAKS:
        return False
    return True


def lean(value: Any) -> Any:
    """Return plain values as `to_plain` does, without the fields that have their default."""
    if is_dataclass(value) and not isinstance(value, type):
        held = {field: getattr(value, field.name) for field in fields(value)}
        return {field.name: lean(item) for field, item in held.items() if item != field.default and item != {}}
    if isinstance(value, tuple):
        return [lean(item) for item in value]
    return to_plain(value)
