"""Puts a network together for a run: the card's module, its weights, a new head, the device."""

from dataclasses import dataclass

import torch
from torch import nn

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import BackboneCard, WeightsCard
from tlcore.catalog.weights import SCRATCH
from tlcore.engine.modality.image import Encoder, build_module
from tlcore.engine.runtime import Runtime
from tlcore.engine.state import load_trunk, load_whole, published_state, read_state
from tlcore.store import Store

_HEAD_DEVIATION = 0.01


@dataclass(frozen=True, slots=True)
class Assembly:
    """A network that is ready to learn or to answer."""

    card: BackboneCard
    module: nn.Module
    encoder: Encoder
    runtime: Runtime
    classes: tuple[str, ...]


def assemble(
    store: Store, name: str, weights: str, classes: tuple[str, ...], image_size: int, seed: int, runtime: Runtime
) -> Assembly:
    """Build the backbone `name` with these weights and a head for `classes`, drawn from `seed`."""
    card = backbone(name)
    torch.manual_seed(seed)
    module = build_module(card, len(classes))
    _begin_head(module, card)
    if published := card.published(weights):
        load_trunk(module, card, published_state(card, published))
    elif weights != SCRATCH:
        load_trunk(module, card, read_state(store.blobs.whole(weights)))
    encoder = Encoder(card.preprocessing(weights).at(image_size))
    return Assembly(card, module.to(runtime.device), encoder, runtime, classes)


def _begin_head(module: nn.Module, card: BackboneCard) -> None:
    """Start the head near zero, alike in every family, so that it begins without an opinion.

    timm draws the head of an EfficientNet from ±1/√classes: with few classes that is so wide that the first epochs
    go into unlearning it (0.84 instead of 0.95 after ten epochs on ants and bees).
    """
    for name in card.head.prefixes:
        head = module.get_submodule(name)
        nn.init.normal_(head.get_parameter("weight"), std=_HEAD_DEVIATION)
        if isinstance(head.bias, nn.Parameter):  # MaxViT's has none
            nn.init.zeros_(head.bias)


def assemble_checkpoint(
    store: Store, name: str, weights: str, checkpoint: str, classes: tuple[str, ...], image_size: int, runtime: Runtime
) -> Assembly:
    """Build the backbone `name` with all the weights of the checkpoint of a run that began with `weights`."""
    card, state = backbone(name), read_state(store.blobs.whole(checkpoint))
    module = build_module(card, len(classes))
    load_whole(module, card, state)
    encoder = Encoder(card.preprocessing(weights).at(image_size))
    return Assembly(card, module.to(runtime.device), encoder, runtime, classes)


def assemble_untouched(name: str, weights: WeightsCard, image_size: int, runtime: Runtime) -> Assembly:
    """Build the backbone `name` as it was published, with the head that came with `weights`, if one did."""
    card = backbone(name)
    module = build_module(card, weights.classes)
    load_whole(module, card, published_state(card, weights))
    encoder = Encoder(weights.preprocessing.at(image_size))
    return Assembly(card, module.to(runtime.device), encoder, runtime, ())
