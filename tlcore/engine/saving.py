"""Keeps the one point from which a run can go on, and takes it away when the run is over."""

from collections.abc import Sequence

from tlcore.engine.standing import SavePoint
from tlcore.errors import ThawError
from tlcore.events import Saved
from tlcore.store import Store


class Saver:
    """The save points of one run, of which only the newest is kept."""

    def __init__(self, store: Store, earlier: Sequence[Saved]) -> None:
        """Take up the newest of the `earlier` points that is whole; there are more where a try died in between."""
        self.taken_again: Saved | None = None
        """The point that was taken up in place of a newer, damaged one; the store has to name it as the newest."""
        self._store = store
        self._kept: str | None = None
        self._before: str | None = None
        self.point: SavePoint | None = None
        """Where the run goes on; None where it begins anew."""
        for saved in reversed(earlier):
            if self.point is None:
                self._kept, self.point = saved.sha256, self._read(saved.sha256)
                if self.point is not None and saved.sha256 != earlier[-1].sha256:
                    self.taken_again, self._before = saved, earlier[-1].sha256
            elif saved.sha256 != self._kept:
                store.points.drop(saved.sha256)
        self.damaged = bool(earlier) and self.point is None
        """Whether it begins anew although something was saved."""

    def save(self, point: SavePoint) -> Saved:
        """Put a point in place, whole."""
        with self._store.points.aside() as path:
            point.write(path)
            size = path.stat().st_size
            self._before, self._kept = self._kept, self._store.points.keep(path)
        return Saved(epoch=point.standing.epoch, step=point.standing.step, sha256=self._kept, size=size)

    def drop_before(self) -> None:
        """Remove the point before the newest, or the damaged one after it; only once the store names the newest."""
        if self._before and self._before != self._kept:
            self._store.points.drop(self._before)
        self._before = None

    def drop(self) -> None:
        """Remove the newest point: the run is over."""
        self.drop_before()
        if self._kept:
            self._store.points.drop(self._kept)

    def _read(self, sha256: str) -> SavePoint | None:
        try:
            return SavePoint.read(self._store.points.whole(sha256))
        except ThawError:
            return None
