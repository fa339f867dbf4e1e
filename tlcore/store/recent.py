"""What was read last of sets, surveys and lists, kept as long as there is memory for all its pictures."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

_PICTURES = 400_000
"""Of all that one of these keeps; a hundred thousand take a fifth of a second to read, and 60 MB."""


class Recent(Generic[Kept]):
    """Things that hold pictures, by their keys; those that were asked for longest ago go first."""

    def __init__(self, pictures: Callable[[Kept], int]) -> None:
        self._pictures = pictures
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Kept | None:
        """Return what was kept under this key, if it still is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, found: Kept) -> Kept:
        """Keep something, and return it."""
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > 1 and sum(map(self._pictures, self._kept.values())) > _PICTURES:
                self._kept.popitem(last=False)
            return found
