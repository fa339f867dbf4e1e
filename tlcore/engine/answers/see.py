"""Answers `See`: what each block of a network makes of a picture."""

from base64 import b64encode
from math import isqrt

import torch
from PIL import Image
from torch import Tensor
from torchvision.models._meta import _IMAGENET_CATEGORIES as IMAGENET_CATEGORIES

from tlcore.catalog.cards import Layout
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.hooks import HookSession
from tlcore.engine.modality.image import png
from tlcore.questions import See
from tlcore.questions.seen import BlockSeen, Likely, Map, Seen
from tlcore.store import Store

_ANSWERS = 5


def see(store: Store, assembly: Assembly, question: See) -> Seen:
    """Send the picture through the network once, with a hook on every block."""
    path = store.datasets.shown(question.picture)
    encoder, device = assembly.encoder, assembly.runtime.device
    pixels = encoder.encode(path).unsqueeze(0).to(device)
    module = assembly.module
    with borrowed_flags(module), torch.inference_mode(), HookSession(module, assembly.card.blocks) as hooks:
        logits = module.eval()(encoder.normalise(pixels)).flatten(1)
    blocks = tuple(
        _seen(block.name, as_grid(hooks.captured[block.name][0].float().cpu(), block.layout))
        for block in assembly.card.blocks
    )
    answers = likely(logits[0], assembly.classes)
    return Seen(crop=picture_text(encoder.crop(path)), blocks=blocks, answers=answers)


def as_grid(output: Tensor, layout: Layout) -> Tensor:
    """Return one picture's output as (C, H, W), or as (C,) where there is no grid.

    Tokens (T + H·W, C) lose the T first ones, such as the class token, and are laid out as the square that the patches
    were cut from: the largest one that they fill.
    """
    if layout == "vector":
        return output.flatten()
    if layout == "map":
        return output
    if layout == "map_last":
        return output.permute(2, 0, 1)
    side = isqrt(len(output))
    return output[len(output) - side**2 :].T.reshape(-1, side, side)


def _seen(block: str, grid: Tensor) -> BlockSeen:
    mean = as_map(grid.mean(0)) if grid.ndim == 3 else None
    return BlockSeen(block=block, shape=tuple(grid.shape), mean=mean)


def as_map(values: Tensor, low: float | None = None, high: float | None = None) -> Map:
    """Return values (H, W) as a grey picture, black at `low` and white at `high`: their own ends if none are given."""
    low = float(values.min()) if low is None else low
    high = float(values.max()) if high is None else high
    scaled = (values - low) / (high - low) if high > low else torch.zeros_like(values)
    grey = (scaled * 255).round().to(torch.uint8)
    return Map(png=picture_text(Image.fromarray(grey.numpy())), low=low, high=high)


def likely(logits: Tensor, classes: tuple[str, ...]) -> tuple[Likely, ...]:
    """Return the likeliest of `classes`, by answers (classes,); without classes those of ImageNet are meant."""
    classes = classes or tuple(IMAGENET_CATEGORIES)
    if len(logits) != len(classes):  # a head whose classes nobody named, or none at all
        return ()
    probabilities = logits.float().softmax(0)
    best = probabilities.topk(min(_ANSWERS, len(classes)))
    return tuple(
        Likely(number=place, name=classes[place], probability=float(value))
        for value, place in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    )


def picture_text(picture: Image.Image) -> str:
    """Return a picture as a PNG in base64."""
    return b64encode(png(picture)).decode("ascii")
