"""What is known of a published backbone: its blocks, its weights, how it wants its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tlcore.errors import ChoiceError, did_you_mean

Layout = Literal["map", "map_last", "tokens", "vector"]
Library = Literal["torchvision", "timm"]


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
    """Shape of that output: map (N, C, H, W), map_last (N, H, W, C), tokens (N, T + H·W, C) with T tokens of another
    kind first, vector (N, C)."""
    shape: tuple[int, ...] = ()
    """Shape of the output for one picture of the surveyed size, without N."""
    multiply_adds: int = 0
    """For one picture of the surveyed size."""
    tensors: int = 0
    """Parameters as the module counts them: weights, biases."""
    values: int = 0
    """Numbers in these; in the head, numbers per class."""

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
class Sizes:
    """Which sides the network's square input may have, in pixels."""

    usual: int
    """The side at which the facts were measured."""
    least: int = 32
    most: int = 512
    step: int = 1
    """A side is a multiple of this."""

    def takes(self, size: int) -> bool:
        """Say whether the network takes pictures of this side."""
        return self.least <= size <= self.most and size % self.step == 0

    def nearest(self, size: int) -> int:
        """Return the side nearest to `size` that it takes."""
        lowest, highest = -(-self.least // self.step), self.most // self.step
        return min(max(round(size / self.step), lowest), highest) * self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsCard:
    """One published set of weights of a backbone."""

    name: str
    """What a RunConfig calls it: `imagenet` for the backbone's usual weights, else the library's own name."""
    title: str
    """For people: `ImageNet-1K`, or what else it learned from."""
    published_as: str
    """The library's name for it: `IMAGENET1K_V1`, or timm's tag."""
    source: Literal["package", "download"]
    file: str
    """The file's name in the package, or in torch's cache."""
    sha256: str
    """The file's whole sha256, or the beginning of it that the library publishes; empty where it publishes none."""
    megabytes: float
    """Size of the file, in units of 2^20 bytes; 0.0 where the library does not say."""
    preprocessing: Preprocessing
    url: str = ""
    accuracy: float | None = None
    """Top-1 on ImageNet-1K's validation pictures as published, in per cent; None where the library does not say."""
    classes: int = 1000
    """Answers of the head that came with it; 0 if none did."""
    licence: str = ""
    """As the library states it; empty where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneCard:
    """One network that Thaw can train."""

    name: str
    title: str
    family: str
    """What it is kin to, for filters: `ResNet`, `Swin`."""
    library: Library
    builder: str
    """The name by which the library builds it."""
    options: Mapping[str, bool | int] = field(default_factory=dict)
    """What the builder is told besides the number of classes."""
    blocks: tuple[Block, ...]
    weights: tuple[WeightsCard, ...]
    """Published weights, the usual ones (named `imagenet`) first."""
    sizes: Sizes
    auxiliary: tuple[str, ...] = ()
    """Beginnings of names in published files that belong to heads for training only, which we leave out."""
    attention: bool = False
    """Whether places look at one another, as in a transformer; otherwise it is convolutional."""

    @property
    def head(self) -> Block:
        """The last block: the one that is made new for a person's classes."""
        return self.blocks[-1]

    def preprocessing(self, weights: str) -> Preprocessing:
        """Return the steps of the weights that a RunConfig calls `weights`; the usual ones' for all others."""
        return (self.published(weights) or self.weights[0]).preprocessing

    @property
    def multiply_adds(self) -> int:
        """For one picture of the surveyed size."""
        return sum(block.multiply_adds for block in self.blocks)

    def values(self, classes: int) -> int:
        """Return the numbers in all parameters with a head for `classes` answers."""
        return sum(self.values_of(block.name, classes) for block in self.blocks)

    def values_of(self, name: str, classes: int) -> int:
        """Return the numbers in the parameters of one block; the head grows with the classes."""
        block = self.block(name)
        return block.values * classes if block is self.head else block.values

    @property
    def block_names(self) -> tuple[str, ...]:
        """The names of its blocks, stem first."""
        return tuple(block.name for block in self.blocks)

    def check_block(self, name: str) -> None:
        """Raise ChoiceError with the nearest name unless it has a block called `name`."""
        if name not in self.block_names:
            raise ChoiceError(f"{name} is not a block of {self.title}.", did_you_mean(name, self.block_names))

    def block(self, name: str) -> Block:
        """Return the block called `name`; its absence is a mistake of ours."""
        return next(block for block in self.blocks if block.name == name)

    def published(self, name: str) -> WeightsCard | None:
        """Return the published weights that a RunConfig calls `name`; None for random numbers and own files."""
        return next((weights for weights in self.weights if weights.name == name), None)
