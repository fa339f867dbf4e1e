"""How a network is computed: with which numbers, and how they lie in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

Numbers = Literal["float32", "bfloat16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numerics:
    """One way to compute; weights, gradients and the optimizer are float32 in all of them."""

    numbers: Numbers = "float32"
    channels_last: bool = True
    """Whether the channels of a pixel lie together, as convolutions on most processors like it."""

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
        with torch.autocast(device.type, torch.bfloat16, enabled=self.numbers == "bfloat16"):
            yield


PLAIN = Numerics()
