"""What is measured while a class looks on: what processes take, how fast a run learns, how waits spread."""

import time
from collections.abc import Iterable
from threading import Event, Thread

import psutil

from tlcore.events import Stepped
from tlcore.store import Store


class Gauge:
    """What a process takes while somebody watches it: the share of a core, and the most memory and threads."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._over = Event()
        self._memory = self._threads = 0
        self._watch = Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Gauge":
        self._began, self._used = time.monotonic(), self._seconds()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        self._cpu = (self._seconds() - self._used) / (time.monotonic() - self._began)

    def told(self) -> dict[str, float]:
        """Return what was seen."""
        return {"cores": round(self._cpu, 2), "rss_mb": self._memory // 2**20, "threads": self._threads}

    def _seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _look(self) -> None:
        while not self._over.wait(0.5):
            self._memory = max(self._memory, self._process.memory_info().rss)
            self._threads = max(self._threads, self._process.num_threads())


class Speed:
    """How fast a run learns, by its own events."""

    def __init__(self, store: Store, run: str) -> None:
        self._store, self._run, self._last = store, run, 0

    def since(self, began: float) -> float:
        """Return the pictures per second since the clock said `began`, and forget what was before."""
        seconds = time.monotonic() - began
        return self.learned() / seconds

    def learned(self) -> int:
        """Return the pictures that were learned since this was asked last."""
        entries = self._store.runs.events(self._run, self._last)
        self._last = entries[-1].sequence if entries else self._last
        return sum(entry.event.count for entry in entries if isinstance(entry.event, Stepped))


def spread(seconds: Iterable[float]) -> dict[str, float]:
    """Return how many there are, and the percentiles that are asked about."""
    found = sorted(seconds)
    if not found:
        return {"count": 0}
    at = {f"p{share}": round(found[min(len(found) - 1, len(found) * share // 100)], 3) for share in (50, 95, 99)}
    return {"count": len(found), **at}
