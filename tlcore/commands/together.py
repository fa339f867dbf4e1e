"""Whether this process is one of several that torchrun started for one run; the environment tells."""

import os
import signal
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlcore.store import Store

if TYPE_CHECKING:
    from tlcore.engine.peers import Peers

_TOLD = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of this process among those of one run."""

    rank: int = 0
    local: int = 0
    """Among those of this machine."""
    count: int = 1

    @classmethod
    def taken(cls, environment: Mapping[str, str] = os.environ) -> "Seat":
        """Return the seat that torchrun gave; without it that of a process alone."""
        if not all(environment.get(name) for name in _TOLD):
            return cls()
        return cls(*(int(environment[name]) for name in _TOLD[:3]))

    @property
    def alone(self) -> bool:
        """Whether there is no other process."""
        return self.count == 1

    def meet(self) -> "AbstractContextManager[Peers]":
        """Join the others."""
        from tlcore.engine.peers import joined

        return joined(self.local)

    def follow(self, store: Store) -> None:
        """Work as one of the others, until the first one is done; it alone tells what came of it."""
        from tlcore.engine.following import follow

        # The first one hears it, and says at which step all stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with self.meet() as peers:
            follow(store, peers)
