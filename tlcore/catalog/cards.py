"""What is known of a published backbone: its blocks, its weights, how it wants its pictures."""

from dataclasses import dataclass
from typing import Literal

Layout = Literal["map", "tokens", "vector"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A named stretch of a network; a card lists them stem first, head last."""

    name: str
    label: str
    """What the block tends to see, in plain words."""
    prefixes: tuple[str, ...]
    """Beginnings of the names of its parameters and buffers."""
    output: str
    """The module whose output is the block's output."""
    layout: Layout = "map"
    """Shape of that output: map (N, C, H, W), tokens (N, 1 + H·W, C) with a class token first, vector (N, C)."""

    def holds(self, name: str) -> bool:
        """Say whether the parameter, buffer or module `name` belongs to this block."""
        return any(name == prefix or name.startswith(f"{prefix}.") for prefix in self.prefixes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """How a picture becomes the network's input."""

    resize: int
    """Length of the shorter side before the crop, in pixels."""
    crop: int
    """Side of the square cut from the middle, in pixels."""
    interpolation: Literal["bilinear", "bicubic"]
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)

    def at(self, size: int) -> "Preprocessing":
        """Return the same steps for another input size, in pixels, with the same share cut off."""
        return Preprocessing(
            resize=round(self.resize * size / self.crop),
            crop=size,
            interpolation=self.interpolation,
            mean=self.mean,
            std=self.std,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsCard:
    """One published set of weights, trained on ImageNet-1K."""

    source: Literal["package", "download"]
    file: str
    """The file's name in the package, or in torch's cache."""
    sha256: str
    """The file's whole sha256, or the beginning of it that torchvision publishes in the file's name."""
    megabytes: float
    url: str = ""
    accuracy: float | None = None
    """Top-1 on ImageNet's validation pictures as published, in per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneCard:
    """One network that Thaw can train."""

    name: str
    title: str
    library: Literal["torchvision", "timm"]
    builder: str
    """The name by which the library builds it."""
    blocks: tuple[Block, ...]
    preprocessing: Preprocessing
    weights: WeightsCard
    any_size: bool = True
    """Whether it takes pictures of any size; a transformer's positions belong to one."""

    @property
    def head(self) -> Block:
        """The last block: the one that is made new for a person's classes."""
        return self.blocks[-1]

    def block(self, name: str) -> Block:
        """Return the block called `name`; its absence is a mistake of ours."""
        return next(block for block in self.blocks if block.name == name)
