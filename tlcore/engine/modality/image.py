"""Pictures for the engine: networks from torchvision and timm, and the steps from a file to their input."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import timm
import torch
from PIL import Image
from torch import nn
from torch.overrides import TorchFunctionMode
from torchvision.models import get_model
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2 as transforms

from tlcore.catalog.cards import BackboneCard, Library, Preprocessing
from tlcore.data.decode import decode_image


def build_module(card: BackboneCard, classes: int) -> nn.Module:
    """Build the card's network with a head for `classes` answers and random weights; without a head for none."""
    return build_named(card.library, card.builder, card.options, classes)


def build_outline(card: BackboneCard, classes: int) -> nn.Module:
    """Build the card's network with names and shapes but no values, on the meta device."""
    return outline_named(card.library, card.builder, card.options, classes)


def build_named(library: Library, builder: str, options: Mapping[str, bool | int], classes: int) -> nn.Module:
    """Build the network that `library` calls `builder`."""
    if library == "timm":
        told: dict[str, Any] = {**options, "num_classes": classes}
        module: nn.Module = timm.create_model(builder, pretrained=False, **told)
    else:
        module = get_model(builder, weights=None, num_classes=classes, **options)
    return module


def outline_named(library: Library, builder: str, options: Mapping[str, bool | int], classes: int) -> nn.Module:
    """Build the network that `library` calls `builder` on the meta device."""
    try:
        with Outlining():
            module = build_named(library, builder, options, classes)
    except RuntimeError:  # a few of timm's send a picture through their parts while they are built
        with torch.device("meta"):
            module = build_named(library, builder, options, classes)
    return module.to("meta")


class Outlining(TorchFunctionMode):
    """Puts tensors that wait for their values on the meta device, and leaves alone what a builder computes with.

    Under `torch.device("meta")` torchvision's RegNet could not compute the widths of its blocks.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        return func(*args, **({**given, "device": "meta"} if func is torch.empty else given))


class Encoder:
    """Turns picture files into the network's input: (3, H, W) bytes, which `normalise` makes floats."""

    def __init__(self, preprocessing: Preprocessing) -> None:
        self.preprocessing = preprocessing
        mode = InterpolationMode(preprocessing.interpolation)
        self._crop = transforms.Compose(
            [transforms.Resize(preprocessing.resize, mode), transforms.CenterCrop(preprocessing.crop)]
        )
        self._mean = torch.tensor(preprocessing.mean).view(1, 3, 1, 1) * 255
        self._std = torch.tensor(preprocessing.std).view(1, 3, 1, 1) * 255

    def crop(self, source: Path | bytes) -> Image.Image:
        """Return the square of the picture that the network gets."""
        picture: Image.Image = self._crop(decode_image(source, size=self.preprocessing.resize).image)
        return picture

    def frame(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return left, top, width and height of the square in a picture of these sides, as shares of them."""
        shorter = min(width, height)
        shares = [self.preprocessing.crop * shorter / (self.preprocessing.resize * side) for side in (width, height)]
        return (1 - shares[0]) / 2, (1 - shares[1]) / 2, shares[0], shares[1]

    def encode(self, source: Path | bytes) -> torch.Tensor:
        """Return the square as bytes of shape (3, H, W)."""
        pixels: torch.Tensor = transforms.functional.pil_to_tensor(self.crop(source))
        return pixels

    def normalise(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return bytes (N, 3, H, W) as floats with the mean and deviation that the network learned with."""
        # Once for the device: a GPU that has to wait for a few numbers in every batch waits for the batch.
        self._mean, self._std = self._mean.to(pixels.device), self._std.to(pixels.device)
        return pixels.float().sub_(self._mean).div_(self._std)


def png(picture: Image.Image) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def jpeg(picture: Image.Image) -> bytes:
    """Return a picture as the bytes of a JPEG file, to be looked at."""
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
