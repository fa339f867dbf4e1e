"""Whoever makes steps to warm up or to compare makes them as a run does: on its device, in one kernel on CUDA."""

import pytest
import torch
from torch import nn
from torch._subclasses import FakeTensorMode

from tlcore.catalog.cards import Block
from tlcore.engine import optimizer, worker
from tlcore.engine.numerics import PLAIN
from tlcore.engine.optimizer import is_fused
from tlcore.engine.yardsticks import steps
from tlcore.plan import Group


def test_one_kernel_moves_all_parameters_on_cuda_only():
    with FakeTensorMode():  # tensors without numbers, on a device that need not be there
        assert [is_fused(nn.Conv2d(3, 3, 1, device=device)) for device in ("cpu", "cuda")] == [False, True]


@pytest.mark.parametrize("fused", [False, True])
def test_the_bare_loop_has_the_optimizer_of_a_run(monkeypatch, fused):
    for room in (optimizer, steps):
        monkeypatch.setattr(room, "is_fused", lambda _module: fused)
    network = nn.Sequential(nn.Conv2d(3, 3, 1))
    blocks = (Block(name="all", label="", prefixes=("0",), output=""),)
    groups = (Group(block="all", rate=0.1, weight_decay=0.0, tensors=2, values=12),)
    made = steps._Bare(network, PLAIN, [])._optimizer, optimizer.build_optimizer(network, blocks, groups)
    assert [each.defaults["fused"] for each in made] == [fused, fused]


def test_a_worker_warms_up_on_the_device_that_its_runs_will_take(monkeypatch):
    seen = []

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Conv2d(3, 2, 3)

        def forward(self, pictures):
            seen.extend((pictures.device.type, self.body.weight.device.type))
            return self.body(pictures).mean((2, 3))

    monkeypatch.setattr(worker, "build_module", lambda *_, **__: Network())
    worker._warm_up(torch.device("meta"))
    assert seen == ["meta", "meta"]
