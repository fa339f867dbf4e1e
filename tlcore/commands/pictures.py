"""The verb `pictures`: samples and public sets of pictures, and downloads of them."""

import argparse
from typing import Any

from tlcore.commands.bars import counted
from tlcore.commands.telling import tell_set
from tlcore.data.public_sets import PUBLIC_SETS
from tlcore.errors import ChoiceError
from tlcore.jobs.eyes import Eyes
from tlcore.store import Store
from tlcore.store.albums import Album
from tlcore.store.reading import SAMPLES, Reader

_DESCRIPTION = """\
Sets of pictures that are known: which there are, and how to get them.

  python -m tlcore pictures                                 list the samples and the public sets
  python -m tlcore pictures download flowers102             fetch a public set and read it
  python -m tlcore pictures download food101 --classes pizza waffles    keep some of its classes only
  python -m tlcore train flowers102                         learn it
"""


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "pictures",
        help="sets of pictures that are known: samples, and public ones to download",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", nargs="?", choices=("list", "download"), default="list")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the public set to download")
    parser.add_argument("--classes", nargs="+", default=[], metavar="CLASS", help="those to keep, where a set has many")
    parser.add_argument("--seed", type=int, default=0, help="draws the validation pictures where the set does not say")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """List the sets, or download one and return what came of it."""
    if arguments.action == "download":
        return _download(store, arguments)
    if arguments.name or arguments.classes:
        raise ChoiceError(
            "pictures list takes no names: it lists them all.", f"Did you mean pictures download {arguments.name}?"
        )
    rows = [{"name": name, "title": title, "megabytes": 0, "here": True} for name, (title, _) in SAMPLES.items()]
    rows += [
        {
            "name": public.key,
            "title": public.title,
            "classes": public.classes,
            "pictures": public.pictures,
            "megabytes": round(public.size / 1e6),
            "origin": public.origin,
            "here": downloaded(store, public.key) is not None,
        }
        for public in PUBLIC_SETS
    ]
    if not arguments.json:
        for row in rows:
            state = "ready offline" if row["here"] else f"download, {row['megabytes']:,} MB"
            size = f"{row['pictures']:,} pictures, {row['classes']} classes" if "classes" in row else ""
            print(f"{row['name']:18} {row['title']:24} {size:34} {state}")
    return {"pictures": rows}


def downloaded(store: Store, key: str) -> Album | None:
    """Return the command line's album of a whole public set, if it was downloaded."""
    # Its name would not do: people call sets of their own as they like.
    survey = store.known_sets.survey(key)
    albums = store.albums.of(store.command_line_workspace())
    return next((album for album in albums if album.survey == survey), None)


def _download(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    if not arguments.name:
        raise ChoiceError("pictures download got no name.", "`python -m tlcore pictures` lists them.")
    workspace = store.command_line_workspace()
    with counted(arguments.name, quiet=arguments.json, unit="", unit_scale=True) as progress:
        reader = Reader(store, workspace, arguments.seed, progress, Eyes(store))
        album = reader.public(arguments.name, arguments.classes)
    manifest = store.albums.dataset(album).manifest
    told = {
        "name": album.name,
        "classes": len(manifest.classes),
        "train_examples": len(manifest.of("train")),
        "val_examples": len(manifest.of("val")),
        "left_out": len(manifest.left_out),
    }
    if not arguments.json:
        tell_set(store, album, manifest)
        print(
            f"{album.name}: {told['classes']} classes, {told['train_examples']:,} pictures to learn from,"
            f" {told['val_examples']:,} to check with, {told['left_out']:,} left out"
        )
    return told
