"""Counts and shapes of every backbone, measured from the modules by `python -m tlcore survey`, read without torch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tlcore.catalog.backbones import backbone
from tlcore.records import from_plain

FACTS_FILE = "facts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFacts:
    """What a block measures at an input of 224 × 224 pixels."""

    shape: tuple[int, ...]
    """Shape of the output for one picture: (C, H, W), (1 + H·W, C) or (C,)."""
    multiply_adds: int
    """For one picture."""
    parameters: Mapping[str, int]
    """Name to number of values; in the head, values per class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneFacts:
    """What a backbone measures, block by block."""

    blocks: Mapping[str, BlockFacts]

    @property
    def multiply_adds(self) -> int:
        """For one picture of 224 × 224 pixels."""
        return sum(block.multiply_adds for block in self.blocks.values())


@cache
def facts(name: str) -> BackboneFacts:
    """Return the measured facts of the backbone called `name`."""
    text = files(__package__).joinpath(FACTS_FILE).read_text(encoding="utf-8")
    return from_plain(BackboneFacts, json.loads(text)[backbone(name).name])


def census(name: str, classes: int) -> dict[str, int]:
    """Return every parameter of backbone `name` with a head for `classes` classes, and its number of values."""
    head = backbone(name).head.name
    return {
        parameter: count * classes if block == head else count
        for block, measured in facts(name).blocks.items()
        for parameter, count in measured.parameters.items()
    }
