"""The verb `weights`: which backbones are ready offline, and the download of one."""

import argparse
from typing import Any

from tqdm import tqdm

from tlcore.catalog.backbones import BACKBONES, backbone
from tlcore.catalog.download import download_weights
from tlcore.catalog.weights import weights_file
from tlcore.store import Store


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser("weights", help="ImageNet weights: which are here, and downloads", description=__doc__)
    parser.add_argument("--download", metavar="BACKBONE", help="fetch the ImageNet weights of one backbone")
    parser.set_defaults(run=run)
    return parser


def run(_store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """List the weights, after the download of one if that was asked for."""
    if arguments.download:
        card = backbone(arguments.download)
        with tqdm(desc=card.title, unit="B", unit_scale=True, disable=arguments.json) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            download_weights(card.weights[0], progress)
    rows = [
        {
            "backbone": card.name,
            "here": weights_file(card.weights[0]) is not None,
            "megabytes": card.weights[0].megabytes,
        }
        for card in BACKBONES.values()
    ]
    if not arguments.json:
        for row in rows:
            state = "ready offline" if row["here"] else f"download, {row['megabytes']:.0f} MB"
            print(f"{row['backbone']:22} {state}")
    return {"weights": rows}
