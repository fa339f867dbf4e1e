"""The learning-rate finder: a few steps with a rate that rises from tiny to huge, and what the loss made of it."""

from collections.abc import Iterable, Sequence
from math import isfinite, log

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from tlcore.catalog.cards import Block
from tlcore.engine.borrowing import borrowed
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.optimizer import build_optimizer, set_rates
from tlcore.engine.pictures import Batch
from tlcore.plan import Group
from tlcore.questions import SWEEP_STEPS, RateCurve

LOWEST, HIGHEST = 1e-6, 1.0
_EXPLODED = 3.0
"""Times the lowest smoothed loss so far; beyond it a higher rate only does more harm."""
_REACH = 4
"""Steps to either side that a smoothed loss is made of."""


def sweep(module: nn.Module, blocks: Sequence[Block], groups: Sequence[Group], batches: Iterable[Batch]) -> RateCurve:
    """Train on `batches`, one step each, with rates from 0.000001 to 1 for all groups whose rate is not 0.

    The LR range test of Smith (2017), with rates that rise exponentially as in fastai's `lr_find`. It has an AdamW of
    its own and borrows the network: nothing of either the network or torch's random state is changed afterwards, also
    if a step fails. The suggestion is the rate at which the smoothed loss falls most steeply against the logarithm of
    the rate, before its lowest point; if it never falls, the lowest rate. Where we differ from fastai: the loss is
    smoothed over its neighbours on both sides instead of over the past, so that the curve does not lag behind the
    rates (at 50 steps by about half a power of ten); it counts as exploded at 3 times its lowest, not 4.
    """
    learning = [group.block for group in groups if group.rate > 0.0]
    rates: list[float] = []
    losses: list[float] = []
    with borrowed(module, next(module.parameters()).device), torch.enable_grad():
        optimizer = build_optimizer(module, blocks, groups)
        apply_groups(module, blocks, groups)
        train_mode(module, blocks, groups)
        for rate, batch in zip(_rising(), batches, strict=False):
            set_rates(optimizer, {block.name: rate if block.name in learning else 0.0 for block in blocks})
            loss = cross_entropy(module(**batch.inputs), batch.targets)
            if not isfinite(value := float(loss.detach())):
                break
            rates.append(rate)
            losses.append(value)
            if smoothed(losses)[-1] > _EXPLODED * min(smoothed(losses)):
                break
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    curve = smoothed(losses)
    return RateCurve(rates=tuple(rates), losses=tuple(curve), suggestion=steepest(rates, curve))


def _rising() -> list[float]:
    ratio = (HIGHEST / LOWEST) ** (1 / (SWEEP_STEPS - 1))
    return [LOWEST * ratio**step for step in range(SWEEP_STEPS)]


def smoothed(losses: Sequence[float]) -> list[float]:
    """Return each loss as the mean of itself and its neighbours, nearer ones with more weight."""
    result = []
    for place in range(len(losses)):
        near = range(max(0, place - _REACH), min(len(losses), place + _REACH + 1))
        weights = [1 + _REACH - abs(place - other) for other in near]
        result.append(sum(weight * losses[other] for weight, other in zip(weights, near, strict=True)) / sum(weights))
    return result


def steepest(rates: Sequence[float], losses: Sequence[float]) -> float:
    """Return the rate where the loss falls most steeply before its lowest point; the lowest rate if it never falls."""
    lowest = min(range(len(losses)), key=losses.__getitem__, default=0)
    slopes = [
        ((losses[place + 1] - losses[place - 1]) / (log(rates[place + 1]) - log(rates[place - 1])), rates[place])
        for place in range(1, lowest)
    ]
    slope, rate = min(slopes, default=(0.0, LOWEST))
    return rate if slope < 0.0 else LOWEST
