"""State dicts: read without running code, renamed where a package calls things differently, loaded strictly."""

import pickle
import re
from collections.abc import Mapping
from math import isqrt
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from tlcore.catalog.cards import BackboneCard, WeightsCard
from tlcore.catalog.weights import check_hash, weights_file
from tlcore.engine.modality.image import build_outline
from tlcore.errors import WeightsError

_RENAMED = (
    (r"(denselayer\d+\.(?:norm|conv))\.([12])\.", r"\1\2."),
    (r"\.mlp\.linear_1\.", ".mlp.0."),
    (r"\.mlp\.linear_2\.", ".mlp.3."),
)
"""Names in files of torchvision that are older than its code, as torchvision itself renames them when it loads."""
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


def published_state(card: BackboneCard, weights: WeightsCard) -> dict[str, Tensor]:
    """Return published weights of the card as their file names them; raise WeightsError if they are not here."""
    path = weights_file(weights)
    if path is None:
        size = f" ({weights.megabytes:.0f} MB)" if weights.megabytes else ""
        raise WeightsError(
            f"The weights of {card.title} ({weights.title}) are not on this machine{size}.",
            f"Download them on the Network page or with `weights download {card.name}`, or start from scratch.",
        )
    check_hash(path, weights.sha256)
    state = read_state(path)
    if weights.source == "package":
        # The package holds the same tensors in the same order under other names.
        names = build_outline(card, weights.classes).state_dict().keys()
        state = dict(zip(names, state.values(), strict=True))
    return state


def load_trunk(module: nn.Module, card: BackboneCard, state: Mapping[str, Tensor]) -> None:
    """Copy everything but the head from `state` into `module`; raise WeightsError naming what does not fit."""
    _load(module, card, state, {name for name in module.state_dict() if not card.head.holds(name)})


def load_whole(module: nn.Module, card: BackboneCard, state: Mapping[str, Tensor]) -> None:
    """Copy everything from `state` into `module`; raise WeightsError naming what does not fit."""
    _load(module, card, state, set(module.state_dict()))


def _load(module: nn.Module, card: BackboneCard, state: Mapping[str, Tensor], asked: set[str]) -> None:
    own = module.state_dict()
    state = _in_our_words(state, own, card)
    # Files from before BatchNorm counted its batches lack that count, which torch does not need either.
    wanted = [name for name in own if name in asked and (name in state or not name.endswith("num_batches_tracked"))]
    missing = [name for name in wanted if name not in state]
    strange = [name for name in state if name not in own and not card.head.holds(name)]
    unlike = [name for name in wanted if name in state and state[name].shape != own[name].shape]
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


def _in_our_words(state: Mapping[str, Tensor], own: Mapping[str, Tensor], card: BackboneCard) -> dict[str, Tensor]:
    """Return `state` without heads for training only, under today's names, with positions as `own` counts them."""
    found = {}
    for name, value in state.items():
        if not any(f"{name}.".startswith(f"{part}.") for part in card.auxiliary):
            today = name if name in own else _today(name)
            found[today] = _stretched(value, own.get(today))
    return found


def _today(name: str) -> str:
    for pattern, replacement in _RENAMED:
        name = re.sub(pattern, replacement, name)
    return name


def _stretched(value: Tensor, wanted: Tensor | None) -> Tensor:
    """Return position embeddings (1, T + H·W, C) for another grid; any other value as it is.

    The T first ones, of the class token and its like, have no place in the picture and stay. Bicubic, as in torchvision
    (vision_transformer.interpolate_embeddings).
    """
    if wanted is None or value.shape == wanted.shape or value.ndim != 3 or wanted.ndim != 3 or len(value) != 1:
        return value
    before, after = isqrt(value.shape[1]), isqrt(wanted.shape[1])
    first = value.shape[1] - before**2
    if value.shape[2] != wanted.shape[2] or wanted.shape[1] - after**2 != first:
        return value
    grid = value[:, first:].float().transpose(1, 2).reshape(1, -1, before, before)
    grid = nn.functional.interpolate(grid, (after, after), mode="bicubic", align_corners=True)
    return torch.cat([value[:, :first], grid.flatten(2).transpose(1, 2).to(value.dtype)], dim=1)


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
