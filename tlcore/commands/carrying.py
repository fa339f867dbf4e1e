"""Carries a run out in this process, with a progress bar, and tells what came of it; `train` and `resume` share it."""

import signal
import sys
from threading import Thread
from types import FrameType
from typing import Any

from tlcore.commands.bars import bar
from tlcore.commands.together import Seat
from tlcore.config import RunConfig
from tlcore.controls import Stop
from tlcore.data.manifest import Manifest
from tlcore.errors import ThawError
from tlcore.events import Evaluated, Event, Failed, Finished, Interrupted, Paused, Squeezed, Started, Stepped, Stopped
from tlcore.history import History
from tlcore.store import Store
from tlcore.store.runs import Run
from tlcore.text import clean, count
from tlcore.verdict import explosion_verdict, squeeze_verdict


def carry_on(store: Store, run: Run, manifest: Manifest, quiet: bool) -> dict[str, Any]:
    """Work on a run that this process holds until it ends or rests; raise ThawError if it failed or was interrupted."""
    from tlcore.engine.work import carry_out

    seat = Seat.taken()
    _stop_on_interrupt(store, run)
    with _Bar(run.config, quiet) as bar:
        if seat.alone:
            carry_out(store, run.id, bar.show)
        else:
            # Where another process ends, torchrun ends this one too; it misses the other by itself, and says so first.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            carry_out(store, run.id, bar.show, seat.meet)
    history = History.of(store.runs.events(run.id))
    last = history.end or history.rest
    if isinstance(last, Interrupted):
        raise ThawError(last.sentence, f"{last.advice} Go on: python -m tlcore resume {run.id[:8]}".strip())
    if isinstance(last, Failed):
        raise ThawError(last.sentence, last.advice)
    report = _report(run, manifest, history)
    if not quiet:
        if explosion := explosion_verdict(history):
            print(explosion, file=sys.stderr)
        _tell(report)
    return report


def _stop_on_interrupt(store: Store, run: Run) -> None:
    """Make the first Ctrl-C a request to stop, which keeps the best weights, and the second one the end."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        # Not in this thread: the signal may have come in the middle of a write.
        Thread(target=store.runs.ask, args=(run.id, Stop())).start()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, ask)


class _Bar:
    """A progress bar over the steps of a run, with the newest accuracy behind it."""

    def __init__(self, config: RunConfig, quiet: bool) -> None:
        self._bar = bar(f"{config.backbone}, {count(config.epochs, 'epoch')}", quiet=quiet, unit="step")

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, event: Event) -> None:
        """Draw an event."""
        match event:
            case Started():
                self._bar.reset(event.epochs * event.steps_per_epoch)
                self._bar.update(event.step)
            case Stepped():
                self._bar.update()
            case Squeezed():
                if not self._bar.disable:
                    self._bar.write(squeeze_verdict(event), file=sys.stderr)
            case Evaluated():
                self._bar.set_postfix_str(f"epoch {event.epoch}: {event.right} of {event.count} right")


def _report(run: Run, manifest: Manifest, history: History) -> dict[str, Any]:
    best, last = history.best, history.end or history.rest
    return {
        "run": run.id,
        "state": history.state(run),
        "device": history.started.device if history.started else None,
        "computed_in": history.started.arithmetic.words if history.started else None,
        "accuracy": best.accuracy if best else None,
        "best_epoch": best.epoch if best else None,
        "seconds": round(last.seconds, 3) if isinstance(last, Finished | Stopped | Paused) else None,
        "classes": list(manifest.classes),
        "train_examples": len(manifest.of("train")),
        "val_examples": len(manifest.of("val")),
        "ignored": manifest.ignored,
        "notices": [{"names": one.names, "count": one.count, "sentence": one.sentence} for one in manifest.notices],
        "left_out": [{"name": left.name, "code": left.code, "sentence": left.sentence} for left in manifest.left_out],
    }


def _tell(report: dict[str, Any]) -> None:
    short = report["run"][:8]
    for left in report["left_out"]:
        print(f"left out: {clean(left['name'])}: {left['sentence']}", file=sys.stderr)
    if report["accuracy"] is not None:
        print(f"{100 * report['accuracy']:.1f} % of {report['val_examples']} validation pictures right", end="")
        print(f" (best: epoch {report['best_epoch']}), {report['seconds']:.0f} s")
    if report["device"]:
        print(f"Computed on {report['device']}: {report['computed_in']}")
    if report["state"] == "paused":
        print(f"Paused; everything is kept. Go on: python -m tlcore resume {short}")
    elif report["accuracy"] is None:
        print("Stopped before the first epoch was over; no weights are kept.")
    else:
        print(f"Take it along: python -m tlcore export {short} {short}.zip")
