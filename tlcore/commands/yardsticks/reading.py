"""How quickly a folder of photographs is read, beside what decoding alone takes."""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tlcore.commands.yardsticks.bench_home import bench_home
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.data.decode import decode_image
from tlcore.data.limits import THUMBNAIL_SIDE
from tlcore.data.photographs import write_photographs
from tlcore.jobs.eyes import Eyes
from tlcore.jobs.processes import memory_taken
from tlcore.store.reading import Reader

_SAMPLE = 100
"""Pictures of which decoding alone is timed."""
_EVERY = 0.5
"""Seconds."""


def _figures(settings: Settings) -> Iterator[Figure]:
    """Read a folder of so many made photographs as the app would, in a new home each time."""
    for _ in range(settings.repeat):
        with bench_home() as store:
            folder = store.home / "photographs"
            write_photographs(folder, settings.count)
            if hasattr(os, "sync"):
                os.sync()  # What is still being written would take time from what is measured.
            sample = sorted(folder.rglob("*.jpg"))[:_SAMPLE]
            alone = {"whole": _decoding_rate(sample, None), "small": _decoding_rate(sample, THUMBNAIL_SIDE)}
            scale = _Scale()
            reader = Reader(store, store.command_line_workspace(), 0, scale.weigh, Eyes(store))
            reader.folder(folder, "photographs")
            rate = settings.count / (time.monotonic() - scale.begun)
        cores = os.cpu_count() or 1
        yield Figure("reading: listed, checked, and shown small", rate, "a second")
        for size, decoding in alone.items():
            yield Figure(f"decoding {size}, one core", decoding, "a second")
            ratio = rate / cores / decoding
            yield Figure(f"reading over {cores} cores × decoding {size}", ratio)
        yield Figure("memory here", max(scale.here) / 1e6, "MB")
        yield Figure("memory here, grown since the first picture", scale.grown / 1e6, "MB")
        yield Figure("memory of the largest process that looks", max(scale.eye) / 1e6, "MB")


class _Scale:
    """Weighs this process and the largest of its children twice a second, from the moment it is made."""

    def __init__(self) -> None:
        self._weighed = self.begun = time.monotonic()
        here, eye = memory_taken()
        self.here, self.eye = [here], [eye]

    @property
    def grown(self) -> int:
        """Bytes that this process took more than at the beginning, at most."""
        return max(self.here) - self.here[0]

    def weigh(self, _done: int, _total: int) -> None:
        """Weigh if it is time; to be called while pictures are read."""
        if time.monotonic() - self._weighed > _EVERY:
            here, eye = memory_taken()
            self.here.append(here)
            self.eye.append(eye)
            self._weighed = time.monotonic()


def _decoding_rate(paths: Sequence[Path], size: int | None) -> float:
    """Return how many files a second one core decodes, whole or down to `size` pixels, and does nothing else."""
    began = time.monotonic()
    for path in paths:
        decode_image(path, size=size)
    return len(paths) / (time.monotonic() - began)


READING = Yardstick(
    title="photographs of a megapixel read in against decoding alone",
    figures=_figures,
    usual={"count": 10_000},
    asked_only=True,
)
