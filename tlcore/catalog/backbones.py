"""The backbones on offer, one card each; adding one is adding a card and running `python -m tlcore survey`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from tlcore.catalog.cards import BackboneCard, Block, Preprocessing, Sizes, WeightsCard
from tlcore.errors import ChoiceError, did_you_mean

DEFAULT = "efficientnet_lite0"

_BILINEAR = Preprocessing(resize=256, crop=224, interpolation="bilinear")
_BICUBIC = Preprocessing(resize=256, crop=224, interpolation="bicubic")
_TORCHVISION = "https://download.pytorch.org/models/"


def _downloaded(file: str, megabytes: float, accuracy: float, steps: Preprocessing = _BILINEAR) -> tuple[WeightsCard]:
    """Weights of torchvision, whose file names end in the beginning of their sha256."""
    sha256 = file.rpartition("-")[2].removesuffix(".pth")
    card = WeightsCard(
        name="imagenet",
        title="ImageNet-1K",
        published_as="IMAGENET1K_V1",
        preprocessing=steps,
        source="download",
        file=file,
        sha256=sha256,
        megabytes=megabytes,
        url=_TORCHVISION + file,
        accuracy=accuracy,
    )
    return (card,)


def _head(prefix: str, output: str = "") -> Block:
    return Block(name="head", label="Your classes", prefixes=(prefix,), output=output or prefix, layout="vector")


def _resnet(name: str, title: str, weights: tuple[WeightsCard]) -> BackboneCard:
    stages = zip(("layer1", "layer2", "layer3", "layer4"), ("Textures", "Patterns", "Parts", "Objects"), strict=True)
    return BackboneCard(
        name=name,
        title=title,
        family="",
        sizes=Sizes(usual=224),
        library="torchvision",
        builder=name,
        blocks=(
            Block(name="stem", label="Edges", prefixes=("conv1", "bn1"), output="maxpool"),
            *(Block(name=stage, label=label, prefixes=(stage,), output=stage) for stage, label in stages),
            _head("fc"),
        ),
        weights=weights,
    )


def _features(name: str, label: str, first: int, last: int) -> Block:
    """A block of consecutive children of `features`, as torchvision's sequential networks call them."""
    numbers = range(first, last + 1)
    return Block(
        name=name,
        label=label,
        prefixes=tuple(f"features.{number}" for number in numbers),
        output=f"features.{last}",
    )


_LITE0 = BackboneCard(
    name="efficientnet_lite0",
    title="EfficientNet-Lite0",
    family="",
    sizes=Sizes(usual=224),
    library="timm",
    builder="tf_efficientnet_lite0",
    blocks=(
        Block(name="stem", label="Edges", prefixes=("conv_stem", "bn1", "blocks.0"), output="blocks.0"),
        Block(name="blocks.1", label="Textures", prefixes=("blocks.1",), output="blocks.1"),
        Block(name="blocks.2", label="Patterns", prefixes=("blocks.2",), output="blocks.2"),
        Block(name="blocks.3", label="Motifs", prefixes=("blocks.3",), output="blocks.3"),
        Block(name="blocks.4", label="Parts", prefixes=("blocks.4",), output="blocks.4"),
        Block(name="blocks.5", label="Larger parts", prefixes=("blocks.5",), output="blocks.5"),
        Block(name="blocks.6", label="Objects", prefixes=("blocks.6", "conv_head", "bn2"), output="bn2"),
        _head("classifier"),
    ),
    weights=(
        WeightsCard(
            name="imagenet",
            title="ImageNet-1K",
            published_as="in1k",
            preprocessing=_BICUBIC,
            source="package",
            file="efficientnet-lite0-57934424.pth",
            sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            megabytes=18.0,
        ),
    ),
)

_VGG16 = BackboneCard(
    name="vgg16",
    title="VGG-16",
    family="",
    sizes=Sizes(usual=224),
    library="torchvision",
    builder="vgg16",
    blocks=(
        _features("conv1", "Edges", 0, 4),
        _features("conv2", "Textures", 5, 9),
        _features("conv3", "Patterns", 10, 16),
        _features("conv4", "Parts", 17, 23),
        _features("conv5", "Objects", 24, 30),
        Block(
            name="fc",
            label="Whole picture",
            prefixes=("classifier.0", "classifier.3"),
            output="classifier.4",
            layout="vector",
        ),
        _head("classifier.6"),
    ),
    weights=_downloaded("vgg16-397923af.pth", 527.8, 71.6),
)

_EFFICIENTNET_B0 = BackboneCard(
    name="efficientnet_b0",
    title="EfficientNet-B0",
    family="",
    sizes=Sizes(usual=224),
    library="torchvision",
    builder="efficientnet_b0",
    blocks=(
        _features("stem", "Edges", 0, 1),
        _features("features.2", "Textures", 2, 2),
        _features("features.3", "Patterns", 3, 3),
        _features("features.4", "Motifs", 4, 4),
        _features("features.5", "Parts", 5, 5),
        _features("features.6", "Larger parts", 6, 6),
        _features("features.7", "Objects", 7, 8),
        _head("classifier.1"),
    ),
    weights=_downloaded("efficientnet_b0_rwightman-7f5810bc.pth", 20.5, 77.7, _BICUBIC),
)

