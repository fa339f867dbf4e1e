"""Brings a person's own weights file in: read safely, checked against the backbone, kept as safetensors."""

from pathlib import Path

from tlcore.catalog.backbones import backbone
from tlcore.engine.modality.image import build_module
from tlcore.engine.state import load_trunk, read_state
from tlcore.engine.tensor_file import write_tensors
from tlcore.store import Store
from tlcore.store.imported import ImportedWeights


def bring_weights(store: Store, path: Path, name: str, backbone_name: str, workspace: str) -> str:
    """Keep the state dict in `path` for a backbone and return its sha256; raise WeightsError if it does not fit."""
    card = backbone(backbone_name)
    state = read_state(path)
    load_trunk(build_module(card, card.weights[0].classes), card, state)
    with store.blobs.aside() as aside:
        write_tensors({key: value.contiguous() for key, value in state.items()}, aside)
        sha256 = store.blobs.keep(aside)
    store.imported.add(workspace, ImportedWeights(sha256=sha256, name=name, backbone=card.name))
    return sha256
