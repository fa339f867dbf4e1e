"""State dicts: read without running code, renamed where a package calls things differently, loaded strictly."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from tlcore.catalog.cards import BackboneCard
from tlcore.catalog.weights import IMAGENET_CLASSES, check_hash, weights_file
from tlcore.engine.modality.image import build_module
from tlcore.errors import WeightsError

_NAMED = 3
"""How many names a message lists before it says how many more there are."""


def read_state(path: Path) -> dict[str, Tensor]:
    """Read a state dict from a `.safetensors` or a `.pth` file; raise WeightsError if it is neither."""
    try:
        with path.open("rb") as file:
            is_torch = file.read(2) in (b"PK", b"\x80\x02")
        state = torch.load(path, map_location="cpu", weights_only=True) if is_torch else load_file(path)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError, SafetensorError) as error:
        raise WeightsError(
            "This is not a state dict that can be read safely.",
            "It takes a .safetensors file, or a .pth file with nothing but tensors in it.",
        ) from error
    if isinstance(state, Mapping) and isinstance(state.get("state_dict"), Mapping):
        state = state["state_dict"]
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise WeightsError("This file holds no state dict.", "Save `model.state_dict()`, not the model.")
    return {str(name).removeprefix("module."): value for name, value in state.items()}


def published_state(card: BackboneCard) -> dict[str, Tensor]:
    """Return the card's ImageNet weights under the names of its module; raise WeightsError if they are not here."""
    path = weights_file(card.weights[0])
    if path is None:
        raise WeightsError(
            f"The ImageNet weights of {card.title} are not on this machine ({card.weights[0].megabytes:.0f} MB).",
            "Download them on the Network page, or start from scratch.",
        )
    check_hash(path, card.weights[0].sha256)
    state = read_state(path)
    if card.weights[0].source == "package":
        # The package holds the same tensors in the same order under other names.
        with torch.device("meta"):
            names = build_module(card, IMAGENET_CLASSES).state_dict().keys()
        state = dict(zip(names, state.values(), strict=True))
    return state


def load_trunk(module: nn.Module, card: BackboneCard, state: Mapping[str, Tensor]) -> None:
    """Copy everything but the head from `state` into `module`; raise WeightsError naming what does not fit."""
    own = module.state_dict()
    # Files from before BatchNorm counted its batches lack that count, which torch does not need either.
    wanted = {
        name: value
        for name, value in own.items()
        if not card.head.holds(name) and (name in state or not name.endswith("num_batches_tracked"))
    }
    missing = [name for name in wanted if name not in state]
    strange = [name for name in state if name not in own]
    unlike = [name for name in wanted if name in state and state[name].shape != wanted[name].shape]
    for names, what in ((missing, "lacks"), (strange, "has"), (unlike, "has in another shape")):
        if names:
            raise WeightsError(
                f"These weights do not fit {card.title}: the file {what} {_some(names)}.",
                f"Choose a file for {card.title}, or the backbone that the file was made for.",
            )
    spoilt = [name for name in wanted if state[name].is_floating_point() and not state[name].isfinite().all()]
    if spoilt:
        raise WeightsError(f"These weights hold values that are not numbers: {_some(spoilt)}.", "Use another file.")
    module.load_state_dict({name: state[name] for name in wanted}, strict=False)


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
