"""Pictures for the engine: networks from torchvision and timm, and the steps from a file to their input."""

from io import BytesIO
from pathlib import Path

import timm
import torch
from PIL import Image
from torch import nn
from torchvision.models import get_model
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2 as transforms

from tlcore.catalog.cards import BackboneCard, Preprocessing
from tlcore.data.decode import decode_image


def build_module(card: BackboneCard, classes: int) -> nn.Module:
    """Build the card's network with a head for `classes` answers and random weights."""
    if card.library == "timm":
        module: nn.Module = timm.create_model(card.builder, pretrained=False, num_classes=classes)
    else:
        module = get_model(card.builder, weights=None, num_classes=classes)
    return module


class Encoder:
    """Turns picture files into the network's input: (3, H, W) bytes, which `normalise` makes floats."""

    def __init__(self, preprocessing: Preprocessing) -> None:
        self._resize = preprocessing.resize
        mode = InterpolationMode(preprocessing.interpolation)
        self._crop = transforms.Compose(
            [transforms.Resize(preprocessing.resize, mode), transforms.CenterCrop(preprocessing.crop)]
        )
        self._mean = torch.tensor(preprocessing.mean).view(1, 3, 1, 1) * 255
        self._std = torch.tensor(preprocessing.std).view(1, 3, 1, 1) * 255

    def crop(self, source: Path | bytes) -> Image.Image:
        """Return the square of the picture that the network gets."""
        picture: Image.Image = self._crop(decode_image(source, size=self._resize).image)
        return picture

    def encode(self, source: Path | bytes) -> torch.Tensor:
        """Return the square as bytes of shape (3, H, W)."""
        pixels: torch.Tensor = transforms.functional.pil_to_tensor(self.crop(source))
        return pixels

    def normalise(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return bytes (N, 3, H, W) as floats with the mean and deviation that the network learned with."""
        mean, std = self._mean.to(pixels.device), self._std.to(pixels.device)
        return (pixels.float() - mean) / std


def png(picture: Image.Image) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
