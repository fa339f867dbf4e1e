"""Which process holds a row, told so that a process number that was given out again does not deceive."""

import os
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Claimant:
    """A process by its number and the moment it started (seconds since 1970)."""

    pid: int
    started: float

    @classmethod
    def here(cls) -> "Claimant":
        """Return this process."""
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> "Claimant":
        """Return the living process with this number."""
        return cls(pid, psutil.Process(pid).create_time())

    @property
    def alive(self) -> bool:
        """Say whether exactly this process still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False
