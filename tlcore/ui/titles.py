"""What runs and their states are called, for people."""

from collections.abc import Mapping
from types import MappingProxyType

from tlcore.catalog.backbones import backbone
from tlcore.catalog.weights import SCRATCH
from tlcore.config import RunConfig
from tlcore.events import Failed
from tlcore.history import ENDED, History, State
from tlcore.strategies import STRATEGIES

_STATES: Mapping[State, str] = MappingProxyType(
    {
        "waiting": "Waiting",
        "starting": "Getting ready",
        "running": "Learning",
        "stopping": "Stopping after this step",
        "finished": "Finished",
        "stopped": "Stopped",
        "failed": "Failed",
        "interrupted": "Interrupted",
        "pausing": "Pausing after this step",
        "paused": "Paused",
    }
)


def strategy_title(config: RunConfig) -> str:
    """Return who filled the schedule, in words."""
    return STRATEGIES[config.strategy].title if config.strategy != "own" else "Own rates"


def plan_title(config: RunConfig) -> str:
    """Return strategy and network in one line, saying so where the network began from random numbers."""
    scratch = config.weights == SCRATCH and config.strategy != "scratch"
    return f"{strategy_title(config)} · {backbone(config.backbone).title}" + (" · from scratch" if scratch else "")


def state_title(config: RunConfig, history: History, state: State) -> str:
    """Return a run's state in two or three words."""
    if state == "running":
        phase = config.schedule[history.phase.phase if history.phase else 0]
        blocks = backbone(config.backbone).blocks
        return f"Learning: {sum(phase.rate(block.name) > 0 for block in blocks)} of {len(blocks)} blocks"
    return _STATES[state]


def waiting_for(state: State, ahead: int) -> str:
    """Say what the empty chart waits for."""
    if state == "waiting" and ahead:
        return f"{ahead} run{'s' if ahead > 1 else ''} before this one in the queue. The curves begin when it starts."
    if state not in ENDED:
        return "The first point comes after the first step, a second or two after the network is ready."
    return "This run ended before its first step, so there are no curves."


def ending(history: History, state: State) -> str:
    """Say what happened to a run that did not end as planned, and what to do; empty for all others."""
    if state == "interrupted":
        return "Interrupted: the process that trained is gone. The best weights so far are kept. Start the run again."
    if isinstance(history.end, Failed):
        return f"{history.end.sentence} {history.end.advice}"
    if state == "stopped" and history.best is None:
        return "Stopped before the first epoch was over, so no weights are kept."
    return ""
