"""Which process holds a row, told so that a process number that was given out again does not deceive."""

import os
from dataclasses import dataclass

import psutil

_TOLERANCE = 1.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A process by its number and the moment it started, in seconds of a clock of its own."""

    pid: int
    started: float

    @classmethod
    def here(cls) -> "Claimant":
        """Return this process."""
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> "Claimant":
        """Return the living process with this number."""
        return cls(pid, _started(psutil.Process(pid)))

    @property
    def alive(self) -> bool:
        """Say whether exactly this process still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(_started(process) - self.started) < _TOLERANCE
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def _started(process: psutil.Process) -> float:
    """Return when a process started, by a clock that setting the machine's time does not move.

    On Linux psutil adds the time since boot to the wall clock's idea of the boot, so that one is taken off again.
    """
    created = float(process.create_time())
    return created - float(psutil.boot_time()) if psutil.LINUX else created
