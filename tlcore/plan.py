"""Which parameters learn, and how fast: what the page previews is what the optimizer holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import BackboneCard, Block
from tlcore.config import RunConfig
from tlcore.errors import ChoiceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One parameter group of the optimizer: a block with one rate; a rate of 0.0 is frozen."""

    block: str
    rate: float
    weight_decay: float
    tensors: int
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


def plan_groups(card: BackboneCard, classes: int, rates: Mapping[str, float], weight_decay: float) -> tuple[Group, ...]:
    """Return one group per block, stem first; a block without a rate is frozen.

    Raises ChoiceError if `rates` names a block that the network does not have.
    """
    for name in rates:
        card.check_block(name)
    return tuple(
        Group(
            block=block.name,
            rate=rates.get(block.name, 0.0),
            weight_decay=weight_decay,
            tensors=block.tensors,
            values=card.values_of(block.name, classes),
        )
        for block in card.blocks
    )


def preview(config: RunConfig, classes: int) -> tuple[tuple[Group, ...], ...]:
    """Return the groups of every phase of `config` for a head with `classes` answers, without the network.

    Raises ChoiceError where the network cannot do what `config` asks for.
    """
    card = backbone(config.backbone)
    _check_size(card, config.loader.image_size)
    for change in config.changes:
        plan_groups(card, classes, {change.block: change.rate}, 0.0)
    decay = config.optimizer.weight_decay
    return tuple(plan_groups(card, classes, phase.rates, decay) for phase in config.schedule)


def learning(groups: Iterable[Group]) -> int:
    """Return how many values learn in these groups."""
    return sum(group.values for group in groups if group.rate > 0.0)


def _check_size(card: BackboneCard, size: int) -> None:
    sizes = card.sizes
    if not sizes.takes(size):
        wanted = (
            f"pictures of {sizes.least} pixels"
            if sizes.least == sizes.most
            else f"{sizes.least} to {sizes.most} pixels" + (f" in steps of {sizes.step}" if sizes.step > 1 else "")
        )
        raise ChoiceError(f"{card.title} takes {wanted}, not {size}.", f"The nearest is {sizes.nearest(size)}.")
