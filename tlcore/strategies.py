"""The strategies of the field: each fills a schedule for a network's blocks, stem first, head last."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType

from tlcore.config import Phase, Strategy, check_epochs, check_rate
from tlcore.errors import ChoiceError, did_you_mean

HEAD_RATE = 0.001
LOW_RATE = 0.0001
DEPTH_RATE = 0.001
DEPTH_DECAY = 0.6
LEAST_DECAY = 0.1
SCRATCH_RATE = 0.001
THAWED_RATE = 0.0003

_MOST_PHASES = 3
_AT_ONCE = 2
"""Blocks that gradual thawing thaws in one phase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """How rates fall from the head to the stem: the two numbers of `rates_by_depth`."""

    rate: float = DEPTH_RATE
    """The head's."""
    decay: float = DEPTH_DECAY
    """What each block's rate is multiplied by for the block before it."""

    def __post_init__(self) -> None:
        """Check the values."""
        check_rate("the head", self.rate)
        if not self.rate:
            raise ChoiceError("The head's rate is 0, so nothing would learn.", f"The usual one is {DEPTH_RATE:g}.")
        if not LEAST_DECAY <= self.decay <= 1.0:
            raise ChoiceError(f"The decay is {self.decay:g}.", f"It takes {LEAST_DECAY:g} to 1 (the same for all).")


def rates_by_depth(blocks: Sequence[str], rate: float, decay: float) -> dict[str, float]:
    """Give block i the rate · decay^(last − i): the deeper, the faster (Howard and Ruder 2018, ULMFiT)."""
    last = len(blocks) - 1
    return {block: float(f"{rate * decay ** (last - place):.2g}") for place, block in enumerate(blocks)}


def _features(blocks: Sequence[str], epochs: int, _slope: Slope) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates={blocks[-1]: HEAD_RATE}),)


def _low(blocks: Sequence[str], epochs: int, _slope: Slope) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates=dict.fromkeys(blocks, LOW_RATE)),)


def _depth(blocks: Sequence[str], epochs: int, slope: Slope) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates=rates_by_depth(blocks, slope.rate, slope.decay)),)


def _headfirst(blocks: Sequence[str], epochs: int, slope: Slope) -> tuple[Phase, ...]:
    """The head alone for a third, then all of them: linear probing, then fine-tuning (Kumar et al. 2022, LP-FT)."""
    if epochs < 2:
        return _features(blocks, epochs, slope)
    alone = max(1, epochs // 3)
    return (*_features(blocks, alone, slope), *_low(blocks, epochs - alone, slope))


def _scratch(blocks: Sequence[str], epochs: int, _slope: Slope) -> tuple[Phase, ...]:
    return (Phase(epochs=epochs, rates=dict.fromkeys(blocks, SCRATCH_RATE)),)


def _gradual(blocks: Sequence[str], epochs: int, _slope: Slope) -> tuple[Phase, ...]:
    """The head alone, then the two blocks before it, then two more; with few epochs or blocks, fewer phases."""
    most = 1 + ceil((len(blocks) - 1) / _AT_ONCE)
    phases = []
    for number, share in enumerate(_shares(epochs, min(_MOST_PHASES, most, epochs))):
        thawed = blocks[max(0, len(blocks) - 1 - _AT_ONCE * number) : -1]
        rates = rates_by_depth(thawed, THAWED_RATE, DEPTH_DECAY)
        phases.append(Phase(epochs=share, rates={**rates, blocks[-1]: HEAD_RATE if not thawed else DEPTH_RATE}))
    return tuple(phases)


def _shares(epochs: int, phases: int) -> list[int]:
    """Share the epochs out; what does not divide goes to the last phases."""
    return [epochs // phases + (1 if number >= phases - epochs % phases else 0) for number in range(phases)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyCard:
    """What a person reads about a strategy, and how it fills a schedule."""

    title: str
    sentence: str
    fill: Callable[[Sequence[str], int, Slope], tuple[Phase, ...]]


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


def fill(strategy: str, blocks: Sequence[str], epochs: int, slope: Slope | None = None) -> tuple[Phase, ...]:
    """Return the schedule that `strategy` makes for these blocks; `slope` is for the rates by depth.

    Raises ChoiceError if the strategy is not known, or no run can have so many epochs.
    """
    check_epochs(epochs)
    for name, card in STRATEGIES.items():
        if name == strategy:
            return card.fill(blocks, epochs, slope or Slope())
    raise ChoiceError(f"{strategy} is not a strategy.", did_you_mean(strategy, STRATEGIES))


def recognized(blocks: Sequence[str], schedule: tuple[Phase, ...], from_scratch: bool) -> Strategy:
    """Return the strategy that would have made this schedule as it stands, `own` if none would."""
    epochs = sum(phase.epochs for phase in schedule)
    for name in STRATEGIES:
        if from_scratch == (name == "scratch") and fill(name, blocks, epochs) == schedule:
            return name
    return "own"
