"""Which parameters learn, and how fast: what the page previews is what the optimizer holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import Block
from tlcore.catalog.facts import census
from tlcore.config import Phase, RunConfig
from tlcore.errors import ChoiceError, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One parameter group of the optimizer: a block with one rate; a rate of 0.0 is frozen."""

    block: str
    rate: float
    weight_decay: float
    parameters: tuple[str, ...]
    values: int
    """Numbers in all of its parameters."""


def partition(blocks: Sequence[Block], names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give every name to the one block that holds it; raise ChoiceError if none does, or two do."""
    held: dict[str, list[str]] = {block.name: [] for block in blocks}
    for name in names:
        owners = [block.name for block in blocks if block.holds(name)]
        if len(owners) != 1:
            raise ChoiceError(f"{name} is in {len(owners)} blocks.", "Every parameter has to be in exactly one.")
        held[owners[0]].append(name)
    return {block: tuple(names) for block, names in held.items()}


def plan_groups(
    counts: Mapping[str, int], blocks: Sequence[Block], phase: Phase, weight_decay: float
) -> tuple[Group, ...]:
    """Return one group per block, stem first; `counts` maps every parameter to its number of values.

    Raises ChoiceError if the phase names a block that the network does not have.
    """
    for name in phase.rates:
        if name not in (known := [block.name for block in blocks]):
            raise ChoiceError(f"{name} is not a block of this network.", did_you_mean(name, known))
    return tuple(
        Group(
            block=block,
            rate=phase.rate(block),
            weight_decay=weight_decay,
            parameters=names,
            values=sum(counts[name] for name in names),
        )
        for block, names in partition(blocks, counts).items()
    )


def preview(config: RunConfig, classes: int) -> tuple[tuple[Group, ...], ...]:
    """Return the groups of every phase of `config` for a head with `classes` answers, without the network.

    Raises ChoiceError where the network cannot do what `config` asks for.
    """
    card = backbone(config.backbone)
    if not card.any_size and config.loader.image_size != card.preprocessing.crop:
        raise ChoiceError(
            f"{card.title} takes pictures of {card.preprocessing.crop} pixels, not {config.loader.image_size}.",
            "Choose that size, or another backbone.",
        )
    counts = census(card.name, classes)
    decay = config.optimizer.weight_decay
    return tuple(plan_groups(counts, card.blocks, phase, decay) for phase in config.schedule)


def learning(groups: Iterable[Group]) -> int:
    """Return how many values learn in these groups."""
    return sum(group.values for group in groups if group.rate > 0.0)
