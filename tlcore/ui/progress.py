"""How far a run is, in a bar and in large numbers."""

from tlcore.config import RunConfig
from tlcore.events import Failed
from tlcore.history import ENDED, RESTING, History, State
from tlcore.store.runs import Run
from tlcore.text import memory
from tlcore.ui.components.static import Segment
from tlcore.ui.words import duration, percent


def phase_segments(config: RunConfig, history: History) -> list[Segment]:
    """Return the bar's parts, one per phase."""
    steps = history.steps[-1].step if history.steps else 0
    done = steps / history.started.steps_per_epoch if history.started else 0.0
    parts, begins = [], 0
    for number, phase in enumerate(config.schedule):
        learning = sum(1 for rate in phase.rates.values() if rate > 0)
        blocks = "head only" if learning == 1 and phase.rate("head") > 0 else f"{learning} blocks learn"
        parts.append(
            Segment(
                label=f"Phase {number + 1}: {blocks}",
                fraction_done=min(1.0, max(0.0, (done - begins) / phase.epochs)),
                share=phase.epochs,
                active=begins <= done < begins + phase.epochs and history.end is None,
            )
        )
        begins += phase.epochs
    return parts


def run_numbers(run: Run, history: History, state: State) -> list[tuple[str, str, str]]:
    """Return epoch, time, speed, best result and memory, each with what it is."""
    best = history.best
    speed = history.speed
    return [
        _epoch(run.config, history),
        _time(history, state),
        (f"{speed:.0f}" if speed else "–", "pictures per second", "learning and checking"),
        (
            percent(best.accuracy) if best else "–",
            f"best, epoch {best.epoch}: {best.right} of {best.count}" if best else "best on validation",
            "",
        ),
        _memory(history),
    ]


def _epoch(config: RunConfig, history: History) -> tuple[str, str, str]:
    if history.started is None:
        return f"0 of {config.epochs}", "epoch", ""
    per_epoch = history.started.steps_per_epoch
    steps = history.steps[-1].step if history.steps else 0
    epoch = min(config.epochs, steps // per_epoch + (1 if steps % per_epoch else 0))
    inside = (steps - 1) % per_epoch + 1 if steps else 0
    return f"{max(1, epoch)} of {config.epochs}", f"epoch, step {inside} of {per_epoch}", ""


def _memory(history: History) -> tuple[str, str, str]:
    most = max((epoch.memory for epoch in history.epochs), default=0)
    return (memory(most), "memory", "the most so far") if most else ("–", "memory", "known after an epoch")


def _time(history: History, state: State) -> tuple[str, str, str]:
    if state in ENDED:
        seconds = history.steps[-1].seconds if history.steps else 0.0
        if history.end is not None and not isinstance(history.end, Failed):
            # A run that rested when it was ended tells no time of its own.
            seconds = max(seconds, history.end.seconds)
        return duration(seconds) if seconds else "–", "taken", ""
    if state in RESTING:
        return duration(history.steps[-1].seconds) if history.steps else "–", "taken", "so far"
    if state in ("pausing", "stopping"):
        return "–", "left", "it is about to " + ("rest" if state == "pausing" else "end")
    left = history.seconds_left
    return duration(left) if left is not None else "–", "left", "at the pace so far" if left is not None else ""
