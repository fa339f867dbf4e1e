"""The verb `train`: learn the pictures of a folder, in this process, with a progress bar."""

import argparse
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tlcore.catalog.backbones import DEFAULT, RECOMMENDED
from tlcore.catalog.cards import BackboneCard
from tlcore.catalog.weights import IMAGENET, SCRATCH
from tlcore.commands.carrying import carry_on
from tlcore.commands.opening import opened
from tlcore.config import Compute
from tlcore.draft import Draft
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.plan import preview
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.datasets import Dataset
from tlcore.store.reading import SAMPLES, Reader
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
    submitted = store.runs.submit(config, store.command_line_workspace(), secrets.token_hex(16), Claimant.here())
    return carry_on(store, submitted, dataset.manifest, quiet)


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
