"""The standby worker: imports torch and warms up before anybody asks, then carries out one run after the other."""

import gc
import logging
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

import torch
from torch.nn.functional import cross_entropy
from torch.optim import AdamW

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.catalog.weights import IMAGENET, is_here
from tlcore.config import Loader
from tlcore.engine.assemble import assemble
from tlcore.engine.modality.image import build_module
from tlcore.engine.optimizer import is_fused
from tlcore.engine.runtime import Runtime, choose_runtime
from tlcore.engine.tuning import Look, paces_of, tuning_key
from tlcore.engine.work import carry_out
from tlcore.store import Store

_DEMO_SIZE = 112
"""Side of the demo's pictures, in pixels: the first run of a new person should be the quickest to begin."""
_USUAL = Loader()
_CLASSES = ("one", "other")
"""How many there are makes no difference to how a network is computed best."""


class _CalledError(Exception):
    """Somebody needs this worker."""


def stand_by(store: Store) -> None:
    """Read run ids from standard input, a line each, and carry them out; end when the supervisor lets go.

    Each run has a thread of its own. A thread in which oneDNN once could not allocate room for a kernel gets no new
    kernel ever after, since Xbyak keeps its first error for each thread; so a run that lacked memory takes it along.
    """
    runtime = choose_runtime("auto")
    _warm_up(runtime.device)
    runtime.give_back()
    store.processes.register("worker", "ready")
    while line := _next_line(store, runtime):
        with ThreadPoolExecutor(1, thread_name_prefix="run") as thread:
            thread.submit(carry_out, store, line.strip()).result()
        gc.collect()
        runtime.give_back()


def _warm_up(device: torch.device) -> None:
    """Pay for what the first step of a process costs: kernels for its shapes, threads, torch's late imports."""
    module = build_module(backbone(DEFAULT), classes=2).to(device).to(memory_format=torch.channels_last)
    shape = (_USUAL.batch_size, 3, _DEMO_SIZE, _DEMO_SIZE)
    pictures = torch.zeros(shape, device=device).contiguous(memory_format=torch.channels_last)
    targets = torch.zeros(len(pictures), dtype=torch.long, device=device)
    optimizer = AdamW(module.parameters(), fused=is_fused(module))
    cross_entropy(module(pictures), targets).backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _next_line(store: Store, runtime: Runtime) -> str:
    """Wait for a line, measuring the usual network meanwhile; return it, or nothing at the end."""
    with _meanwhile_tuning(store, runtime):
        return sys.stdin.readline()


@contextmanager
def _meanwhile_tuning(store: Store, runtime: Runtime) -> Iterator[None]:
    """Find out, while the `with` lasts and no longer, how this machine computes best what most people begin with."""
    called = Event()
    thread = Thread(target=_tune_usual, args=(store, runtime, called), name="tune")
    thread.start()
    try:
        yield
    finally:
        called.set()
        thread.join()


def _tune_usual(store: Store, runtime: Runtime, called: Event) -> None:
    """Measure the default network for the demo and for the usual plan, where that was never done on this machine."""

    def look() -> None:
        if called.is_set():
            raise _CalledError

    sizes = [
        size
        for size in (_DEMO_SIZE, _USUAL.image_size)
        if store.tunings.of(tuning_key(runtime, DEFAULT, IMAGENET, size)) is None
    ]
    if not sizes or not is_here(backbone(DEFAULT), IMAGENET):
        return
    try:
        for size in sizes:
            look()
            _tune(store, runtime, size, look)
    except _CalledError:
        pass  # A later pause will do.
    except Exception:
        # Whatever it is, the run that needs the measurement meets it too, and tells of it.
        logging.exception("tuning")
    # Only out here: the error holds the frames it came through, and they what was measured. The run needs the room.
    gc.collect()
    runtime.give_back()


def _tune(store: Store, runtime: Runtime, size: int, look: Look) -> None:
    assembly = assemble(store, DEFAULT, IMAGENET, _CLASSES, size, 0, runtime)
    paces_of(store, assembly, IMAGENET, _USUAL.batch_size, look)
