"""A home folder that lives as long as a measurement, the pictures in it, and a standby worker of its own."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TypeVar

from tlcore.config import RunConfig
from tlcore.data.photographs import write_small_photographs
from tlcore.errors import ChoiceError, ProcessError, ThawError
from tlcore.events import Finished, Stepped
from tlcore.history import History
from tlcore.jobs.eyes import Eyes
from tlcore.jobs.processes import kill_family, memory_taken, start
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.datasets import Dataset
from tlcore.store.processes import Role
from tlcore.store.reading import SAMPLES, Reader
from tlcore.store.runs import Entry

Found = TypeVar("Found")

_TICK = 0.1
"""Seconds between looks at the store: each takes a little from what is measured."""


@contextmanager
def bench_home() -> Iterator[Store]:
    """Lend a store in which nothing is yet."""
    with TemporaryDirectory(prefix="thaw-bench-") as home, closing(Store(Path(home))) as store:
        yield store


def check_folder(named: str) -> None:
    """Raise ChoiceError unless this is a folder or a sample."""
    if named not in SAMPLES and not Path(named).is_dir():
        raise ChoiceError(f"{named} is not a folder.", f"It takes a folder, or a sample: {', '.join(SAMPLES)}.")


def brought(store: Store, named: str) -> Dataset:
    """Read a folder of pictures or a sample into a store."""
    reader = Reader(store, store.command_line_workspace(), 0, lambda _done, _total: None, Eyes(store))
    folder = Path(named).resolve()
    album = reader.sample(named) if named in SAMPLES else reader.folder(folder, folder.name)
    return store.albums.dataset(album)


def made(store: Store, count: int) -> Dataset:
    """Make so many small photographs, and read them into a store."""
    folder = store.home / f"{count} photographs"
    write_small_photographs(folder, count)
    return brought(store, str(folder))


@dataclass(frozen=True, slots=True)
class Carried:
    """A run to its end."""

    seconds: float
    """From the click to the end, as the store tells it."""
    history: History
    idle: int
    """Bytes that the worker took before its first run."""

    @property
    def device(self) -> str:
        """What it was computed on."""
        assert self.history.started is not None
        return self.history.started.device

    @property
    def loop(self) -> float:
        """Seconds of the training loop alone, without what comes before the first picture."""
        assert isinstance(self.history.end, Finished)
        return self.history.end.seconds

    @property
    def accuracy(self) -> float:
        """Share of validation pictures that the best epoch answers rightly."""
        return max(epoch.accuracy for epoch in self.history.epochs)

    @property
    def memory(self) -> int:
        """Most bytes that the worker took."""
        return max(epoch.memory for epoch in self.history.epochs)

    @property
    def pace(self) -> float:
        """Pictures that were learned from per second, from the second epoch on, answering left aside."""
        ends = [epoch.step for epoch in self.history.epochs]
        return pace([step for step in self.history.steps if step.step > ends[0]], ends)


def pace(steps: list[Stepped], ends: list[int]) -> float:
    """Return pictures per second over these steps, but for those that follow the steps `ends`.

    Before those, something else was done than to take steps.
    """
    pairs = [(before, step) for before, step in pairwise(steps) if before.step not in ends]
    if not pairs:
        raise ChoiceError("These pictures make one step an epoch.", "Take more of them, or a smaller batch size.")
    return sum(step.count for _, step in pairs) / sum(step.seconds - before.seconds for before, step in pairs)


def wait_for(find: Callable[[], Found | None], look: Callable[[], None]) -> Found:
    """Return what `find` finds, once it finds something; `look` raises where it never will."""
    while not (found := find()):
        look()
        time.sleep(_TICK)
    return found


def wait_until_ready(store: Store, roles: Sequence[Role], look: Callable[[], None]) -> None:
    """Wait until processes of all these roles stand by; `look` raises where they never will."""

    def ready() -> bool:
        return all(any(note == "ready" for _, note in store.processes.living(role)) for role in roles)

    wait_for(ready, look)


def told_to_the_end(store: Store, run: str, look: Callable[[], None]) -> tuple[list[Entry], History]:
    """Return all that a run tells, when it rests or ends; `look` raises where it never will."""
    entries, history = list[Entry](), History()

    def rests() -> bool:
        entries.extend(new := store.runs.events(run, history.last))
        history.add(new)
        return history.end is not None or history.rest is not None

    wait_for(rests, look)
    return entries, history


@contextmanager
def supervised(store: Store) -> Iterator[Callable[[], None]]:
    """Keep a supervisor whose worker and desk stand by; yield a look whether it is still there."""
    supervisor = start(store, "supervise", "--stay", log="supervisor.log")

    def look() -> None:
        if supervisor.poll() is not None:
            raise ProcessError("The supervisor ended before its work was done.")

    try:
        wait_until_ready(store, ["worker", "desk"], look)
        yield look
    finally:
        kill_family(supervisor.pid)
        supervisor.wait()


class Worker:
    """A standby worker, as the app has one; it is ready when the `with` begins, and gone after it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._process = start(store, "work", log="worker.log", talks=True)
        self._idle = 0

    def __enter__(self) -> "Worker":
        """Wait until it has imported what it needs."""
        try:
            wait_until_ready(self._store, ["worker"], self._look)
        except BaseException:
            self._process.kill()
            self._process.communicate()
            raise
        self._idle = memory_taken()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go, at once if something went wrong."""
        if fault is not None:
            self._process.kill()
        self._process.communicate()

    def carry_out(self, config: RunConfig) -> Carried:
        """Let it carry out a run; raise ThawError if that did not come to its end."""
        claimant = Claimant.of(self._process.pid)
        run = self._store.runs.submit(config, self._store.command_line_workspace(), secrets.token_hex(16), claimant)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{run.id}\n")
        self._process.stdin.flush()
        entries, history = told_to_the_end(self._store, run.id, self._look)
        if not isinstance(history.end, Finished):
            raise ThawError(f"{config.backbone} was not trained to the end.", str(history.end or history.rest))
        return Carried(entries[-1].time - run.created, history, self._idle)

    def _look(self) -> None:
        if self._process.poll() is not None:
            raise ProcessError("The worker ended before its work was done.", "Its memory may not have been enough.")
