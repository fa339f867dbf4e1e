"""With which numbers a network is computed, how they lie in memory, and which of several ways a plan goes through best.

Weights, gradients and the optimizer are float32 in all of them; only what is multiplied is rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Literal

Numbers = Literal["float32", "tf32", "bfloat16"]
"""tf32 is float32 whose products are rounded to 10 bits behind the point, as NVIDIA's GPUs can."""

CLEARLY = 1.15
"""Times by which a way is quicker before it is taken over float32: a busy machine's clock is off by less than that, so
that the choice does not change from one measurement to the next."""


@cache
def libraries() -> tuple[str, ...]:
    """Return the libraries that decide what a network makes of a picture, each with its version."""
    return tuple(f"{name} {version(name)}" for name in ("torch", "torchvision", "timm", "pillow"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """One way to compute a network; the plain one, unless told otherwise."""

    numbers: Numbers = "float32"
    channels_last: bool = True
    """Whether the channels of a pixel lie together, as convolutions on most processors like it."""

    @property
    def words(self) -> str:
        """What a person would call it, such as `bfloat16, channels last`."""
        return f"{self.numbers}, channels {'last' if self.channels_last else 'first'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What one way takes for one picture on one machine, in seconds."""

    arithmetic: Arithmetic
    answer: float
    """There, with nothing kept for the way back."""
    step: float
    """There and back, through every block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """The ways that may be taken for one network on one machine, float32 with channels last first among them."""

    ways: tuple[Pace, ...]

    def best(self, learned: float) -> Arithmetic:
        """Return the way for a plan that learns from this share of its pictures, and only answers the others.

        It is the quickest, but float32 with channels last unless that is clearly slower.
        """

        def seconds(pace: Pace) -> float:
            return (1 - learned) * pace.answer + learned * pace.step

        plain, quickest = self.ways[0], min(self.ways, key=seconds)
        return (quickest if seconds(plain) > CLEARLY * seconds(quickest) else plain).arithmetic


def within_reach(ways: Sequence[Pace]) -> list[Pace]:
    """Return the first of these, and every other that some plan would take over it."""
    plain, *others = ways
    return [
        plain,
        *(way for way in others if plain.answer > CLEARLY * way.answer or plain.step > CLEARLY * way.step),
    ]
