"""Carries out a run as one of its other processes: computes its share of every batch, and writes nothing down."""

import logging

from tlcore.engine.divergence import DivergedError
from tlcore.engine.peers import Peers, PeersError
from tlcore.engine.task import Task, equipped
from tlcore.engine.work import told
from tlcore.errors import ProcessError, ThawError
from tlcore.records import from_json
from tlcore.store import Store


def follow(store: Store, peers: Peers) -> None:
    """Work on the run that the first process hands out, to its end.

    Raises ProcessError where this process cannot go on, and PeersError where another one could not: whoever fails
    leaves word of why, which the others tell, and the first one writes it down.
    """
    task = from_json(Task, peers.agree())
    try:
        with equipped(store, task, peers) as equipment:
            for _ in equipment.trainer.run():
                pass
    except DivergedError:
        return  # All of them see it at the same step, and the first one tells it.
    except PeersError:
        raise
    except Exception as error:
        if not isinstance(error, ThawError):
            logging.exception("process %s of %s", peers.rank + 1, peers.count)
        sentence, advice = told(error)
        peers.tell(sentence, advice)
        raise ProcessError(sentence, advice) from error
