"""Waiting for what other processes do, and not for ever."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 180.0
"""Seconds; much longer than anything takes, since a process that imports torch on a busy machine takes its time."""


def wait_for(what: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """Return what `what` returns once that is something; raise AssertionError if it never is."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain")
