"""The strategies of the field: each fills a schedule for a network's blocks, stem first, head last."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tlcore.config import Phase, Strategy
from tlcore.errors import ChoiceError, did_you_mean

HEAD_RATE = 0.001
LOW_RATE = 0.0001
DEPTH_RATE = 0.001
DEPTH_DECAY = 0.6
SCRATCH_RATE = 0.001
THAWED_RATE = 0.0003


def rates_by_depth(blocks: Sequence[str], rate: float, decay: float) -> dict[str, float]:
    """Give block i the rate · decay^(last − i): the deeper, the faster (Howard and Ruder 2018, ULMFiT)."""
    last = len(blocks) - 1
    return {block: float(f"{rate * decay ** (last - place):.2g}") for place, block in enumerate(blocks)}


def _features(blocks: Sequence[str], epochs: int) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates={blocks[-1]: HEAD_RATE}),)


def _low(blocks: Sequence[str], epochs: int) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates=dict.fromkeys(blocks, LOW_RATE)),)


def _depth(blocks: Sequence[str], epochs: int) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates=rates_by_depth(blocks, DEPTH_RATE, DEPTH_DECAY)),)


def _headfirst(blocks: Sequence[str], epochs: int) -> tuple[Phase, ...]:
    """The head alone for a third, then all of them: linear probing, then fine-tuning (Kumar et al. 2022, LP-FT)."""
    if epochs < 2:
        return _features(blocks, epochs)
    alone = max(1, epochs // 3)
    return (*_features(blocks, alone), *_low(blocks, epochs - alone))


def _scratch(blocks: Sequence[str], epochs: int) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates=dict.fromkeys(blocks, SCRATCH_RATE)),)


def _gradual(blocks: Sequence[str], epochs: int) -> tuple[Phase, ...]:
    """The head alone, then the two blocks before it, then two more; with few epochs, fewer phases."""
    shares = _thirds(epochs)
    phases = []
    for number, share in enumerate(shares):
        thawed = blocks[max(0, len(blocks) - 1 - 2 * number) : -1]
        rates = rates_by_depth(thawed, THAWED_RATE, DEPTH_DECAY)
        phases.append(Phase(epochs=share, rates={**rates, blocks[-1]: HEAD_RATE if not thawed else DEPTH_RATE}))
    return tuple(phases)


def _thirds(epochs: int) -> list[int]:
    phases = min(3, epochs)
    return [epochs // phases + (1 if number >= phases - epochs % phases else 0) for number in range(phases)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyCard:
    """What a person reads about a strategy, and how it fills a schedule."""

    title: str
    sentence: str
    fill: Callable[[Sequence[str], int], tuple[Phase, ...]]


STRATEGIES: Mapping[Strategy, StrategyCard] = MappingProxyType(
    {
        "features": StrategyCard(
            title="Feature extraction",
            sentence="Only the new head learns; everything before it stays as it came.",
            fill=_features,
        ),
        "gradual": StrategyCard(
            title="Gradual thawing",
            sentence="The head learns first; then the blocks thaw, the last ones first.",
            fill=_gradual,
        ),
        "headfirst": StrategyCard(
            title="Head first, then all",
            sentence="The head learns alone until it points the right way; then all blocks learn, slowly (LP-FT).",
            fill=_headfirst,
        ),
        "low": StrategyCard(
            title="Everything, low rate",
            sentence="All blocks learn from the start, slowly, so that little is forgotten.",
            fill=_low,
        ),
        "depth": StrategyCard(
            title="Rates by depth",
            sentence="All blocks learn; each one slower than the one after it (discriminative rates).",
            fill=_depth,
        ),
        "scratch": StrategyCard(
            title="From scratch",
            sentence="The network starts from random numbers and knows nothing yet.",
            fill=_scratch,
        ),
    }
)


def fill(strategy: str, blocks: Sequence[str], epochs: int) -> tuple[Phase, ...]:
    """Return the schedule that `strategy` makes for these blocks; raise ChoiceError if it is not known."""
    for name, card in STRATEGIES.items():
        if name == strategy:
            return card.fill(blocks, epochs)
    raise ChoiceError(f"{strategy} is not a strategy.", did_you_mean(strategy, STRATEGIES))
