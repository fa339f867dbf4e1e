"""The optimizer, with one parameter group per block from the first step to the last."""

from collections.abc import Mapping, Sequence

from torch import nn
from torch.optim import AdamW, Optimizer

from tlcore.catalog.cards import Block
from tlcore.engine.freezing import parameters_of
from tlcore.plan import Group


def build_optimizer(module: nn.Module, blocks: Sequence[Block], groups: Sequence[Group]) -> Optimizer:
    """Return AdamW (Loshchilov and Hutter 2019) over `groups`, frozen ones included.

    Groups are never added later: a block that thaws finds its group waiting, and nothing else loses its state.
    """
    held = []
    for block, group in zip(blocks, groups, strict=True):
        parameters = parameters_of(module, block)
        # The plan that was previewed is the plan that runs.
        assert (len(parameters), sum(each.numel() for each in parameters)) == (group.tensors, group.values), block.name
        held.append({"name": group.block, "params": parameters, "lr": group.rate, "weight_decay": group.weight_decay})
    return AdamW(held, fused=is_fused(module))


def is_fused(module: nn.Module) -> bool:
    """Say whether one kernel moves all parameters: on CUDA, which has it; on the CPU the steps are a trifle."""
    return any(parameter.is_cuda for parameter in module.parameters())


def set_rates(optimizer: Optimizer, rates: Mapping[str, float]) -> None:
    """Give every group its rate."""
    for group in optimizer.param_groups:
        group["lr"] = rates[group["name"]]
