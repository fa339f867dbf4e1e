"""The verb `train`: learn the pictures of a folder, in this process, with a progress bar."""

import argparse
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from tlcore.commands.bars import counted
from tlcore.commands.carrying import carry_on
from tlcore.commands.flags import add_plan_flags, planned
from tlcore.commands.pictures import downloaded
from tlcore.config import Compute
from tlcore.data.collect import look_here
from tlcore.data.public_sets import PUBLIC_SETS
from tlcore.errors import ChoiceError
from tlcore.store import Store
from tlcore.store.albums import Album
from tlcore.store.claims import Claimant
from tlcore.store.reading import SAMPLES, Reader
from tlcore.text import clean


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "train",
        help="learn the pictures of a folder",
        description="Learn the pictures of a folder: one folder per class, also below train/ and val/.",
    )
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        help="folder, zip or tar of pictures; or a sample (digits, shapes); or a public set that was downloaded",
    )
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
    album = _album(store, arguments, draft.seed)
    dataset = store.albums.dataset(album)
    draft = replace(draft, data=dataset.manifest.digest)
    config = replace(draft.config(arguments.name or dataset.manifest.name), compute=compute)
    submitted = store.runs.submit(config, store.command_line_workspace(), secrets.token_hex(16), Claimant.here())
    return carry_on(store, submitted, dataset.manifest, quiet)


def _album(store: Store, arguments: argparse.Namespace, seed: int) -> Album:
    source = Path(arguments.folder)
    with counted("pictures", quiet=arguments.json, unit="", leave=False) as progress:
        reader = Reader(store, store.command_line_workspace(), seed, progress, look_here)
        if source.is_dir():
            return reader.folder(source.resolve(), clean(source.resolve().name))
        if source.is_file():
            return reader.archive(source, clean(source.stem.removesuffix(".tar")))
        if arguments.folder in SAMPLES:
            return reader.sample(arguments.folder)
    if any(public.key == arguments.folder for public in PUBLIC_SETS):
        album = downloaded(store, arguments.folder)
        if album is None:
            raise ChoiceError(
                f"{arguments.folder} is not here yet.", f"Run: python -m tlcore pictures download {arguments.folder}"
            )
        return album
    raise ChoiceError(
        f"{arguments.folder} is not a folder.",
        f"It takes a folder, a zip or a tar of pictures, or a sample: {', '.join(SAMPLES)}.",
    )
