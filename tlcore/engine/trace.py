"""What one forward pass does, told without memory: which modules it calls, in which order, and what they put out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from tlcore.engine.hooks import watched


@dataclass(frozen=True, slots=True)
class Call:
    """The last call of one module."""

    entered: int
    """Place among all calls and returns of the pass."""
    left: int
    shape: tuple[int, ...] | None
    """Shape of its output for one picture, without N; None if that is no tensor."""


class Trace:
    """One pass of a picture through a module on the meta device, in evaluation."""

    def __init__(self, module: nn.Module, size: int) -> None:
        """Send a picture of `size` × `size` pixels through `module`; raise what the module raises."""
        self.module = module
        self.size = size
        self.calls: dict[str, Call] = {}
        self._clock = 0
        self._entered: dict[str, int] = {}
        self._times: Counter[str] = Counter()
        # With gradients on: without, attention takes a fused path whose work is not counted.
        with FlopCounterMode(display=False) as counter, watched(module, self._enter, self._leave):
            module.eval()(torch.zeros(1, 3, size, size, device="meta"))
        self._counts = counter.get_flop_counts()
        products = {str(kind) for kind in self._counts["Global"]}
        self.attention = bool(products & {"aten.bmm", "aten.baddbmm"})
        """Whether activations are multiplied with activations, as attention does; layers multiply with weights."""

    def order(self, name: str) -> int:
        """Return when `name`, or else the first part below it, is entered; -1 if none is."""
        if name in self.calls:
            return self.calls[name].entered
        return min((call.entered for part, call in self.calls.items() if part.startswith(f"{name}.")), default=-1)

    def children(self, name: str) -> list[str]:
        """Return the parts directly below `name` in the order of their calls; parts never called come first."""
        parts = self.module.get_submodule(name).named_children()
        return sorted((f"{name}.{part}" if name else part for part, _ in parts), key=self.order)

    def once(self, name: str) -> bool:
        """Say whether `name` was called once, so that a hook on it has one output to give."""
        return self._times[name] == 1

    def layers(self, name: str) -> int:
        """Return how many layers are in `name`, counted by weights with two dimensions or more; norms have one."""
        return sum(parameter.ndim > 1 for parameter in self.module.get_submodule(name).parameters())

    def holds_values(self, name: str) -> bool:
        """Say whether there are parameters or buffers in `name`."""
        part = self.module.get_submodule(name)
        return any(True for _ in part.parameters()) or any(True for _ in part.buffers())

    def multiply_adds(self, name: str) -> int:
        """Return the multiply-adds of the module `name` for this picture."""
        # The counter counts a multiplication and an addition as two.
        counts: Iterable[int] = self._counts.get(f"{self._root}.{name}", {}).values()
        return sum(counts) // 2

    @cached_property
    def _root(self) -> str:
        return type(self.module).__name__

    def _enter(self, name: str) -> None:
        self._entered[name] = self._clock
        self._clock += 1

    def _leave(self, name: str, output: object) -> None:
        shape = tuple(output.shape[1:]) if isinstance(output, Tensor) else None
        self.calls[name] = Call(self._entered[name], self._clock, shape)
        self._times[name] += 1
        self._clock += 1
