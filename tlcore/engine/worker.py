"""The standby worker: imports torch and warms up before anybody asks, then carries out one run after the other."""

import sys

import torch

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.engine.modality.image import build_module
from tlcore.engine.work import carry_out
from tlcore.store import Store

_DEMO_SHAPE = (32, 3, 112, 112)
"""The demo's batches, (N, C, H, W): the first run of a new person should be the quickest to begin."""


def stand_by(store: Store) -> None:
    """Read run ids from standard input, a line each, and carry them out; end when the supervisor lets go."""
    _warm_up()
    store.processes.register("worker", "ready")
    for line in sys.stdin:
        carry_out(store, line.strip())


def _warm_up() -> None:
    """Pay for what the first step of a process costs: kernels are chosen for its shapes and threads are started."""
    module = build_module(backbone(DEFAULT), classes=2).to(memory_format=torch.channels_last)
    pictures = torch.zeros(_DEMO_SHAPE).contiguous(memory_format=torch.channels_last)
    module(pictures).sum().backward()
