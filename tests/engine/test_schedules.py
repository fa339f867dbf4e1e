"""Schedules agree with torch's own."""

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from tlcore.config import Phase
from tlcore.schedules import factor


@pytest.mark.parametrize("steps", [4, 10, 97])
@pytest.mark.parametrize(
    ("shape", "build"),
    [
        ("cosine", lambda optimizer, steps: CosineAnnealingLR(optimizer, steps)),
        ("one_cycle", lambda optimizer, steps: OneCycleLR(optimizer, 0.1, steps, cycle_momentum=False)),
    ],
)
def test_a_schedule_is_that_of_torch(shape, build, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    oracle = build(optimizer, steps)
    phase = Phase(epochs=steps, rates={"head": 0.1}, shape=shape)
    for step in range(steps):
        assert 0.1 * factor(phase, step, 1) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-12)
        optimizer.step()
        oracle.step()
