"""Makes a plan's groups true on a module: frozen is no gradient, no stale gradient, and no moving statistics."""

from collections.abc import Sequence

from torch import nn

from tlcore.catalog.cards import Block
from tlcore.plan import Group


def parameters_of(module: nn.Module, block: Block) -> list[nn.Parameter]:
    """Return the parameters that the block holds, part by part."""
    return [parameter for part in _parts(module, block) for parameter in _parameters(part)]


def apply_groups(module: nn.Module, blocks: Sequence[Block], groups: Sequence[Group]) -> None:
    """Let the parameters of each block learn or not, as its group's rate says.

    A frozen parameter also loses the gradient it may still hold: AdamW would go on moving it by a stale one.
    """
    for block, group in zip(blocks, groups, strict=True):
        learns = group.rate > 0.0
        for parameter in parameters_of(module, block):
            parameter.requires_grad_(learns)
            if not learns:
                parameter.grad = None


def train_mode(
    module: nn.Module, blocks: Sequence[Block], groups: Sequence[Group], moving_statistics: bool = False
) -> None:
    """Put learning blocks in training mode and frozen ones in evaluation mode, so that no statistic of theirs moves.

    To be called before every training pass, since `module.train()` anywhere undoes it. With `moving_statistics`
    frozen blocks stay in training mode: the mistake that most code makes, here to be seen.
    """
    module.train()
    if moving_statistics:
        return
    for block, group in zip(blocks, groups, strict=True):
        if group.rate == 0.0:
            for part in _parts(module, block):
                if isinstance(part, nn.Module):
                    part.eval()


def _parts(module: nn.Module, block: Block) -> list[object]:
    """Return what the block's prefixes name: parts of the module, or parameters and buffers of its own."""
    owners = (prefix.rpartition(".") for prefix in block.prefixes)
    return [getattr(module.get_submodule(owner), name) for owner, _, name in owners]


def _parameters(part: object) -> list[nn.Parameter]:
    if isinstance(part, nn.Module):
        return list(part.parameters())
    return [part] if isinstance(part, nn.Parameter) else []
