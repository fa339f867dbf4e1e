"""The verb `weights`: which published weights are here, downloads, and folders for rooms without internet."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tlcore.catalog.backbones import BACKBONES, published
from tlcore.catalog.cards import BackboneCard, WeightsCard
from tlcore.catalog.download import download_weights
from tlcore.catalog.packing import pack_weights, unpack_weights
from tlcore.catalog.weights import IMAGENET, about_megabytes, weights_file
from tlcore.commands.bars import counted
from tlcore.commands.opening import opened
from tlcore.errors import ChoiceError
from tlcore.store import Store

_DESCRIPTION = """\
Published weights: which are here, and how to get them.

  python -m tlcore weights                                  list all networks and their weights
  python -m tlcore weights download resnet18                fetch the usual weights of a network
  python -m tlcore weights download resnet50:IMAGENET1K_V2  fetch others of its published weights
  python -m tlcore weights pack resnet18 vit_b_16 --to FOLDER    gather files for a room without internet
  python -m tlcore weights unpack FOLDER                    put them where torch keeps weights, each one checked
"""
_SEPARATOR = ":"


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "weights",
        help="published weights: which are here, downloads, and folders for rooms without internet",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", nargs="?", choices=("list", *_ACTIONS), default="list")
    parser.add_argument("names", nargs="*", metavar="NAME", help="networks, or for unpack the folder")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where pack puts the files")
    parser.set_defaults(run=run)
    return parser


def run(_store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Do what was asked for, then list the weights, or the files that were handled."""
    if arguments.to is not None and arguments.action != "pack":
        raise ChoiceError(f"weights {arguments.action} takes no folder with --to.", "It is for weights pack.")
    if arguments.action == "list" and arguments.names:
        raise ChoiceError(
            "weights list takes no names: it lists them all.",
            f"Did you mean weights download {' '.join(arguments.names)}?",
        )
    if arguments.action != "list":
        if not arguments.names:
            raise ChoiceError(
                f"weights {arguments.action} got no name.", "`python -m tlcore weights --help` shows how to say it."
            )
        return _ACTIONS[arguments.action](arguments)
    rows = [_row(card, weights) for card in BACKBONES.values() for weights in card.weights]
    if not arguments.json:
        for row in rows:
            name = row["backbone"] if row["weights"] == IMAGENET else f"  {_SEPARATOR}{row['weights']}"
            state = "ready offline" if row["here"] else f"download, {row['megabytes']:.0f} MB"
            print(f"{name:34} {state}")
    return {"weights": rows}


def _row(card: BackboneCard, weights: WeightsCard) -> dict[str, Any]:
    return {
        "backbone": card.name,
        "weights": weights.name,
        "here": weights_file(weights) is not None,
        "megabytes": about_megabytes(card, weights),
        "accuracy": weights.accuracy,
        "licence": weights.licence,
    }


def _named(name: str) -> tuple[BackboneCard, WeightsCard]:
    """Return what `resnet18` or `resnet50:IMAGENET1K_V2` names."""
    network, _, variant = name.partition(_SEPARATOR)
    card = opened(network)
    return card, published(card.name, variant or IMAGENET)


def _download(arguments: argparse.Namespace) -> dict[str, Any]:
    chosen = [_named(name) for name in arguments.names]
    files = [str(_fetched(card, weights, arguments.json)) for card, weights in chosen]
    return _told(files, arguments)


def _pack(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.to is None:
        raise ChoiceError("weights pack got no folder.", "Name one: --to FOLDER.")
    chosen = [_named(name) for name in arguments.names]
    found = [
        (weights, weights_file(weights) or _fetched(card, weights, arguments.json))
        for card, weights in chosen
        if weights.source == "download"
    ]
    if not found:
        raise ChoiceError(
            "There is nothing to pack: these weights come with the installation.", "Name networks with downloads."
        )
    return _told(list(pack_weights(found, arguments.to).files), arguments)


def _unpack(arguments: argparse.Namespace) -> dict[str, Any]:
    return _told([name for folder in arguments.names for name in unpack_weights(Path(folder)).files], arguments)


_ACTIONS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "download": _download,
    "pack": _pack,
    "unpack": _unpack,
}


def _fetched(card: BackboneCard, weights: WeightsCard, quiet: bool) -> Path:
    with counted(card.title, quiet=quiet, unit="B", unit_scale=True) as progress:
        return download_weights(weights, progress)


def _told(files: list[str], arguments: argparse.Namespace) -> dict[str, Any]:
    if not arguments.json:
        print("\n".join(files))
    return {"files": files}
