"""The verb `plan`: a plan in YAML, from flags, or of a run with what was changed while it went on."""

import argparse
from typing import Any

from tlcore.commands.flags import add_plan_flags, planned
from tlcore.commands.naming import run_named
from tlcore.errors import ChoiceError
from tlcore.history import History
from tlcore.planfile import to_yaml
from tlcore.repetition import as_carried_out
from tlcore.store import Store

_FLAGS = ("plan", "backbone", "strategy", "epochs", "seed", "weights", "batch_size", "image_size", "augment", "views")


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "plan",
        help="write a plan in YAML, for `train --plan`",
        description="Write the plan that the flags say, or that of a run, in YAML: python -m tlcore plan > plan.yaml",
    )
    parser.add_argument("--of", metavar="RUN", help="a run's id, or its first letters: its plan, as it was carried out")
    add_plan_flags(parser)
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Print the plan; raise ChoiceError if there is no such run, or no such plan."""
    text = to_yaml(planned(store, arguments)) if arguments.of is None else _of_run(store, arguments)
    if not arguments.json:
        print(text, end="")
    return {"plan": text}


def _of_run(store: Store, arguments: argparse.Namespace) -> str:
    if arguments.rate or any(getattr(arguments, flag) is not None for flag in _FLAGS):
        raise ChoiceError("--of takes no other flags of a plan.", "Write the run's plan to a file, and edit that.")
    asked = run_named(store, arguments.of)
    history = History.of(store.runs.events(asked.id))
    return to_yaml(as_carried_out(asked.config, history))
