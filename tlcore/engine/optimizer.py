"""The optimizer, with one parameter group per block from the first step to the last."""

from collections.abc import Sequence

from torch import nn
from torch.optim import AdamW, Optimizer

from tlcore.plan import Group


def build_optimizer(module: nn.Module, groups: Sequence[Group]) -> Optimizer:
    """Return AdamW (Loshchilov and Hutter 2019) over `groups`, frozen ones included.

    Groups are never added later: a block that thaws finds its group waiting, and nothing else loses its state.
    """
    parameters = dict(module.named_parameters())
    return AdamW(
        [
            {
                "name": group.block,
                "params": [parameters[name] for name in group.parameters],
                "lr": group.rate,
                "weight_decay": group.weight_decay,
            }
            for group in groups
        ]
    )


def set_rates(optimizer: Optimizer, groups: Sequence[Group]) -> None:
    """Give every group its rate."""
    rates = {group.block: group.rate for group in groups}
    for held in optimizer.param_groups:
        held["lr"] = rates[held["name"]]
