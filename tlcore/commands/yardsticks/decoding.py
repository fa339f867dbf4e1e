"""Photographs decoded per second, as many at a time as there are cores and fewer, against what one core does."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tlcore.commands.yardsticks.bench_home import bench_home
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.data.decode import decode_image
from tlcore.data.photographs import write_photographs


def _figures(settings: Settings) -> Iterator[Figure]:
    cores = os.cpu_count() or 1
    several = [count for count in (2**power for power in range(1, cores.bit_length())) if count < cores]
    with bench_home() as store:
        folder = store.home / "photographs"
        write_photographs(folder, settings.count)
        paths = sorted(folder.rglob("*.jpg"))
        for _ in range(settings.repeat):
            for way, size in (("whole", None), (f"to {settings.image_size} pixels", settings.image_size)):
                alone = _rate(paths, size, 1)
                yield Figure(f"{way}: one at a time", alone, "a second")
                for count in [*several, cores] if cores > 1 else []:
                    rate = _rate(paths, size, count)
                    yield Figure(f"{way}: {count} at a time", rate, "a second")
                    yield Figure(f"{way}: over {count} × one at a time", rate / count / alone)


def _rate(paths: Sequence[Path], size: int | None, at_a_time: int) -> float:
    """Return how many files a second are decoded, whole or down to `size` pixels."""
    with ThreadPoolExecutor(at_a_time) as pool:
        began = time.monotonic()
        for _ in pool.map(lambda path: decode_image(path, size=size), paths):
            pass
        return len(paths) / (time.monotonic() - began)


DECODING = Yardstick(
    title="photographs of a megapixel decoded, against cores",
    figures=_figures,
    usual={"count": 200, "image_size": 224},
)