_MOBILENET_V3 = BackboneCard(
    name="mobilenet_v3_large",
    title="MobileNetV3-Large",
    family="",
    sizes=Sizes(usual=224),
    library="torchvision",
    builder="mobilenet_v3_large",
    blocks=(
        _features("stem", "Edges", 0, 1),
        _features("features.2", "Textures", 2, 3),
        _features("features.4", "Patterns", 4, 6),
        _features("features.7", "Motifs", 7, 10),
        _features("features.11", "Parts", 11, 12),
        _features("features.13", "Objects", 13, 16),
        Block(
            name="fc",
            label="Whole picture",
            prefixes=("classifier.0",),
            output="classifier.1",
            layout="vector",
        ),
        _head("classifier.3"),
    ),
    weights=_downloaded("mobilenet_v3_large-8738ca79.pth", 21.1, 74.0),
)

_MOBILENET_V2 = BackboneCard(
    name="mobilenet_v2",
    title="MobileNetV2",
    family="",
    sizes=Sizes(usual=224),
    library="torchvision",
    builder="mobilenet_v2",
    blocks=(
        _features("stem", "Edges", 0, 1),
        _features("features.2", "Textures", 2, 3),
        _features("features.4", "Patterns", 4, 6),
        _features("features.7", "Motifs", 7, 10),
        _features("features.11", "Parts", 11, 13),
        _features("features.14", "Objects", 14, 18),
        _head("classifier.1"),
    ),
    weights=_downloaded("mobilenet_v2-b0353104.pth", 13.6, 71.9),
)

_SQUEEZENET = BackboneCard(
    name="squeezenet1_0",
    title="SqueezeNet 1.0",
    family="",
    sizes=Sizes(usual=224),
    library="torchvision",
    builder="squeezenet1_0",
    blocks=(
        _features("stem", "Edges", 0, 2),
        _features("features.3", "Textures", 3, 6),
        _features("features.7", "Patterns", 7, 9),
        _features("features.10", "Parts", 10, 11),
        _features("features.12", "Objects", 12, 12),
        _head("classifier.1", output="classifier"),
    ),
    weights=_downloaded("squeezenet1_0-b66bff10.pth", 4.8, 58.1),
)


def _vit_layers(first: int, label: str, *after: str) -> Block:
    """Two of the encoder's layers, and what stands `after` them."""
    layers = tuple(f"encoder.layers.encoder_layer_{number}" for number in (first, first + 1))
    prefixes = (*layers, *after)
    return Block(
        name=f"layers.{first}-{first + 1}",
        label=label,
        prefixes=prefixes,
        output=prefixes[-1],
        layout="tokens",
    )


_VIT_B_16 = BackboneCard(
    name="vit_b_16",
    title="ViT-B/16",
    family="",
    sizes=Sizes(usual=224, least=224, most=224),
    library="torchvision",
    builder="vit_b_16",
    blocks=(
        Block(
            name="patches",
            label="Patches",
            prefixes=("conv_proj", "class_token", "encoder.pos_embedding"),
            output="encoder.dropout",
            layout="tokens",
        ),
        _vit_layers(0, "Colours, textures"),
        _vit_layers(2, "Neighbours"),
        _vit_layers(4, "Patterns"),
        _vit_layers(6, "Parts"),
        _vit_layers(8, "Objects"),
        _vit_layers(10, "Whole picture", "encoder.ln"),
        _head("heads.head"),
    ),
    weights=_downloaded("vit_b_16-c867db91.pth", 330.3, 81.1),
)

_CARDS = (
    _LITE0,
    _resnet("resnet18", "ResNet-18", _downloaded("resnet18-f37072fd.pth", 44.7, 69.8)),
    _resnet("resnet50", "ResNet-50", _downloaded("resnet50-0676ba61.pth", 97.8, 76.1)),
    _EFFICIENTNET_B0,
    _MOBILENET_V3,
    _MOBILENET_V2,
    _SQUEEZENET,
    _VGG16,
    _VIT_B_16,
)


@cache
def _facts() -> Any:
    return json.loads(files(__package__).joinpath("facts.json").read_text(encoding="utf-8"))


def _measured(card: BackboneCard) -> BackboneCard:
    found = _facts()[card.name]["blocks"]
    blocks = tuple(
        replace(
            block,
            shape=tuple(found[block.name]["shape"]),
            multiply_adds=found[block.name]["multiply_adds"],
            tensors=len(found[block.name]["parameters"]),
            values=sum(found[block.name]["parameters"].values()),
        )
        for block in card.blocks
    )
    return replace(card, blocks=blocks)


BACKBONES: Mapping[str, BackboneCard] = MappingProxyType({card.name: _measured(card) for card in _CARDS})


def backbone(name: str) -> BackboneCard:
    """Return the card called `name`; raise ChoiceError with the nearest name if there is none."""
    if name not in BACKBONES:
        raise ChoiceError(f"{name} is not a backbone.", did_you_mean(name, BACKBONES))
    return BACKBONES[name]
