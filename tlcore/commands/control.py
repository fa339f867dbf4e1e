"""The verb `control`: freeze, thaw, change a rate, pause or stop, while a run goes on."""

import argparse
import time
from typing import Any

from tlcore.catalog.backbones import backbone
from tlcore.commands.naming import run_named
from tlcore.config import Phase, written_rate
from tlcore.controls import Control, Pause, SetRate, Stop, StopAfterEpoch
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.events import Changed
from tlcore.history import ENDED, RESTING, History
from tlcore.store import Store
from tlcore.store.runs import Run

_PLAIN: dict[str, tuple[Control, str]] = {
    "pause": (Pause(), "It pauses after the step that is on, and everything is kept."),
    "stop": (Stop(), "It stops after the step that is on; the best weights are kept."),
    "stop-after-epoch": (StopAfterEpoch(), "It stops when the epoch that is on has been judged."),
}
_PATIENCE, _TICK = 5.0, 0.1
"""Seconds in all, and between looks, for the answer to a change."""
_OF_BLOCKS = ("freeze", "thaw", "rate")
_DESCRIPTION = """\
Ask something of a run that goes on, here or in the browser; it counts from the next step.

  python -m tlcore control RUN freeze layer4
  python -m tlcore control RUN thaw layer3 0.0001     without a rate: as the plan has it
  python -m tlcore control RUN rate head 0.0003
  python -m tlcore control RUN pause                  go on later: python -m tlcore resume RUN
  python -m tlcore control RUN stop                   now; or stop-after-epoch
"""


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "control",
        help="freeze, thaw, change a rate, pause or stop a run that goes on",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_id", metavar="RUN", help="the run's id, or its first letters")
    parser.add_argument("what", metavar="WHAT", help=f"one of {', '.join((*_OF_BLOCKS, *_PLAIN))}")
    parser.add_argument("block", metavar="BLOCK", nargs="?", help="for freeze, thaw and rate: which block")
    parser.add_argument("rate", metavar="RATE", nargs="?", help="for rate, and if you like for thaw: the base rate")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """File what was asked for; raise ChoiceError if there is no such run or block, or the run does not go on."""
    store.runs.bury()  # what is asked of a process that is gone would never be done
    asked = run_named(store, arguments.run_id)
    history = History.of(store.runs.events(asked.id))
    control, told = _control(asked, history, arguments)
    state = history.state(asked)
    if state in ENDED:
        raise ChoiceError(f"This run is {state}, so nothing can be asked of it.", "Start another one.")
    if state in RESTING and not isinstance(control, Stop):
        raise ChoiceError(f"This run is {state}.", f"Let it go on first: python -m tlcore resume {asked.id[:8]}")
    identity = store.runs.ask(asked.id, control)
    report: dict[str, Any] = {"run": asked.id, "asked": arguments.what}
    if isinstance(control, SetRate):
        changed = _answer(store, asked.id, identity) if state == "running" else None
        told = _told(control, changed)
        report |= {"block": control.block, "rate": control.rate, "applied": changed.applied if changed else None}
    if not arguments.json:
        print("It is ended; the best weights are kept." if state in RESTING else told)
    return report


def _answer(store: Store, run: str, identity: int | None) -> Changed | None:
    """Wait a moment for what the run says to a change; raise ChoiceError if it refuses."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        for entry in store.runs.events(run):
            if isinstance(entry.event, Changed) and entry.event.control == identity:
                if entry.event.refused:
                    raise ChoiceError(entry.event.refused)
                return entry.event
        time.sleep(_TICK)
    return None


def _told(control: SetRate, changed: Changed | None) -> str:
    made = "is frozen" if control.rate == 0.0 else f"learns with base rate {written_rate(control.rate)}"
    if changed is None:
        return f"Asked: {control.block} {made} once the step that is on is done."
    applied = f", applied as {written_rate(changed.applied)}" if changed.applied != control.rate else ""
    return f"{control.block} {made} from step {changed.after + 1}{applied}."


def _control(asked: Run, history: History, arguments: argparse.Namespace) -> tuple[Control, str]:
    what = arguments.what
    if what == "resume":
        raise ChoiceError("resume is a verb of its own.", f"Try: python -m tlcore resume {asked.id[:8]}")
    if what not in (*_PLAIN, *_OF_BLOCKS):
        raise ChoiceError(f"{what} is nothing that a run understands.", did_you_mean(what, (*_PLAIN, *_OF_BLOCKS)))
    if what in _PLAIN:
        if arguments.block is not None:
            raise ChoiceError(f"{what} takes nothing after it, and got {arguments.block}.", "It is for the whole run.")
        return _PLAIN[what]
    block = _block(asked, what, arguments.block)
    rate = _rate(asked, history, what, block, arguments.rate)
    return SetRate(block=block, rate=rate), ""


def _block(asked: Run, what: str, block: str | None) -> str:
    card = backbone(asked.config.backbone)
    if block is None:
        raise ChoiceError(f"{what} needs a block.", f"{card.title} has {', '.join(card.block_names)}.")
    card.check_block(block)
    return block


def _rate(asked: Run, history: History, what: str, block: str, text: str | None) -> float:
    if what == "freeze":
        if text is not None:
            raise ChoiceError(f"freeze takes no rate, and got {text}.", "Use rate to set one.")
        return 0.0
    if text is None and what == "thaw" and (planned := _planned(asked, history, block)):
        return planned
    if text is None:
        raise ChoiceError(f"{what} {block} needs a rate.", "Such as 0.0001.")
    try:
        return float(text)
    except ValueError:
        raise ChoiceError(f"{text} is not a rate.", "It takes a number, such as 0.0001.") from None


def _planned(asked: Run, history: History, block: str) -> float | None:
    """Return the rate that the plan has for a block in this phase, or in the next one in which it learns, if any."""
    on = history.phase.phase if history.phase else 0
    ahead: list[Phase] = [*asked.config.schedule[on:], *asked.config.schedule[:on]]
    return next((phase.rate(block) for phase in ahead if phase.rate(block) > 0), None)
