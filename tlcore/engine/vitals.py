"""What is told of a network's health, gathered while pictures go through it: extremes, stuck gates, sizes."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite, nan

import torch
from torch import Tensor, nn

from tlcore.catalog.cards import Block, Layout
from tlcore.questions.health import BlockHealth

# timm has classes of its own by the same names as torch's, so the names are the table.
_RECTIFIERS = frozenset({"ReLU", "ReLU6", "SquaredReLU"})
"""Zero for everything that is not above zero."""
_SMOOTH = frozenset({"GELU", "GELUTanh", "QuickGELU", "SiLU", "Swish", "Mish", "ELU", "LeakyReLU", "PReLU", "StarReLU"})
_GATES = frozenset({"Sigmoid", "Hardsigmoid", "HardSigmoid", "Tanh"})
_GATED = frozenset({"Hardswish", "HardSwish"})
"""A smooth activation that is its input times a gate, which is shut where it is 0 and open from 3 on."""
_OPEN = 3.0
_END = 0.01
"""How near to its end, 0 or 1 (of tanh: -1 or 1), a gate's value is stuck."""
_STILL = 1e-3
"""Share of what the liveliest channel changes by, up to which another one counts as never changing."""
_AXES: dict[Layout, int] = {"map": 1, "map_last": -1, "tokens": -1, "vector": 1}


class Vitals:
    """Listens to every part of a network, and knows which block it belongs to by when it works.

    Blocks work one after another, so what puts out before a block does, and after the one before it did, is that
    block's: also a ReLU that has no weights, and whose name is no block's.
    """

    def __init__(self, module: nn.Module, blocks: Sequence[Block]) -> None:
        self._parts = dict(module.named_modules())
        self._blocks = blocks
        self._channels: dict[str, dict[tuple[str, int], _Channels]] = {block.name: {} for block in blocks}
        self._outputs = {block.name: _Channels(rectified=False) for block in blocks}
        self._stuck: dict[str, list[int]] = {}
        self._sizes: dict[str, list[float]] = {block.name: [] for block in blocks}
        self._place = 0
        self._calls = Counter[str]()

    def begin(self) -> None:
        """Expect the next batch."""
        self._place = 0
        self._calls.clear()

    def entered(self, name: str) -> None:
        """Take note of nothing: only what comes out counts."""

    def left(self, name: str, output: object) -> None:
        """Look at what a part put out, at once: the operation that follows may change it in place."""
        if self._place == len(self._blocks) or not isinstance(output, Tensor):
            return
        block = self._blocks[self._place]
        self._look(block.name, name, type(self._parts[name]).__name__, output)
        if name == block.output:
            self._outputs[block.name].add(output, _AXES[block.layout])
            self._sizes[block.name] += output.float().flatten(1).square().mean(1).sqrt().tolist()
            self._place += 1

    def told(self) -> tuple[BlockHealth, ...]:
        """Return what was found of all blocks but the head."""
        return tuple(self._told(block.name) for block in self._blocks[:-1])

    def _look(self, block: str, name: str, kind: str, output: Tensor) -> None:
        if kind in _RECTIFIERS or kind in _SMOOTH or kind in _GATED:
            key = name, self._calls[name]
            self._calls[name] += 1
            known = self._channels[block].setdefault(key, _Channels(rectified=kind in _RECTIFIERS))
            known.add(output, _axis(output))
        if kind in _GATED:
            self._count(block, (output == 0) | (output >= _OPEN))
        elif kind in _GATES:
            gates = output.abs() if kind == "Tanh" else output
            low = torch.zeros_like(gates, dtype=torch.bool) if kind == "Tanh" else gates <= _END
            self._count(block, low | (gates >= 1 - _END))

    def _count(self, block: str, at_ends: Tensor) -> None:
        counted = self._stuck.setdefault(block, [0, 0])
        counted[0] += int(at_ends.sum())
        counted[1] += at_ends.numel()

    def _told(self, block: str) -> BlockHealth:
        looked_at = list(self._channels[block].values()) or [self._outputs[block]]
        stuck, gates = self._stuck.get(block, (0, 0))
        sizes = self._sizes[block]
        size = sum(sizes) / len(sizes) if sizes else nan
        return BlockHealth(
            block=block,
            channels=sum(channels.count for channels in looked_at),
            dead=sum(channels.dead for channels in looked_at),
            stuck=round(stuck / gates, 4) if gates else None,
            size=float(f"{size:.4g}") if isfinite(size) else None,
        )


def _axis(output: Tensor) -> int:
    """Return the axis of an activation's channels: pictures are square, so two equal sides are its grid.

    Whether channels come last differs within a network: ConvNeXt turns its maps around for every GELU.
    """
    if output.ndim == 4:
        _, first, second, third = output.shape
        return -1 if first == second != third else 1
    return -1


class _Channels:
    """The lowest and the highest that each channel of one tensor was, over all pictures and places."""

    def __init__(self, rectified: bool) -> None:
        self._rectified = rectified
        self._lows = torch.empty(0)
        self._highs = torch.empty(0)

    def add(self, output: Tensor, axis: int) -> None:
        """Look at one batch more, whose channels lie along `axis`."""
        rows = output.detach().movedim(axis, 0).flatten(1)
        lows, highs = rows.amin(1).float().cpu(), rows.amax(1).float().cpu()
        if self.count:
            lows, highs = torch.minimum(self._lows, lows), torch.maximum(self._highs, highs)
        self._lows, self._highs = lows, highs

    @property
    def count(self) -> int:
        """Channels."""
        return len(self._highs)

    @property
    def dead(self) -> int:
        """Channels that were never above zero, or, where numbers below zero pass, as good as never changed."""
        if self._rectified or bool((self._lows >= 0).all()):
            return int((self._highs <= 0).sum())
        changes = self._highs - self._lows
        return int((changes <= _STILL * changes.max()).sum())
