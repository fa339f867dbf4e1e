"""The verb `export`: weights, classes and preprocessing of a run, in one zip."""

import argparse
from pathlib import Path
from typing import Any

from tlcore.commands.naming import run_named
from tlcore.errors import ChoiceError
from tlcore.history import History
from tlcore.store import Store
from tlcore.takeaway import pack


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser("export", help="take a run's weights along", description=__doc__)
    parser.add_argument("run_id", metavar="RUN", help="the run's id, or its first letters")
    parser.add_argument("file", metavar="FILE", help="the zip to write")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the zip; raise ChoiceError if there is no such run, or nothing to take along yet."""
    found = run_named(store, arguments.run_id)
    history = History.of(store.runs.events(found.id))
    if history.checkpoint is None:
        raise ChoiceError("This run has no weights yet.", "They are kept after its first epoch.")
    target = Path(arguments.file)
    packed = pack(store.blobs.whole(history.checkpoint.sha256))
    try:
        target.write_bytes(packed)
    except OSError as error:
        raise ChoiceError(
            f"{target} cannot be written: {error.strerror}.", "Name a file in a folder of yours."
        ) from None
    if not arguments.json:
        print(f"Wrote {target}: weights.safetensors, thaw.json, predict.py")
    return {"run": found.id, "file": str(target), "sha256": history.checkpoint.sha256}
