"""What torchvision and timm publish: their networks by name, and what they say of each one's weights."""

import math
from collections.abc import Iterator, Mapping
from inspect import signature
from types import MappingProxyType
from typing import Any

import timm
import torchvision
from timm.models import PretrainedCfg
from torchvision.models import get_model_weights, list_models

from tlcore.catalog.cards import Library, Preprocessing, WeightsCard
from tlcore.catalog.weights import IMAGENET, PACKAGED
from tlcore.engine.modality.image import outline_named

_HUB = "https://huggingface.co/{}/resolve/main/model.safetensors"
_HELPERS = ("aux_logits", "distillation")
"""Switches of heads that only help training."""
_TOLD: Mapping[str, bool | int] = MappingProxyType(
    {
        **dict.fromkeys(_HELPERS, False),
        # GoogLeNet and Inception: no slow drawing of numbers, and the same preprocessing as all others.
        "init_weights": False,
        "transform_input": True,
        # Transformers of timm stretch their position embeddings to the picture.
        "dynamic_img_size": True,
    }
)
"""What a network is told where it can be told so."""
_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "IMAGENET1K_V1": "ImageNet-1K",
        "IMAGENET1K_V2": "ImageNet-1K, better recipe",
        "IMAGENET1K_SWAG_E2E_V1": "SWAG, then all of it on ImageNet-1K",
        "IMAGENET1K_SWAG_LINEAR_V1": "SWAG, then the head on ImageNet-1K",
    }
)
_SETS: Mapping[str, str] = MappingProxyType(
    {
        "in1k": "ImageNet-1K",
        "in12k": "ImageNet-12K",
        "in21k": "ImageNet-21K",
        "in22k": "ImageNet-22K",
        "lvd142m": "LVD-142M, without labels",
        "lvd1689m": "LVD-1689M, without labels",
        "laion2b": "LAION-2B captions",
        "openai": "OpenAI's captions",
        "webli": "WebLI captions",
        "jft300m": "JFT-300M",
    }
)


def torchvision_networks() -> list[str]:
    """Return the names of torchvision's networks for classification."""
    names: list[str] = list_models(module=torchvision.models)
    return names


def timm_networks() -> list[str]:
    """Return the names of timm's networks that have published weights."""
    return sorted({name.partition(".")[0] for name in timm.list_models(pretrained=True)})


def options_of(library: Library, builder: str) -> dict[str, bool | int]:
    """Return what this network is told besides the number of classes."""
    try:
        module = outline_named(library, builder, {"init_weights": False}, classes=1)
    except TypeError:
        module = outline_named(library, builder, {}, classes=1)
    takes = signature(type(module).__init__).parameters
    told = {name: value for name, value in _TOLD.items() if name in takes}
    if "init_weights" in told and takes["init_weights"].default is not None:
        del told["init_weights"]  # VGG's own beginning is quick, and better than that of its layers
    return told


def auxiliary_of(library: Library, builder: str, options: Mapping[str, bool | int]) -> tuple[str, ...]:
    """Return the parts that published files have beyond the network built with `options`, by their shortest names."""
    switched = {name: value for name, value in options.items() if name not in _HELPERS}
    if len(switched) == len(options):
        return ()
    names = outline_named(library, builder, options, classes=1).state_dict()
    ours = {name.rsplit(".", depth)[0] for name in names for depth in range(name.count(".") + 1)}
    strange: dict[str, None] = {}
    for name in outline_named(library, builder, switched, classes=1).state_dict():
        if name not in ours:
            pieces = name.split(".")
            beginnings = (".".join(pieces[:length]) for length in range(1, len(pieces) + 1))
            strange[next(beginning for beginning in beginnings if beginning not in ours)] = None
    return tuple(strange)


def least_side(library: Library, builder: str) -> int:
    """Return the smallest side that the library names for this network's pictures, in pixels; 0 if it names none."""
    sides = [weights.meta["min_size"][0] for weights in get_model_weights(builder)] if library == "torchvision" else []
    return min(sides, default=0)


def weights_of(library: Library, builder: str) -> tuple[WeightsCard, ...]:
    """Return the published weights that Thaw can read, the usual ones first and named `imagenet`."""
    told = _of_torchvision(builder) if library == "torchvision" else _of_timm(builder)
    return tuple(told)


def _of_torchvision(builder: str) -> Iterator[WeightsCard]:
    for place, weights in enumerate(get_model_weights(builder)):
        meta, steps = weights.meta, weights.transforms()
        accuracy = meta["_metrics"]["ImageNet-1K"]["acc@1"]
        if math.isnan(accuracy):  # VGG-16 for detection: its last layers hold no numbers
            continue
        file = weights.url.rpartition("/")[2]
        yield WeightsCard(
            name=weights.name if place else IMAGENET,
            title=_TITLES[weights.name],
            published_as=weights.name,
            source="download",
            file=file,
            sha256=file.rpartition("-")[2].removesuffix(".pth"),
            megabytes=round(meta["_file_size"], 1),
            preprocessing=Preprocessing(
                resize=steps.resize_size[0],
                crop=steps.crop_size[0],
                interpolation=steps.interpolation.value,
                mean=_three(steps.mean),
                std=_three(steps.std),
            ),
            url=weights.url,
            accuracy=round(accuracy, 1),
            licence=meta.get("license", ""),
        )


def _of_timm(builder: str) -> Iterator[WeightsCard]:
    names = iter([IMAGENET])
    if builder in PACKAGED:
        yield PACKAGED[builder]
        next(names)
    usual = _config(builder).tag
    tags = [name.partition(".")[2] for name in timm.list_models(f"{builder}.*", pretrained=True)]
    for tag in sorted(tags, key=lambda tag: tag != usual):
        config = _config(f"{builder}.{tag}")
        if not (config.hf_hub_id and config.hf_hub_filename in (None, "model.safetensors")):
            continue
        crop = config.input_size[-1]
        yield WeightsCard(
            name=next(names, tag),
            title=_title(tag),
            published_as=tag,
            source="download",
            file=f"{config.hf_hub_id.partition('/')[2]}.safetensors",
            sha256="",
            megabytes=0.0,
            preprocessing=Preprocessing(
                resize=math.floor(crop / config.crop_pct),
                crop=crop,
                interpolation="bilinear" if config.interpolation == "bilinear" else "bicubic",
                mean=_three(config.mean),
                std=_three(config.std),
            ),
            url=_HUB.format(config.hf_hub_id),
            classes=config.num_classes,
            licence=config.license or "",
        )


def _config(name: str) -> PretrainedCfg:
    config = timm.get_pretrained_cfg(name)
    assert config is not None, name
    return config


def _three(values: Any) -> tuple[float, float, float]:
    red, green, blue = map(float, values)
    return red, green, blue


def _title(tag: str) -> str:
    """Return timm's tag in words: `fb_in22k_ft_in1k` learned from ImageNet-22K, then from ImageNet-1K."""
    return ", then ".join(_SETS[word] for word in tag.split("_") if word in _SETS) or tag
