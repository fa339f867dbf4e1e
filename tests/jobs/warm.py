"""Workers that cost no seconds: copies of a process that has imported torch, each killed like any other."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path

from tlcore.engine import task, work
from tlcore.engine.trainer import Trainer
from tlcore.events import Checkpointed, Finished, Saved
from tlcore.records import to_json
from tlcore.store import Store

_WAYS = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
_WAYS.set_forkserver_preload([__name__])
_SLOW_DISK = 0.03
"""Seconds that pass while something saved is written, has no name in the store yet, or has just got one."""


class Worker:
    """A worker as the supervisor holds it, with what it needs of a `Popen`."""

    def __init__(self, store: Store, notes: Path) -> None:
        orders, self._orders = _WAYS.Pipe(duplex=False)
        self._process = _WAYS.Process(target=_stand_by, args=(store.home, notes, orders), daemon=True)
        self._process.start()
        orders.close()
        self.pid = self._process.pid
        self.stdin = self

    def poll(self) -> int | None:
        """Return the exit status, None while it lives."""
        return self._process.exitcode

    def write(self, line: str) -> None:
        """Hand over the id of a run."""
        self._orders.send(line.strip())

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Let it go after its run."""
        self._orders.close()


def _stand_by(home: Path, notes: Path, orders: Connection) -> None:
    """Carry out runs as tlcore.engine.worker does; note what the store has acknowledged, and the weights at the end."""
    store = Store(home)
    trainers = []

    class Watched(Trainer):
        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, **named)
            trainers.append(self)

    task.Trainer = Watched
    for room in (store.blobs, store.points):
        room.keep = _slowly(room.keep)
    with (notes / "acknowledged").open("ab", buffering=0) as acknowledged:
        append = _acknowledging(store.runs.append, acknowledged.fileno())

        def append_or_note(run: str, events: list[object]) -> None:
            if isinstance(events[-1], Finished):
                (notes / run).write_text(_digest(trainers[-1]), encoding="ascii")
            append(run, events)

        store.runs.append = append_or_note
        while True:
            try:
                run = orders.recv()
            except EOFError:
                return
            work.carry_out(store, run)


def _slowly(keep: Callable[[Path], str]) -> Callable[[Path], str]:
    def kept(path: Path) -> str:
        time.sleep(_SLOW_DISK)
        return keep(path)

    return kept


def _acknowledging(append: Callable[..., None], notes: int) -> Callable[..., None]:
    def noted(run: str, events: list[object]) -> None:
        slow = _SLOW_DISK if isinstance(events[-1], Saved | Checkpointed) else 0.0
        time.sleep(slow)
        append(run, events)
        os.write(notes, "".join(f"{run} {type(event).__name__} {to_json(event)}\n" for event in events).encode())
        time.sleep(slow)

    return noted


def _digest(trainer: Trainer) -> str:
    """Return the sha256 of all that the network has learned."""
    found = sha256()
    for name, value in trainer._module.state_dict().items():
        found.update(name.encode())
        found.update(value.contiguous().numpy().tobytes())
    return found.hexdigest()
