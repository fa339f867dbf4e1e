"""The verb `bench`: how far estimates of memory and time are from what runs on this machine then take.

With --reading it measures how photographs are read (bench_pictures.py), with --album what pages ask of a large set.
"""

import argparse
import os
import secrets
import sys
import time
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tlcore.catalog.weights import SCRATCH
from tlcore.commands.bench_pictures import measure_pictures
from tlcore.commands.large import time_album
from tlcore.config import RunConfig
from tlcore.data.collect import look_here
from tlcore.data.limits import ALONE
from tlcore.draft import Draft
from tlcore.errors import ChoiceError, ThawError
from tlcore.estimate import estimate, what_to_measure
from tlcore.events import Finished
from tlcore.history import History
from tlcore.jobs.processes import start
from tlcore.plan import preview
from tlcore.questions import Measure, Measured
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.reading import SAMPLES, Reader

_BACKBONES = ("efficientnet_lite0", "resnet18", "mobilenet_v3_large", "squeezenet1_0", "vgg16")
_TICK = 0.1
"""Seconds between looks whether a process is done."""
_HEAD = f"{'':<22}{'memory, MB':>18}{'':>7}{'seconds':>20}\n{'':<22}" + f"{'estimate':>9}{'truth':>9}{'ratio':>7}  " * 2
_QUIET = 0.5
"""Load at which times can still be compared."""
_TIMES = ("seconds", "start")


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "bench",
        help="how good the estimates of memory and time are on this machine",
        description="Estimate what runs on a sample set will take, carry them out, and put both side by side. "
        "Each network learns from random numbers, in fresh processes and in a home folder of its own. "
        "With --reading: how quickly photographs are read in, beside what decoding alone takes. "
        "With --album: seconds for what pages ask of a large set.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--sample", default="digits", choices=tuple(SAMPLES), help="which pictures")
    parser.add_argument("--backbone", nargs="+", default=list(_BACKBONES), metavar="NAME", help="one network or more")
    parser.add_argument("--strategy", default="low", metavar="NAME", help="which blocks learn when")
    parser.add_argument("--epochs", type=int, default=3, help="passes over the pictures")
    parser.add_argument("--batch-size", type=int, default=32, help="pictures per step")
    parser.add_argument("--image-size", type=int, default=112, help="side of the network's input, in pixels")
    parser.add_argument(
        "--reading", type=int, metavar="COUNT", help="instead: how quickly so many photographs are read"
    )
    parser.add_argument(
        "--album", type=int, metavar="COUNT", help="instead: seconds for what pages ask of a set of so many pictures"
    )
    parser.add_argument("--classes", type=int, default=1000, metavar="COUNT", help="classes of that set")
    parser.set_defaults(run=run)
    return parser


def run(_store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Compare estimate and truth for every backbone; raise ThawError where one of them does not come about."""
    load = _load()
    if load > _QUIET and not arguments.json:
        print(f"Other work takes {load:.1f} of this machine's cores: times will not repeat.", file=sys.stderr)
    if arguments.reading is not None:
        return {**measure_pictures(arguments.reading, arguments.json), "load": load}
    if arguments.album is not None:
        return {**_large(arguments), "load": load}
    plan = Draft(epochs=arguments.epochs, batch_size=arguments.batch_size, image_size=arguments.image_size)
    drafts = [replace(plan.on(name).by_strategy(arguments.strategy), weights=SCRATCH) for name in arguments.backbone]
    for draft in drafts:
        # A typed choice fails here, before anything is measured.
        preview(replace(draft, data="").config("check"), classes=2)
    rows = []
    if not arguments.json:
        print(_HEAD)
    for draft in drafts:
        with TemporaryDirectory(prefix="thaw-bench-") as home, closing(Store(Path(home))) as store:
            row = _compare(store, draft, arguments.sample)
        rows.append(row)
        if not arguments.json:
            print(_line(row), flush=True)
    told = {"sample": arguments.sample, "strategy": arguments.strategy, "epochs": arguments.epochs, "load": load}
    return {**told, "rows": rows}


def _large(arguments: argparse.Namespace) -> dict[str, Any]:
    """Time a large set."""
    if not 2 * arguments.classes <= arguments.album <= ALONE.pictures:
        raise ChoiceError(f"--album is {arguments.album}.", f"It takes {2 * arguments.classes} to {ALONE.pictures}.")

    def told(name: str, seconds: float, work: float) -> None:
        if not arguments.json:
            print(f"{name:<34}{seconds:>8.2f} s{work:>8.2f} s of work", flush=True)

    rows = time_album(arguments.album, arguments.classes, told)
    return {"pictures": arguments.album, "classes": arguments.classes, "rows": rows}


def _load() -> float:
    """Return how many processes wanted a core in the last minute, in the mean; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _compare(store: Store, draft: Draft, sample: str) -> dict[str, Any]:
    workspace = store.command_line_workspace()
    album = Reader(store, workspace, 0, lambda _done, _total: None, look_here).sample(sample)
    manifest = store.albums.dataset(album).manifest
    config = replace(draft, data=manifest.digest).config(draft.backbone)
    measured = _ask_desk(store, what_to_measure(config, manifest, workspace))
    guess = estimate(config, manifest, measured)
    history = _carry_out(store, config, workspace)
    if not isinstance(history.end, Finished):
        raise ThawError(f"{draft.backbone} was not trained to the end.", str(history.end or ""))
    memory = max(epoch.memory for epoch in history.epochs)
    return {
        "backbone": draft.backbone,
        "device": measured.device,
        "seconds": {"estimate": guess.seconds, "truth": history.end.seconds},
        "memory": {"estimate": guess.memory, "truth": memory},
        "parts": {part.name: getattr(guess, part.name) for part in fields(guess) if part.name not in _TIMES},
        "ratios": {"seconds": guess.seconds / history.end.seconds, "memory": guess.memory / memory},
    }


def _ask_desk(store: Store, question: Measure) -> Measured:
    """Return the answer of a desk that is started for it; this process is its supervisor."""
    store.processes.register("supervisor")
    store.asked.ask(question)
    with start(store, "answer", log="desk.log") as desk:
        try:
            while (measured := store.asked.ask(question)) is None:
                if desk.poll() is not None:
                    raise ThawError("The desk ended before it had measured.", "Its log says why.")
                time.sleep(_TICK)
        finally:
            desk.terminate()
    return measured


def _carry_out(store: Store, config: RunConfig, workspace: str) -> History:
    """Return what happened in a run that a standby worker carried out, as for the app."""
    with start(store, "work", log="worker.log", talks=True) as worker:
        run = store.runs.submit(config, workspace, secrets.token_hex(16), Claimant.of(worker.pid))
        worker.communicate(f"{run.id}\n")
    return History.of(store.runs.events(run.id))


def _line(row: dict[str, Any]) -> str:
    memory, seconds, ratios = row["memory"], row["seconds"], row["ratios"]
    return (
        f"{row['backbone']:<22}{memory['estimate'] / 1e6:>9.0f}{memory['truth'] / 1e6:>9.0f}{ratios['memory']:>7.2f}"
        f"{seconds['estimate']:>11.1f}{seconds['truth']:>9.1f}{ratios['seconds']:>7.2f}"
    )
