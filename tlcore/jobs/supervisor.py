"""The long-lived process that keeps a worker and a desk ready, hands out runs and errands, and buries the dead."""

import logging
import time
from collections.abc import Callable
from subprocess import Popen

from filelock import FileLock, Timeout
from psutil import NoSuchProcess

from tlcore.errands import CANCELLED, upload_of
from tlcore.errors import DamagedError, ThawError
from tlcore.jobs.processes import give_way_as_session, kill_family, start
from tlcore.jobs.settings import told_settings
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.errands import Progress

_TICK = 0.1
"""Seconds between looks at the store."""
_IDLE = 30.0
"""Seconds without an app and without work after which the supervisor goes home."""
_QUICK_DEATH = 5.0
"""Seconds; a process that dies sooner than this after its start is not started again at once."""
_REST = 10.0
_SWEEP_EVERY = 24 * 3600.0
"""Seconds."""
_TIDY_EVERY = 60.0
"""Seconds."""
_GRACE = 4.0
"""Seconds that an errand has to tidy up after itself once it was cancelled."""


class Child:
    """A process that is started again whenever it has died."""

    def __init__(self, begin: Callable[[], "Popen[str]"]) -> None:
        self._begin = begin
        self._started = 0.0
        self._rest_until = 0.0
        self.process: Popen[str] | None = None

    def tend(self) -> int | None:
        """Start the process if there is none; return the exit status of one that has just died."""
        if self.process is None:
            if time.monotonic() >= self._rest_until:
                self.process, self._started = self._begin(), time.monotonic()
            return None
        status = self.process.poll()
        if status is None:
            return None
        self.process = None
        if time.monotonic() - self._started < _QUICK_DEATH:
            self._rest_until = time.monotonic() + _REST
        return status


class Supervisor:
    """Looks at the store again and again; holds no state that the store or the processes do not show."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._worker = Child(lambda: start(store, "work", log="worker.log", talks=True))
        self._desk = Child(lambda: start(store, "answer", log="desk.log"))
        self._errands: list[Popen[str]] = []

    def tick(self) -> None:
        """Do what has to be done now."""
        self._tend_worker()
        self._store.runs.bury()
        self._hand_over()
        self._tend_errands()
        # The desk waits until the worker stands: two processes that import torch at once are both late.
        if self._desk.process is not None or self._store.processes.living("worker"):
            self._desk.tend()

    def busy(self) -> bool:
        """Say whether somebody needs this supervisor."""
        return bool(self._store.processes.living("app") or self._store.runs.open() or self._errands)

    def close(self) -> None:
        """Let the worker go after its run, and end the desk."""
        for child in (self._worker, self._desk):
            if child.process is not None and child.process.stdin is not None:
                child.process.stdin.close()
        if self._desk.process is not None:
            self._desk.process.terminate()

    def _tend_worker(self) -> None:
        status = self._worker.tend()
        if status is not None:
            logging.warning("the worker ended with status %s", status)
            self._store.tidy()

    def _hand_over(self) -> None:
        process = self._worker.process
        if process is None or process.stdin is None or process.poll() is not None:
            return
        # A killed process with many threads is dead for a while before its parent can poll that.
        try:
            worker = Claimant.of(process.pid)
        except NoSuchProcess:
            return
        run = self._store.runs.claim_next(worker) if worker.alive else None
        if run is not None:
            try:
                process.stdin.write(f"{run}\n")
                process.stdin.flush()
            except OSError:
                logging.warning("the worker died before it took run %s", run)

    def _tend_errands(self) -> None:
        self._errands = [process for process in self._errands if process.poll() is None]
        for asked in self._store.errands.open():
            if _is_lost(asked) or _overdue(asked):
                self._bury(asked)
        for asked in self._store.errands.next():
            settings = told_settings(self._store)
            process = start(self._store, "errand", asked.id, log="errands.log", settings=settings)
            self._store.errands.claim(asked.id, Claimant.of(process.pid))
            self._errands.append(process)

    def _bury(self, asked: Progress) -> None:
        """End an errand that nobody does any more, or that does not hear that it was cancelled."""
        if asked.claimant is not None and asked.claimant.alive:
            kill_family(asked.claimant.pid)
        if (upload := upload_of(asked.errand)) is not None:
            self._store.intake.clear(upload)
        died = "The process that did this was ended, perhaps for want of memory. Please try again."
        self._store.errands.fail(asked.id, died if asked.cancelled is None else CANCELLED)


def _is_lost(asked: Progress) -> bool:
    """Say whether nobody does an errand any more, or ever will."""
    return asked.cancelled is not None if asked.claimant is None else not asked.claimant.alive


def _overdue(asked: Progress) -> bool:
    return asked.cancelled is not None and time.time() - asked.cancelled > _GRACE


def supervise(store: Store, stay: bool) -> None:
    """Tend the store until nobody needs it; with `stay`, until this process is ended.

    Raises ThawError if another supervisor holds the store.
    """
    lock = FileLock(store.supervisor_lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ThawError("Another supervisor looks after this home folder already.") from None
    with lock:
        give_way_as_session()
        store.processes.register("supervisor")
        supervisor = Supervisor(store)
        needed = tidied = time.monotonic()
        swept = float("-inf")
        try:
            while stay or time.monotonic() - needed < _IDLE:
                try:
                    if time.monotonic() - swept > _SWEEP_EVERY:
                        swept = time.monotonic()
                        store.sweep()
                    if time.monotonic() - tidied > _TIDY_EVERY:
                        tidied = time.monotonic()
                        store.tidy()
                    supervisor.tick()
                except DamagedError:
                    raise  # No later look would find anything else.
                except Exception:
                    # A full disk or a locked file may pass; who tends the runs has to outlast whatever it is.
                    logging.exception("tick")
                if supervisor.busy():
                    needed = time.monotonic()
                time.sleep(_TICK)
        finally:
            supervisor.close()


def ensure_supervisor(store: Store) -> None:
    """Start a supervisor for this store unless there is one; it outlives the app."""
    if not store.processes.living("supervisor"):
        start(store, "supervise", log="supervisor.log", own_session=True)
