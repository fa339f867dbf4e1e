"""The device that a run is computed on, and how this process uses it."""

import ctypes
import os
import platform
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil
import torch

from tlcore.errors import ChoiceError

_M_TRIM_THRESHOLD = -1
_M_MMAP_MAX = -4
_M_ARENA_MAX = -8
"""Numbers of settings in GNU's malloc.h; see mallopt(3)."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process on one device."""

    device: torch.device
    label: str
    """What a person would call it, such as `CPU, 2 cores`."""

    @property
    def processor(self) -> str:
        """What computes, as its maker calls it; two of one name round alike."""
        return self.label if self.device.type != "cpu" else _processor()

    @property
    def holds_pictures(self) -> bool:
        """Whether the pictures that are kept ready lie in what `memory` counts: on CUDA only a step's pictures do."""
        return self.device.type != "cuda"

    def memory(self) -> int:
        """Return the bytes that this process takes now; on CUDA the most that its tensors took so far."""
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device)
        return int(psutil.Process().memory_info().rss)

    def give_back(self) -> None:
        """Give memory that nothing holds any more back to the system, where that can be asked for.

        The C library keeps what was freed: after a few steps of training several hundred megabytes.
        """
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self.device)
        with suppress(OSError, AttributeError):  # only GNU's library has it
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def choose_runtime(wanted: str, place: int = 0) -> Runtime:
    """Return the wanted device, or with `auto` the best one here; raise ChoiceError if it is not there.

    Of several GPUs that is the one at `place`.
    """
    available = ["cpu"]
    if torch.backends.mps.is_available():
        available.insert(0, "mps")
    if torch.cuda.is_available():
        available.insert(0, "cuda")
    kind = available[0] if wanted == "auto" else wanted
    if kind not in available:
        raise ChoiceError(f"This machine has no {kind} device.", f"It has: {', '.join(available)}.")
    if kind == "cuda":
        _use_gpu(place)
    if kind == "cpu":
        _reuse_large_blocks()
        _leave_a_core()
    return Runtime(device=torch.device(kind), label=_label(kind))


def _use_gpu(place: int) -> None:
    there = torch.cuda.device_count()
    if place >= there:
        raise ChoiceError(
            f"This machine has {there} GPU{'s' if there > 1 else ''}, too few for so many processes.",
            f"Start {there}, or compute on the CPU with `--device cpu`.",
        )
    torch.cuda.set_device(place)


def _reuse_large_blocks() -> None:
    """Let the C library keep what a step's tensors took for the next step, in place of asking the system each time.

    Every page of a block that comes fresh from the system is cleared when it is first touched, which took half of
    the time on a CPU. Only GNU's library is told; `give_back` returns what is kept.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(_M_MMAP_MAX, 0)
        # In the arenas of single threads, which hold 64 MB at most, large blocks are not kept.
        library.mallopt(_M_ARENA_MAX, 1)
        library.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def _leave_a_core() -> None:
    """Compute on one core fewer than there are, so that pages stay quick; two cores or one are too few for that.

    Threads of one step wait for the slowest of them, so one that pages hold up holds up all.
    """
    cores = _cores()
    if cores > 2:
        torch.set_num_threads(min(torch.get_num_threads(), cores - 1))


def _cores() -> int:
    """Return the cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _label(kind: str) -> str:
    if kind == "cuda":
        return torch.cuda.get_device_name()
    if kind == "mps":
        return "Apple GPU"
    cores = os.cpu_count() or 1
    return f"CPU, {cores} core{'s' if cores > 1 else ''}"


@cache
def _processor() -> str:
    with suppress(OSError):  # only Linux has it, and there platform does not know
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def finished(device: torch.device) -> None:
    """Wait until the device has nothing to do any more, so that a clock tells the truth; a CPU never has."""
    if device.type != "cpu":
        torch.get_device_module(device).synchronize()
