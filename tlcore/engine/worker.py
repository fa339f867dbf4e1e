"""The standby worker: imports torch and warms up before anybody asks, then carries out one run after the other."""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import torch
from torch.nn.functional import cross_entropy
from torch.optim import AdamW

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.engine.modality.image import build_module
from tlcore.engine.optimizer import is_fused
from tlcore.engine.runtime import choose_runtime
from tlcore.engine.work import carry_out
from tlcore.store import Store

_DEMO_SHAPE = (32, 3, 112, 112)
"""The demo's batches, (N, C, H, W): the first run of a new person should be the quickest to begin."""


def stand_by(store: Store) -> None:
    """Read run ids from standard input, a line each, and carry them out; end when the supervisor lets go.

    Each run has a thread of its own. A thread in which oneDNN once could not allocate room for a kernel gets no new
    kernel ever after, since Xbyak keeps its first error for each thread; so a run that lacked memory takes it along.
    """
    runtime = choose_runtime("auto")
    _warm_up(runtime.device)
    runtime.give_back()
    store.processes.register("worker", "ready")
    for line in sys.stdin:
        with ThreadPoolExecutor(1, thread_name_prefix="run") as thread:
            thread.submit(carry_out, store, line.strip()).result()
        gc.collect()
        runtime.give_back()


def _warm_up(device: torch.device) -> None:
    """Pay for what the first step of a process costs: kernels for its shapes, threads, torch's late imports."""
    module = build_module(backbone(DEFAULT), classes=2).to(device).to(memory_format=torch.channels_last)
    pictures = torch.zeros(_DEMO_SHAPE, device=device).contiguous(memory_format=torch.channels_last)
    targets = torch.zeros(len(pictures), dtype=torch.long, device=device)
    optimizer = AdamW(module.parameters(), fused=is_fused(module))
    cross_entropy(module(pictures), targets).backward()  # type: ignore[no-untyped-call]
    optimizer.step()
