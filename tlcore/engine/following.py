"""Carries out a run as one of its other processes: computes its share of every batch, and writes nothing down."""

from tlcore.engine.peers import Peers
from tlcore.engine.task import Task, equipped
from tlcore.engine.trainer import DivergedError
from tlcore.records import from_json
from tlcore.store import Store


def follow(store: Store, peers: Peers) -> None:
    """Work on the run that the first process hands out, to its end.

    Raises ThawError where this process cannot go on, which the first one will tell.
    """
    task = from_json(Task, peers.agree())
    with equipped(store, task, peers) as equipment:
        try:
            for _ in equipment.trainer.run():
                pass
        except DivergedError:
            return  # All of them see it at the same step, and the first one tells it.
