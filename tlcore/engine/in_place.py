"""Finds the maps that a pass changes, in their own memory, after a part put them out; and what changes them."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tlcore.engine.hooks import watched


@dataclass(slots=True)
class Overwritten:
    """A map that a part put out, and what became of it."""

    part: str
    output: Tensor
    """The part's own memory (1, C, H, W)."""
    copy: Tensor
    """As it was when the part put it out."""
    version: int
    by: str | None = None
    """The module inside which it was changed first; empty for the network's own code, None while nothing did."""

    @property
    def differs(self) -> bool:
        """Whether a single number is not what it was."""
        return not torch.equal(self.output, self.copy)


def find_overwritten(module: nn.Module, inputs: Tensor) -> list[Overwritten]:
    """Send one picture (1, 3, H, W) through `module`; return the maps that differ afterwards, in the order of the pass.

    The difference decides. torch counts how often a tensor's memory was written to, which tells during which module
    it was written. A part that hands on what it was given is not named beside the one that made it; of a part that
    puts out several times, the last time counts, as it does for a hook that keeps one output; maps of one square are
    none.
    """
    kept: dict[str, Overwritten] = {}
    running = [""]

    def look() -> None:
        for one in kept.values():
            if one.by is None and one.output._version != one.version:
                one.by = running[-1]

    def entered(part: str) -> None:
        look()
        running.append(part)

    def left(part: str, output: object) -> None:
        look()
        running.pop()
        kept.pop(part, None)
        if isinstance(output, Tensor) and _is_map(output) and not any(_same(one, output) for one in kept.values()):
            memory = output.detach()
            kept[part] = Overwritten(part, memory, memory.clone(), memory._version)

    with torch.no_grad(), watched(module, entered, left):  # in inference mode, torch does not count
        module(inputs)
    look()
    return [one for one in kept.values() if one.differs]


def _is_map(output: Tensor) -> bool:
    return output.ndim == 4 and output[0, 0].numel() > 1


def _same(one: Overwritten, output: Tensor) -> bool:
    known = one.output
    unchanged = one.version == output._version and known.shape == output.shape
    return unchanged and known.data_ptr() == output.data_ptr()
