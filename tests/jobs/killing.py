"""A store whose workers are killed at a moment of choice, and the moments to choose from."""

import time

import psutil

from tests.jobs.warm import Worker
from tlcore.events import Checkpointed, Finished, Interrupted, Saved
from tlcore.jobs.supervisor import Supervisor

PATIENCE = 120.0
"""Seconds; much longer than anything takes."""


class Nobody:
    """In place of a desk."""

    process = None

    def tend(self):
        return None


class House:
    """A store, its supervisor, and the worker of the moment."""

    def __init__(self, store, notes):
        self.store, self.notes = store, notes
        self.supervisor = Supervisor(store)
        self.worker = None
        self.waits = []
        """Seconds from a kill to the sentence about it."""

    def start(self):
        self.worker = Worker(self.store, self.notes)
        return self.worker

    def events(self, run, kind):
        return [entry.event for entry in self.store.runs.events(run) if isinstance(entry.event, kind)]

    def tick_until(self, what, seconds=PATIENCE):
        """Let the supervisor do its work until `what` returns something, and return that."""
        until = time.monotonic() + seconds
        ticked = 0.0
        while time.monotonic() < until:
            if found := what():
                return found
            if time.monotonic() - ticked > 0.02:
                self.supervisor.tick()
                ticked = time.monotonic()
            time.sleep(0.0005)
        raise AssertionError(f"waited {seconds} s in vain")

    def is_over(self, run):
        return bool(self.events(run, Finished))

    def kill_at(self, run, aim, delay):
        """Kill the worker of a run when `aim` comes, and wait until that is told; False if the run is over before."""
        before = len(self.store.runs.events(run))
        self.tick_until(lambda: self.store.runs.named(run).claimant is not None)
        moment = MOMENTS[aim](self.store, run, before, delay)
        while not moment():
            if self.is_over(run):
                return False
            time.sleep(0.0005)
        psutil.Process(self.worker.pid).kill()
        rests = len(self.events(run, Interrupted))
        began = time.monotonic()
        self.tick_until(lambda: len(self.events(run, Interrupted)) > rests or self.is_over(run), 10)
        self.waits.append(time.monotonic() - began)
        return not self.is_over(run)


def any_moment(_store, _run, _before, delay):
    until = time.monotonic() + delay
    return lambda: time.monotonic() > until


def while_written(room):
    return lambda store, *_: lambda: any(getattr(store, room).making.iterdir())


def before_named(room):
    def moment(store, *_):
        kept = {name for name, _ in getattr(store, room).all()}
        return lambda: any(name not in kept for name, _ in getattr(store, room).all())

    return moment


def once_named(kind):
    def moment(store, run, before, _delay):
        return lambda: any(isinstance(entry.event, kind) for entry in store.runs.events(run, before))

    return moment


def rows_written(store, *_):
    def looked():
        return {path.name: path.stat().st_size for path in (store.home / "beginnings").glob("*.*")}

    kept = looked()
    return lambda: looked() != kept


MOMENTS = {
    "any moment": any_moment,
    "best weights are written": while_written("blobs"),
    "best weights have no name yet": before_named("blobs"),
    "best weights have a name": once_named(Checkpointed),
    "a save point is written": while_written("points"),
    "a save point has no name yet": before_named("points"),
    "a save point has a name": once_named(Saved),
    "rows are written": rows_written,
}
"""What begins to watch a run, and then says at each look whether the moment has come."""
