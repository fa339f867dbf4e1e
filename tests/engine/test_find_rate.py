"""The rate finder finds a rate and leaves no trace: weights, buffers, optimizer and random state stay bit for bit."""

from math import inf

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.optim import AdamW

from tlcore.catalog.backbones import backbone
from tlcore.engine.freezing import train_mode
from tlcore.engine.pictures import Batch
from tlcore.engine.sweep import LOWEST, smoothed, steepest, sweep
from tlcore.plan import plan_groups
from tlcore.questions import SWEEP_STEPS

NAME = "mobilenet_v2"
BLOCKS = [block.name for block in backbone(NAME).blocks]


def batches(number, faulty=inf):
    """Batches of eight pictures in two colours; the one numbered `faulty` cannot be taken."""
    drawer = torch.Generator().manual_seed(1)
    for place in range(number):
        targets = torch.arange(8) % 2
        pictures = torch.randn(8, 3, 32, 32, generator=drawer) + targets.view(8, 1, 1, 1)
        yield Batch({"x": pictures[:, :2] if place == faulty else pictures}, targets)


@pytest.fixture
def half_trained(put_together, plan, dataset):
    """A network in the middle of a run: gradients, moments, moved statistics, some blocks frozen, odd flags."""
    assembly = put_together(plan(dataset, name=NAME), dataset)
    module, blocks = assembly.module, assembly.card.blocks
    groups = groups_of(assembly, BLOCKS[-3:])
    optimizer = AdamW(module.parameters(), lr=0.003)
    for batch in batches(2):
        train_mode(module, blocks, groups)
        cross_entropy(module(**batch.inputs), batch.targets).backward()
        optimizer.step()
    for number, parameter in enumerate(module.parameters()):
        parameter.requires_grad_(number % 3 > 0)
        if number % 5 == 0:
            parameter.grad = None
    return assembly, optimizer


def groups_of(assembly, learning):
    return plan_groups(assembly.card, len(assembly.classes), dict.fromkeys(learning, 0.1), 0.01)


def state_of(assembly, optimizer):
    """Everything that a sweep could change, as bytes and flags."""
    module = assembly.module
    tensors = [*module.named_parameters(), *module.named_buffers()]
    moments = [
        (number, name, bits(value) if isinstance(value, torch.Tensor) else value)
        for number, state in enumerate(optimizer.state.values())
        for name, value in state.items()
    ]
    return {
        "tensors": {name: bits(tensor) for name, tensor in tensors},
        "gradients": [(id(each.grad), each.grad is not None and bits(each.grad)) for each in module.parameters()],
        "requires": [parameter.requires_grad for parameter in module.parameters()],
        "flags": [part.training for part in module.modules()],
        "moments": moments,
        "rates": [(group["lr"], group["weight_decay"]) for group in optimizer.param_groups],
        "random": bits(torch.get_rng_state()),
        "gradients are on": torch.is_grad_enabled(),
    }


def bits(tensor):
    return tensor.detach().clone().contiguous().view(-1).view(torch.uint8).numpy().tobytes()


@pytest.mark.parametrize("learning", [BLOCKS, BLOCKS[-1:], BLOCKS[2:3]], ids=["all", "head", "one inside"])
def test_a_sweep_leaves_everything_as_it_was(half_trained, learning):
    assembly, optimizer = half_trained
    before = state_of(assembly, optimizer)
    curve = sweep(assembly.module, assembly.card.blocks, groups_of(assembly, learning), batches(SWEEP_STEPS))
    assert len(curve.rates) > 10
    assert state_of(assembly, optimizer) == before


@pytest.mark.parametrize("faulty", [0, 7])
def test_a_sweep_that_fails_leaves_everything_as_it_was(half_trained, faulty):
    assembly, optimizer = half_trained
    before = state_of(assembly, optimizer)
    with pytest.raises(RuntimeError, match="channels"):
        sweep(assembly.module, assembly.card.blocks, groups_of(assembly, BLOCKS), batches(SWEEP_STEPS, faulty))
    assert state_of(assembly, optimizer) == before


def test_a_sweep_changes_the_network_while_it_lasts(half_trained):
    assembly, _ = half_trained
    weight = assembly.module.get_parameter("classifier.1.weight")
    before, seen = bits(weight), []

    def watched():
        for batch in batches(5):
            seen.append(bits(weight))
            yield batch

    sweep(assembly.module, assembly.card.blocks, groups_of(assembly, BLOCKS), watched())
    assert seen[0] == before
    assert len(set(seen)) == 5


def test_what_is_frozen_in_a_sweep_does_not_move(half_trained):
    assembly, _ = half_trained
    stem = assembly.card.blocks[0]
    seen = set()

    def watched():
        for batch in batches(5):
            state = assembly.module.state_dict()
            seen.add(b"".join(bits(value) for name, value in state.items() if stem.holds(name)))
            yield batch

    sweep(assembly.module, assembly.card.blocks, groups_of(assembly, ["head"]), watched())
    assert len(seen) == 1


def test_the_sweep_ends_when_the_loss_explodes_or_is_no_number(half_trained):
    assembly, _ = half_trained
    curve = sweep(assembly.module, assembly.card.blocks, groups_of(assembly, BLOCKS), batches(SWEEP_STEPS))
    assert curve.rates[0] == LOWEST
    assert len(curve.rates) == len(curve.losses) <= SWEEP_STEPS

    def broken():
        for number, batch in enumerate(batches(SWEEP_STEPS)):
            yield Batch({"x": batch.inputs["x"] * inf}, batch.targets) if number == 3 else batch

    curve = sweep(assembly.module, assembly.card.blocks, groups_of(assembly, BLOCKS), broken())
    assert len(curve.rates) == 3


def test_the_suggestion_is_where_the_loss_falls_most_steeply():
    rates = [10.0**power for power in range(-6, 1)]
    assert steepest(rates, [2.0, 2.0, 1.9, 1.2, 0.4, 0.3, 5.0]) == 10.0**-3
    # A steeper fall after the lowest point is a loss that comes back from an explosion.
    assert steepest(rates, [2.0, 1.9, 1.5, 1.0, 9.0, 1.5, 1.2]) == 10.0**-4


@pytest.mark.parametrize("losses", [[], [1.0], [1.0, 2.0, 3.0], [1.0, 1.0, 1.0, 1.0]])
def test_a_loss_that_never_falls_suggests_the_lowest_rate(losses):
    assert steepest([10.0**power for power in range(-6, len(losses) - 6)], losses) == LOWEST


def test_smoothing_keeps_a_straight_line_and_the_place_of_a_peak():
    line = [float(number) for number in range(20)]
    assert smoothed(line)[5:15] == pytest.approx(line[5:15])
    peak = smoothed([0.0] * 10 + [1.0] + [0.0] * 10)
    assert peak.index(max(peak)) == 10
    assert max(peak) < 0.5
