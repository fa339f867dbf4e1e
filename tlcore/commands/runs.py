"""The verb `runs`: what was trained, here and in the browser."""

import argparse
import time
from typing import Any

from tlcore.history import History
from tlcore.store import Store
from tlcore.store.runs import Run
from tlcore.text import clean

_MOST = 1000


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser("runs", help="what was trained, newest first", description=__doc__)
    parser.add_argument("--most", type=int, default=20, help="how many to list (default: 20)")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """List the newest runs of this home folder, whoever started them."""
    rows = [_row(store, run) for run in store.runs.newest(min(arguments.most, _MOST))]
    if not arguments.json:
        for row in rows:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["created"]))
            score = "" if row["accuracy"] is None else f"{100 * row['accuracy']:5.1f} %"
            print(
                f"{row['run'][:8]}  {when}  {row['state']:11} {score:8} {row['backbone']:20} {clean(row['name'], 40)}"
            )
        if not rows:
            print("No runs yet. Begin with: python -m tlcore train digits")
    return {"runs": rows}


def _row(store: Store, run: Run) -> dict[str, Any]:
    history = History.of(store.runs.events(run.id))
    best = history.best
    return {
        "run": run.id,
        "name": run.config.name,
        "created": run.created,
        "state": history.state(run),
        "backbone": run.config.backbone,
        "strategy": run.config.strategy,
        "epochs": run.config.epochs,
        "seed": run.config.seed,
        "accuracy": best.accuracy if best else None,
        "best_epoch": best.epoch if best else None,
    }
