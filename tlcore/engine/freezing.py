"""Makes a phase true on a module: frozen is no gradient, no stale gradient, and no moving statistics."""

from collections.abc import Sequence

from torch import nn

from tlcore.catalog.cards import Block
from tlcore.plan import Group


def apply_groups(module: nn.Module, groups: Sequence[Group]) -> None:
    """Let the parameters of each group learn or not, as its rate says.

    A frozen parameter also loses the gradient it may still hold: AdamW would go on moving it by a stale one.
    """
    parameters = dict(module.named_parameters())
    for group in groups:
        learns = group.rate > 0.0
        for name in group.parameters:
            parameters[name].requires_grad_(learns)
            if not learns:
                parameters[name].grad = None


def train_mode(module: nn.Module, blocks: Sequence[Block], groups: Sequence[Group]) -> None:
    """Put learning blocks in training mode and frozen ones in evaluation mode, so that no statistic of theirs moves.

    To be called before every training pass, since `module.train()` anywhere undoes it.
    """
    module.train()
    frozen = {group.block for group in groups if group.rate == 0.0}
    for block in blocks:
        if block.name in frozen:
            for name, part in module.named_modules():
                if block.holds(name):
                    part.eval()
