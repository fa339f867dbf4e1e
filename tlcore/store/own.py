"""Single pictures that people brought to look at: kept by their content, a few for each workspace, the oldest go."""

import os
from contextlib import suppress
from pathlib import Path

from tlcore.errors import ThawError
from tlcore.paths import safe_path

MOST = 12
"""Pictures of one workspace."""
MOST_BYTES = 100_000_000
"""Bytes of all pictures of one workspace."""


class OwnPictures:
    """A folder with one folder for each workspace; files inside are named by their sha256."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, workspace: str, picture: str, file: Path) -> None:
        """Move in a file whose sha256 is `picture`, as the newest; the oldest go where there are too many."""
        target = safe_path(self._root, f"{workspace}/{picture}")
        target.parent.mkdir(parents=True, exist_ok=True)
        os.utime(file)
        file.replace(target)
        room = MOST_BYTES
        for place, (path, facts) in enumerate(self._newest_first(workspace)):
            room -= facts.st_size
            if place and (place >= MOST or room < 0):
                with suppress(PermissionError):  # Windows keeps what somebody reads.
                    path.unlink(missing_ok=True)

    def of(self, workspace: str) -> list[str]:
        """Return the ids of a workspace's pictures, newest first."""
        return [path.name for path, _ in self._newest_first(workspace)]

    def path(self, workspace: str, picture: str) -> Path:
        """Return where a workspace's picture lies; raise ThawError if it is not there."""
        path = safe_path(self._root, f"{workspace}/{picture}")
        if not path.is_file():
            raise ThawError(f"This picture is not here any more: your {MOST} newest are kept.", "Bring it in again.")
        return path

    def all(self) -> frozenset[str]:
        """Return the ids of everybody's pictures."""
        return frozenset(path.name for path in self._root.glob("*/*"))

    def _newest_first(self, workspace: str) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in safe_path(self._root, workspace).glob("*"):
            with suppress(FileNotFoundError):  # Another tab of the same person may have brought a newer one.
                found.append((path, path.stat()))
        return sorted(found, key=lambda one: one[1].st_mtime_ns, reverse=True)
