"""Training pictures changed at random, anew in every epoch, so that a network learns what matters in them."""

from collections.abc import Sequence
from hashlib import sha256

import torch
from torch import Tensor, nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2 as transforms

from tlcore.config import Augment

_GREY = 124
"""Of 255: ImageNet's mean red, which fills what a turned picture leaves empty."""


def transforms_of(kind: Augment, size: int) -> Sequence[nn.Module]:
    """Return what `kind` does to a square of `size` pixels, in this order; the listing says the same in lines.

    Mirrored letters and digits are other ones: for these, `none` is right.
    """
    if kind == "gentle":
        return (
            transforms.RandomResizedCrop(size, scale=(0.8, 1.0), ratio=(0.9, 1.1)),
            transforms.RandomHorizontalFlip(),
            transforms.ColorJitter(brightness=0.1, contrast=0.1),
        )
    if kind == "strong":
        return (
            transforms.RandomRotation(15, InterpolationMode.BILINEAR, fill=_GREY),
            transforms.RandomResizedCrop(size, scale=(0.4, 1.0)),
            transforms.RandomHorizontalFlip(),
            transforms.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.3),
            transforms.RandomErasing(p=0.25, value=_GREY),
        )
    return ()


class Augmenter:
    """Changes squares at random; what happens to one is told by the seed, the drawing and the picture alone."""

    def __init__(self, kind: Augment, size: int, seed: int) -> None:
        self.name = f"{kind}-{seed}"
        """What tells its drawings from all others of the same squares."""
        self._transforms = transforms_of(kind, size)
        self._seed = seed

    def augment(self, pixels: Tensor, picture: str, drawing: int) -> Tensor:
        """Return the square (3, H, W) of the picture with this id in this drawing, counted from 0.

        Where every epoch draws its own, the drawing has the epoch's number.
        """
        if not self._transforms:
            return pixels
        drawn = sha256(f"{self._seed}:{drawing}:{picture}".encode()).digest()
        # The transforms know no generator but the one that dropout draws from too: it is put back as it was.
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(int.from_bytes(drawn[:8], "big", signed=True))
            for transform in self._transforms:
                pixels = transform(pixels)
        return pixels
