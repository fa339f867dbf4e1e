"""What runs and their states are called, for people."""

from collections.abc import Mapping
from types import MappingProxyType

from tlcore.catalog.backbones import known
from tlcore.catalog.weights import SCRATCH
from tlcore.config import RunConfig
from tlcore.controls import StopAfterEpoch
from tlcore.events import Failed, Interrupted
from tlcore.history import ENDED, STILL, History, State
from tlcore.store.runs import Run
from tlcore.strategies import STRATEGIES
from tlcore.text import count

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
    card = known(config.backbone)
    network = card.title if card else config.backbone
    return f"{strategy_title(config)} · {network}" + (" · from scratch" if scratch else "")


def state_title(run: Run, history: History, state: State) -> str:
    """Return a run's state in two or three words."""
    if state == "running":
        rates = history.rates or run.config.schedule[0].rates
        return f"Learning: {sum(rate > 0 for rate in rates.values())} of {len(block_names(run.config))} blocks"
    if state == "stopping" and run.wish is StopAfterEpoch:
        return "Stopping after this epoch"
    return _STATES[state]


def state_sentence(run: Run, history: History, state: State, ahead: int) -> str:
    """Say what a state means, what is kept, and what happens next; `ahead` runs stand before it in the queue."""
    match state:
        case "waiting":
            queue = f"{count(ahead, 'run')} before this one in the queue." if ahead else "Next in the queue."
            return f"{queue} {_goes_on_from(history)}".strip()
        case "starting":
            return "The network is built and the pictures are counted; the first step follows in a second or two."
        case "running" if history.started and history.started.anew:
            return "What was saved is damaged, so it does everything again from the beginning, in the same way."
        case "running":
            return "It goes on without this page: close the browser, come back, and it is there."
        case "pausing":
            return "After the step that is on, everything is saved and the machine is free for other runs."
        case "stopping":
            when = "When this epoch has been judged" if run.wish is StopAfterEpoch else "After the step that is on"
            best = f", with the best weights kept: epoch {history.best.epoch}" if history.best else ""
            return f"{when} the run ends{best}."
        case "paused":
            return f"{kept(history)} It holds no worker while it rests, so other runs can go first."
        case "interrupted":
            told = history.rest if isinstance(history.rest, Interrupted) else None
            advice = f" {told.advice}" if told else ""
            what = told.sentence if told else "The process that trained is gone."
            return f"{what} {kept(history)} It holds no worker.{advice}"
        case "failed" if isinstance(history.end, Failed):
            return f"{history.end.sentence} {history.end.advice}"
        case "stopped" if history.best:
            return f"You stopped it. The best weights are kept: epoch {history.best.epoch}."
        case "stopped":
            return "Stopped before the first epoch was over, so no weights are kept."
    return "The plan was carried out to its end."


def kept(history: History) -> str:
    """Say what a resting run has when it goes on."""
    if history.saved is None:
        return "Nothing is saved yet, so it begins anew." if history.steps else "It has not begun."
    per_epoch = history.started.steps_per_epoch if history.started else 1
    inside = history.saved.step % per_epoch
    where = f"step {inside} of epoch {history.saved.epoch + 1}" if inside else f"epoch {history.saved.epoch}"
    return f"Everything up to {where} is kept."


def _goes_on_from(history: History) -> str:
    if history.saved is None:
        return ""
    return f"It goes on from where it was. {kept(history)}"


def waiting_for(state: State) -> str:
    """Say what the empty chart waits for."""
    if state in ENDED:
        return "This run ended before its first step, so there are no curves."
    if state in STILL or state == "waiting":
        return "The curves begin when the run does."
    return "The first point comes after the first step, a second or two after the network is ready."


def block_names(config: RunConfig) -> tuple[str, ...]:
    """Return the names of a network's blocks, stem first; those that the plan names where the card is gone."""
    if card := known(config.backbone):
        return card.block_names
    return tuple(dict.fromkeys(name for phase in config.schedule for name in phase.rates))
