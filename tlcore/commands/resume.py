"""The verb `resume`: let a paused or interrupted run go on, in this process, from what was saved."""

import argparse
from typing import Any

from tlcore.commands.carrying import carry_on
from tlcore.commands.naming import run_named
from tlcore.commands.together import Seat
from tlcore.errors import ChoiceError
from tlcore.history import History
from tlcore.store import Store
from tlcore.store.claims import Claimant


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser("resume", help="let a paused or interrupted run go on", description=__doc__)
    parser.add_argument("run_id", metavar="RUN", help="the run's id, or its first letters")
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any] | None:
    """Carry the run on to its end; raise ChoiceError if it does not rest."""
    seat = Seat.taken()
    if seat.rank:
        seat.follow(store)
        return None
    store.runs.bury()  # where no supervisor looks, nobody has written down that a process is gone
    asked = run_named(store, arguments.run_id)
    if not store.runs.resume(asked.id, Claimant.here()):
        history = History.of(store.runs.events(asked.id))
        raise ChoiceError(
            f"This run is {history.state(asked)}, so there is nothing to resume.",
            "`python -m tlcore runs` lists those that are paused or interrupted.",
        )
    dataset = store.datasets.by_digest(asked.config.data, asked.workspace)
    return carry_on(store, store.runs.named(asked.id), dataset.manifest, arguments.json)
