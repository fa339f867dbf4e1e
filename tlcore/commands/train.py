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

from tlcore.catalog.backbones import DEFAULT, RECOMMENDED
from tlcore.catalog.cards import BackboneCard
from tlcore.catalog.weights import IMAGENET, SCRATCH
from tlcore.commands.opening import opened
from tlcore.config import Compute, RunConfig
from tlcore.controls import Stop
from tlcore.draft import Draft
from tlcore.errors import ChoiceError, ThawError, did_you_mean
from tlcore.events import Evaluated, Event, Failed, Started, Stepped
from tlcore.history import History
from tlcore.plan import preview
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.datasets import Dataset
from tlcore.store.reading import SAMPLES, Reader
from tlcore.store.runs import Run
from tlcore.strategies import STRATEGIES
from tlcore.text import clean

_BACKBONES = f"""\
{", ".join(RECOMMENDED)}, or any other that `python -m tlcore weights` lists, or a timm network by its name"""


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "train",
        help="learn the pictures of a folder",
        description="Learn the pictures of a folder: one folder per class, also below train/ and val/.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("folder", metavar="FOLDER", help="folder or zip of pictures; or a sample: digits, shapes")
    parser.add_argument("--backbone", default=DEFAULT, metavar="NAME", help=_BACKBONES)
    parser.add_argument("--strategy", default="features", metavar="NAME", help=f"one of {', '.join(STRATEGIES)}")
    parser.add_argument("--epochs", type=int, default=10, help="passes over the pictures")
    parser.add_argument("--seed", type=int, default=0, help="draws the split, the new head and the order of pictures")
    parser.add_argument(
        "--rate",
        action="append",
        default=[],
        metavar="BLOCK=RATE",
        help="one block's learning rate in every phase, 0 to freeze it; may be given again",
    )
    parser.add_argument(
        "--weights",
        default=IMAGENET,
        metavar="WEIGHTS",
        help="published weights by name (imagenet: the usual ones), scratch, or a file of your own",
    )
    parser.add_argument("--batch-size", type=int, default=32, help="pictures per step")
    parser.add_argument("--image-size", type=int, default=224, help="side of the network's input, in pixels")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--name", help="what to call the run (default: the folder's name)")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Train, and return what came of it; raise ThawError if the run failed."""
    quiet = arguments.json
    # A typed choice fails here, before any picture is read.
    draft, compute = _draft(store, arguments, data=""), Compute(device=arguments.device)
    preview(draft.config("check"), classes=2)
    dataset = _dataset(store, arguments)
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


def _draft(store: Store, arguments: argparse.Namespace, data: str) -> Draft:
    card = opened(arguments.backbone)
    if arguments.strategy not in STRATEGIES:
        raise ChoiceError(f"{arguments.strategy} is not a strategy.", did_you_mean(arguments.strategy, STRATEGIES))
    draft = Draft(
        data=data,
        backbone=card.name,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        image_size=arguments.image_size,
        seed=arguments.seed,
    ).by_strategy(arguments.strategy)
    for block, rate in map(_rate, arguments.rate):
        for phase in range(len(draft.phases)):
            draft = draft.with_rate(phase, block, rate)
    if arguments.weights == IMAGENET:  # the strategy from scratch has its own
        return draft
    if arguments.weights == SCRATCH or card.published(arguments.weights):
        return replace(draft, weights=arguments.weights)
    return replace(draft, weights=_own_weights(store, arguments, card))


def _rate(text: str) -> tuple[str, float]:
    block, _, rate = text.partition("=")
    try:
        return block, float(rate)
    except ValueError:
        raise ChoiceError(f"--rate got {text}.", "It takes BLOCK=RATE, such as layer4=0.0001.") from None


def _own_weights(store: Store, arguments: argparse.Namespace, card: BackboneCard) -> str:
    from tlcore.engine.bring import bring_weights

    path = Path(arguments.weights)
    if not path.is_file():
        known = ", ".join(weights.name for weights in card.weights)
        raise ChoiceError(f"--weights got {arguments.weights}.", f"It takes {known}, scratch, or a file that is there.")
    return bring_weights(store, path, path.name, card.name, store.command_line_workspace())


def _dataset(store: Store, arguments: argparse.Namespace) -> Dataset:
    source = Path(arguments.folder)
    with tqdm(desc="pictures", unit="", disable=arguments.json, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        reader = Reader(store, store.command_line_workspace(), arguments.seed, progress)
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
