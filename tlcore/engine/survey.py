"""Measures the catalog's facts from the modules themselves, on the meta device, without weights or memory."""

import json
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from tlcore import catalog
from tlcore.catalog.backbones import BACKBONES
from tlcore.catalog.cards import BackboneCard, Block
from tlcore.catalog.facts import FACTS_FILE, BackboneFacts, BlockFacts
from tlcore.engine.hooks import HookSession
from tlcore.engine.modality.image import build_module
from tlcore.plan import partition
from tlcore.records import to_plain

SURVEY_SIZE = 224


def write_survey() -> None:
    """Write the facts of every card beside the cards."""
    path = Path(catalog.__file__).with_name(FACTS_FILE)
    path.write_text(json.dumps(to_plain(survey()), indent=0, separators=(",", ":")) + "\n", encoding="utf-8")


def survey() -> dict[str, BackboneFacts]:
    """Return the facts of every card, as `catalog/facts.json` holds them."""
    return {name: survey_card(card) for name, card in BACKBONES.items()}


def survey_card(card: BackboneCard) -> BackboneFacts:
    """Measure one card; raise ChoiceError if its blocks do not hold every parameter exactly once."""
    with torch.device("meta"):
        module = build_module(card, classes=1).eval()
        picture = torch.zeros(1, 3, SURVEY_SIZE, SURVEY_SIZE)
    held = partition(card.blocks, dict(module.named_parameters()))
    with HookSession(module, card.blocks) as hooks, FlopCounterMode(display=False) as counter:
        module(picture)
    return BackboneFacts(
        blocks={
            block.name: BlockFacts(
                shape=_shape(block, hooks.captured[block.name]),
                multiply_adds=_multiply_adds(module, block.prefixes, counter),
                parameters={name: module.get_parameter(name).numel() for name in held[block.name]},
            )
            for block in card.blocks
        }
    )


def _shape(block: Block, output: Tensor) -> tuple[int, ...]:
    # SqueezeNet answers with maps of one pixel.
    return tuple((output.flatten(1) if block.layout == "vector" else output).shape[1:])


def _multiply_adds(module: nn.Module, prefixes: tuple[str, ...], counter: FlopCounterMode) -> int:
    # The counter counts a multiplication and an addition as two.
    root = type(module).__name__
    counts = counter.get_flop_counts()
    return sum(sum(counts.get(f"{root}.{prefix}", {}).values()) for prefix in prefixes) // 2
