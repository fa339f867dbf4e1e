"""Public sets of pictures that can be downloaded when somebody asks for them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tlcore.errors import ChoiceError, did_you_mean
from tlcore.fetch import fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSet:
    """A set of pictures that somebody publishes as a zip."""

    key: str  # one of ours, for links and file names
    title: str
    about: str
    origin: str  # whose it is, and under what terms as far as they are known
    url: str
    download_bytes: int  # about, for a person to decide by
    sha256: str | None = None  # of the zip, where it is known


PUBLIC_SETS = (
    PublicSet(
        key="hymenoptera",
        title="Ants and bees",
        about="244 photographs to learn from and 153 to be judged by: the set of PyTorch's transfer-learning tutorial.",
        origin="A part of ImageNet, published with the tutorial for teaching; the photographs belong to their authors.",
        url="https://download.pytorch.org/tutorial/hymenoptera_data.zip",
        download_bytes=47_000_000,
    ),
)


def public_set(key: str) -> PublicSet:
    """Return the public set of that key; raises ChoiceError on another word."""
    by_key = {one.key: one for one in PUBLIC_SETS}
    if key not in by_key:
        raise ChoiceError(f"{key} is not a public set.", did_you_mean(key, by_key))
    return by_key[key]


def download(wanted: PublicSet, folder: Path, progress: Callable[[int, int], None]) -> Path:
    """Fetch the zip of a public set into `folder` and return it, ready for `unpack`; raises ThawError."""
    return fetch(wanted.url, folder / f"{wanted.key}.zip", progress, wanted.sha256)
