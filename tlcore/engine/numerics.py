"""How a network is computed: with which numbers, and how they lie in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn

from tlcore.arithmetic import Arithmetic


@dataclass(frozen=True, slots=True, kw_only=True)
class Numerics(Arithmetic):
    """An arithmetic, carried out."""

    @classmethod
    def of(cls, arithmetic: Arithmetic) -> "Numerics":
        """Return this arithmetic as one that can be carried out."""
        return cls(**_values(arithmetic))

    @property
    def arithmetic(self) -> Arithmetic:
        """The plain words for it, without torch."""
        return Arithmetic(**_values(self))

    def lay_out(self, module: nn.Module) -> nn.Module:
        """Return the module with its weights laid out for this."""
        return module.to(memory_format=torch.channels_last if self.channels_last else torch.contiguous_format)

    def laid_out(self, inputs: Tensor) -> Tensor:
        """Return maps (N, C, H, W) laid out for this; anything else as it is."""
        if inputs.ndim != 4:
            return inputs
        return inputs.contiguous(memory_format=torch.channels_last if self.channels_last else torch.contiguous_format)

    @contextmanager
    def on(self, device: torch.device) -> Iterator[None]:
        """Compute what is inside the `with` in this way; sums and norms stay in float32 by torch's own rules."""
        if device.type == "cuda":
            # Not put back: the way back from here, which is outside of the `with`, computes in the same way.
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = self.numbers == "tf32"
        with torch.autocast(device.type, torch.bfloat16, enabled=self.numbers == "bfloat16"):
            yield


def _values(arithmetic: Arithmetic) -> dict[str, Any]:
    return {field.name: getattr(arithmetic, field.name) for field in fields(arithmetic)}


PLAIN = Numerics()
"""The way that every device can compute in, and that every other is measured against."""
