"""The verb `train`: learn the pictures of a folder, in this process, with a progress bar."""

import argparse
import secrets
import signal
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

from tqdm import tqdm

from tlcore.commands.flags import add_plan_flags, planned
from tlcore.config import Compute, RunConfig
from tlcore.controls import Stop
from tlcore.errors import ChoiceError, ThawError
from tlcore.events import Evaluated, Event, Failed, Started, Stepped
from tlcore.history import History
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.datasets import Dataset
from tlcore.store.reading import SAMPLES, Reader
from tlcore.store.runs import Run
from tlcore.text import clean


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "train",
        help="learn the pictures of a folder",
        description="Learn the pictures of a folder: one folder per class, also below train/ and val/.",
    )
    parser.add_argument("folder", metavar="FOLDER", help="folder or zip of pictures; or a sample: digits, shapes")
    add_plan_flags(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    parser.add_argument("--name", help="what to call the run (default: the folder's name)")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Train, and return what came of it; raise ThawError if the run failed."""
    quiet = arguments.json
    # A typed choice fails here, before any picture is read.
    draft, compute = planned(store, arguments), Compute(device=arguments.device)
    dataset = _dataset(store, arguments, draft.seed)
    draft = replace(draft, data=dataset.manifest.digest)
    config = replace(draft.config(arguments.name or dataset.manifest.name), compute=compute)
    from tlcore.engine.work import carry_out

    submitted = store.runs.submit(config, store.command_line_workspace(), secrets.token_hex(16), Claimant.here())
    _stop_on_interrupt(store, submitted)
    with _Bar(config, quiet) as bar:
        carry_out(store, submitted.id, bar.show)
    history = History()
    history.add(store.runs.events(submitted.id))
    if isinstance(history.end, Failed):
        raise ThawError(history.end.sentence, history.end.advice)
    report = _report(submitted, dataset, history)
    if not quiet:
        _tell(report)
    return report


def _dataset(store: Store, arguments: argparse.Namespace, seed: int) -> Dataset:
    source = Path(arguments.folder)
    with tqdm(desc="pictures", unit="", disable=arguments.json, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        reader = Reader(store, store.command_line_workspace(), seed, progress)
        if source.is_dir():
            return reader.folder(source.resolve(), clean(source.resolve().name))
        if source.is_file():
            return reader.archive(source, clean(source.stem))
        if arguments.folder in SAMPLES:
            return reader.sample(arguments.folder)
    raise ChoiceError(
        f"{arguments.folder} is not a folder.",
        f"It takes a folder or a zip of pictures, or a sample: {', '.join(SAMPLES)}.",
    )


def _stop_on_interrupt(store: Store, submitted: Run) -> None:
    """Make the first Ctrl-C a request to stop, which keeps the best weights, and the second one the end."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        # Not in this thread: the signal may have come in the middle of a write.
        Thread(target=store.runs.ask, args=(submitted.id, Stop())).start()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, ask)


class _Bar:
    """A progress bar over the steps of a run, with the newest accuracy behind it."""

    def __init__(self, config: RunConfig, quiet: bool) -> None:
        self._bar = tqdm(desc=f"{config.backbone}, {config.epochs} epochs", unit="step", disable=quiet)

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, event: Event) -> None:
        """Draw an event."""
        match event:
            case Started():
                self._bar.reset(event.epochs * event.steps_per_epoch)
            case Stepped():
                self._bar.update()
            case Evaluated():
                self._bar.set_postfix_str(f"epoch {event.epoch}: {event.right} of {event.count} right")


def _report(submitted: Run, dataset: Dataset, history: History) -> dict[str, Any]:
    best, end = history.best, history.end
    manifest = dataset.manifest
    return {
        "run": submitted.id,
        "state": history.state(submitted),
        "accuracy": best.accuracy if best else None,
        "best_epoch": best.epoch if best else None,
        "seconds": round(end.seconds, 3) if end and not isinstance(end, Failed) else None,
        "classes": list(manifest.classes),
        "train_examples": len(manifest.of("train")),
        "val_examples": len(manifest.of("val")),
        "left_out": [{"name": left.name, "code": left.code, "sentence": left.sentence} for left in manifest.left_out],
    }


def _tell(report: dict[str, Any]) -> None:
    for left in report["left_out"]:
        print(f"left out: {clean(left['name'])}: {left['sentence']}", file=sys.stderr)
    if report["accuracy"] is None:
        print("Stopped before the first epoch was over; no weights are kept.")
        return
    print(f"{100 * report['accuracy']:.1f} % of {report['val_examples']} validation pictures right", end="")
    print(f" (best: epoch {report['best_epoch']}), {report['seconds']:.0f} s")
    print(f"Take it along: python -m tlcore export {report['run'][:8]} {report['run'][:8]}.zip")
