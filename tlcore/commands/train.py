"""The verb `train`: learn the pictures of a folder, in this process, with a progress bar."""

import argparse
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from tlcore.commands.bars import counted
from tlcore.commands.carrying import carry_on
from tlcore.commands.flags import add_plan_flags, planned
from tlcore.commands.pictures import downloaded
from tlcore.commands.telling import tell_set
from tlcore.commands.together import Seat
from tlcore.config import Compute, Precision
from tlcore.data.marks import ReadAs, SplitBy
from tlcore.data.outline import drawn, outline
from tlcore.data.public_sets import PUBLIC_SETS
from tlcore.data.readings import Reading, UndecidedError, decided, found_in, readings, surest
from tlcore.data.ways import KEYS
from tlcore.errors import ChoiceError, PictureError, did_you_mean
from tlcore.jobs.eyes import Eyes
from tlcore.store import Store
from tlcore.store.albums import Album
from tlcore.store.claims import Claimant
from tlcore.store.reading import SAMPLES, Reader
from tlcore.text import clean

_CLASSES_TOLD = 5


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
    parser.add_argument(
        "--read-as", metavar="KEY", help=f"how to understand folders, names and tables: {', '.join(KEYS)}"
    )
    split = parser.add_mutually_exclusive_group()
    split.add_argument(
        "--validation",
        type=float,
        metavar="SHARE",
        help="draw this share of each class to check with, also where folders would say (default: folders, else 0.2)",
    )
    split.add_argument("--fold", metavar="K/N", help="cut the set into N folds, and check with fold K, such as 2/5")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    parser.add_argument(
        "--precision",
        default="auto",
        help=f"numbers to compute with: {', '.join(get_args(Precision))} (default: auto, the fastest as measured)",
    )
    parser.add_argument("--name", help="what to call the run (default: the folder's name)")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any] | None:
    """Train, and return what came of it; raise ThawError if the run failed.

    Of several processes the first one returns it; one on each machine reads the pictures.
    """
    quiet, seat = arguments.json, Seat.taken()
    if seat.local:
        seat.follow(store)
        return None
    # A typed choice fails here, before any picture is read.
    draft = planned(store, arguments)
    compute = Compute(device=arguments.device, precision=arguments.precision)
    if arguments.read_as and arguments.read_as not in KEYS:
        raise ChoiceError(
            f"{arguments.read_as} is no way to understand folders.", did_you_mean(arguments.read_as, KEYS)
        )
    split = _split(arguments, draft.seed)
    album = _understood(store, _album(store, arguments, draft.seed), arguments.read_as)
    # What an earlier command said of the split does not count for this one.
    for earlier in [mark for mark in album.marks if isinstance(mark, SplitBy)]:
        album = store.albums.unmark(album, album.marks.index(earlier))
    if split is not None:
        album = store.albums.mark(album, split)
    dataset = store.albums.dataset(album)
    if not quiet:
        tell_set(store, album, dataset.manifest)
    if seat.rank:
        seat.follow(store)
        return None
    draft = replace(draft, data=dataset.manifest.digest)
    config = replace(draft.config(arguments.name or dataset.manifest.name), compute=compute)
    submitted = store.runs.submit(config, store.command_line_workspace(), secrets.token_hex(16), Claimant.here())
    return carry_on(store, submitted, dataset.manifest, quiet)


def _split(arguments: argparse.Namespace, seed: int) -> SplitBy | None:
    """Return how the flags split the set; None leaves it to its folders, or to the usual share."""
    if arguments.validation is not None:
        return SplitBy(seed=seed, share=arguments.validation)
    if arguments.fold is None:
        return None
    fold, _, folds = arguments.fold.partition("/")
    if not (fold.isdecimal() and folds.isdecimal()):
        raise ChoiceError(f"--fold got {arguments.fold}.", "It takes K/N, such as 2/5.")
    # None at all would mean a share.
    return SplitBy(seed=seed, folds=int(folds) or 1, fold=int(fold))


def _album(store: Store, arguments: argparse.Namespace, seed: int) -> Album:
    source = Path(arguments.folder)
    with counted("pictures", quiet=arguments.json, unit="", leave=False) as progress:
        reader = Reader(store, store.command_line_workspace(), seed, progress, Eyes(store))
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


def _understood(store: Store, album: Album, key: str | None) -> Album:
    """Keep how the pictures are to be understood; raise PictureError, with tree and ways, where it is in doubt."""
    if key and key != decided(album.marks):
        album = store.albums.mark(album, ReadAs(reading=key))
    if album.digest is not None or decided(album.marks):
        return album
    found = found_in(store.albums.survey(album))
    try:
        surest(found)
    except UndecidedError as doubt:
        ways = "\n".join(f"  --read-as {way.key:<12} {_told(way)}" for way in readings(found))
        tree = drawn(outline(found))
        raise PictureError(
            doubt.code, f"{doubt.message}\n\n{tree}\n", f"Say how to understand these pictures:\n{ways}"
        ) from None
    return album


def _told(way: Reading) -> str:
    """Return what a reading would give, in a line."""
    names = ", ".join(f"{name} {count}" for name, count in way.classes[:_CLASSES_TOLD])
    more = f" and {len(way.classes) - _CLASSES_TOLD} more" if len(way.classes) > _CLASSES_TOLD else ""
    return f"{way.title}: {names}{more}"
