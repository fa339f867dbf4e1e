"""The other half of the verb `bench`: how quickly a folder of photographs is read, beside what decoding alone takes."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tlcore.commands.bars import counted
from tlcore.data.decode import decode_image
from tlcore.data.limits import THUMBNAIL_SIDE
from tlcore.data.photographs import write_photographs
from tlcore.errors import ChoiceError
from tlcore.jobs.eyes import Eyes
from tlcore.jobs.processes import memory_taken
from tlcore.store import Store
from tlcore.store.reading import Reader

_SAMPLE, _ROUNDS = 100, 5
"""Pictures of which decoding alone is timed, so many times; the quickest round counts."""
_EVERY = 0.5
"""Seconds."""


def measure_pictures(count: int, quiet: bool) -> dict[str, Any]:
    """Read a folder of so many made photographs as the app would; return pictures per second, seconds and bytes."""
    if count < 1:
        raise ChoiceError(f"--reading is {count}.", "It takes how many photographs to make and read, at least 1.")
    with TemporaryDirectory(prefix="thaw-bench-") as home, closing(Store(Path(home))) as store:
        folder = Path(home) / "photographs"
        with counted("making photographs", quiet=quiet, unit="", leave=False) as progress:
            write_photographs(folder, count, progress)
        if hasattr(os, "sync"):
            os.sync()  # What is still being written would take time from what is measured.
        sample = sorted(folder.rglob("*.jpg"))[:_SAMPLE]
        whole, small = _decoding_rate(sample, None), _decoding_rate(sample, THUMBNAIL_SIDE)
        with counted("reading", quiet=quiet, unit="", leave=False) as progress:
            scale = _Scale(progress)
            Reader(store, store.command_line_workspace(), 0, scale.progress, Eyes(store)).folder(folder, "photographs")
        seconds = time.monotonic() - scale.begun
    cores = os.cpu_count() or 1
    row = {
        "pictures": count,
        "cores": cores,
        "seconds": seconds,
        "decoding": {"whole": whole, "small": small},
        "reading": count / seconds,
        "ratios": {"whole": count / seconds / (cores * whole), "small": count / seconds / (cores * small)},
        "memory": {"here": max(scale.here), "grown": max(scale.here) - scale.here[0], "eye": max(scale.eye)},
    }
    if not quiet:
        print(_told(row))
    return row


class _Scale:
    """Weighs this process and the largest of its children twice a second, from the moment it is made."""

    def __init__(self, progress: Callable[[int, int], None]) -> None:
        self._progress = progress
        self._weighed = self.begun = time.monotonic()
        here, eye = memory_taken()
        self.here, self.eye = [here], [eye]

    def progress(self, done: int, total: int) -> None:
        """Weigh if it is time, and tell how far it is."""
        if time.monotonic() - self._weighed > _EVERY:
            here, eye = memory_taken()
            self.here.append(here)
            self.eye.append(eye)
            self._weighed = time.monotonic()
        self._progress(done, total)


def _decoding_rate(paths: Sequence[Path], size: int | None) -> float:
    """Return how many files a second one core decodes, whole or down to `size` pixels, and does nothing else."""
    quickest = float("inf")
    for _ in range(_ROUNDS):
        begun = time.monotonic()
        for path in paths:
            decode_image(path, size=size)
        quickest = min(quickest, time.monotonic() - begun)
    return len(paths) / quickest


def _told(row: dict[str, Any]) -> str:
    memory = row["memory"]
    return (
        f"{row['pictures']:,} photographs of a megapixel read in {row['seconds']:.1f} s on {row['cores']} cores\n"
        f"reading            {row['reading']:>8.0f} a second: listed, checked, and shown small\n"
        f"decoding, one core {row['decoding']['whole']:>8.0f} a second whole,"
        f" {row['decoding']['small']:.0f} at the small size that looking takes\n"
        f"reading over cores × decoding: {row['ratios']['whole']:.2f} whole, {row['ratios']['small']:.2f} small\n"
        f"memory, MB: {memory['here'] / 1e6:.0f} here, {memory['grown'] / 1e6:.0f} of them since the first picture;"
        f" {memory['eye'] / 1e6:.0f} in the largest process that looks"
    )
