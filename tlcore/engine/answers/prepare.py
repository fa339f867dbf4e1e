"""Answers `Prepare`: what the network will get of a picture, before training and in its first epochs."""

from base64 import b64encode

from PIL import Image
from torch import Tensor
from torchvision.transforms.v2.functional import to_pil_image

from tlcore.catalog.backbones import backbone
from tlcore.data.decode import decode_image
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.modality.image import Encoder, jpeg, png
from tlcore.questions import PREVIEWED, Prepare, Prepared
from tlcore.store import Store

_LONGEST = 800
"""Pixels of the longer side of the original as it is shown."""


def prepare(store: Store, question: Prepare) -> Prepared:
    """Send the picture through the steps of training, without a network."""
    path = store.datasets.by_digest(question.data, question.workspace).path(question.picture)
    encoder = Encoder(backbone(question.backbone).preprocessing(question.weights).at(question.image_size))
    whole = decode_image(path, size=_LONGEST).image
    frame = encoder.frame(*whole.size)
    whole.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BICUBIC)
    return Prepared(
        original=_base64(jpeg(whole)),
        frame=frame,
        square=_base64(png(encoder.crop(path))),
        augmented=_augmented(question, encoder.encode(path)) if question.augment != "none" else (),
    )


def _augmented(question: Prepare, pixels: Tensor) -> tuple[str, ...]:
    augmenter = Augmenter(question.augment, question.image_size, question.seed)
    squares = (augmenter.augment(pixels, question.picture, epoch) for epoch in range(PREVIEWED))
    return tuple(_base64(jpeg(to_pil_image(square))) for square in squares)


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
