"""A folder of weights for rooms without internet: packed on a machine that has them, unpacked where they are needed."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from tlcore.catalog.backbones import BACKBONES, known, opened_backbones
from tlcore.catalog.cards import WeightsCard
from tlcore.catalog.weights import check_hash, torch_cache
from tlcore.errors import ChoiceError, WeightsError
from tlcore.paths import safe_path
from tlcore.records import from_json, to_json

INDEX = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What lies in a folder of weights."""

    files: Mapping[str, str]
    """Name of each file and its sha256."""


def pack_weights(found: Iterable[tuple[WeightsCard, Path]], folder: Path) -> Pack:
    """Copy weights, each with its file, into `folder` beside what it holds; the index comes last.

    Raises ChoiceError where no folder can be, and WeightsError for a file that is not the published one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ChoiceError(f"{folder.name} cannot be a folder: {fault.strerror}.", "Name another folder.") from None
    files = dict(_index(folder).files) if (folder / INDEX).is_file() else {}
    for weights, path in found:
        check_hash(path, weights.sha256)
        files[weights.file] = _copied(path, safe_path(folder, weights.file))
    pack = Pack(files=files)
    aside = folder / f"{INDEX}.part"
    aside.write_text(to_json(pack) + "\n", encoding="utf-8")
    aside.replace(folder / INDEX)
    return pack


def unpack_weights(folder: Path) -> Pack:
    """Copy the files of a packed folder to where torch keeps weights, each one checked; what fits there is kept.

    Raises ChoiceError where there is no packed folder or it holds weights of no network that is known here, and
    WeightsError for a file that is missing, damaged, or not the published one.
    """
    if not (folder / INDEX).is_file():
        raise ChoiceError(
            f"{folder.name} holds no packed weights.", "It takes a folder that `weights pack ... --to FOLDER` made."
        )
    pack, published = _index(folder), _published()
    paths = {name: safe_path(folder, name) for name in pack.files}
    for name in paths:
        if name not in published:
            raise ChoiceError(
                f"{name} belongs to no network that is known here.",
                "If it is one of timm's, search for it once on the Network page; then unpack again.",
            )
    for name, wanted in pack.files.items():
        path = paths[name]
        if not path.is_file():
            raise WeightsError(f"{name} is missing from the folder.", "Pack it again.")
        target = torch_cache() / name
        if target.is_file() and _fits(target, published[name]):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{name}.unpacked")
        copied = _copied(path, aside)
        if copied != wanted or not copied.startswith(published[name].sha256):
            aside.unlink()
            raise WeightsError(f"{name} is damaged: it is not the file that was packed.", "Pack it again.")
        aside.replace(target)
    return pack


def _published() -> dict[str, WeightsCard]:
    """Return all weights that are downloads, of the catalog and of networks opened here, by file name."""
    cards = [*BACKBONES.values(), *(card for name in opened_backbones() if (card := known(name)))]
    return {weights.file: weights for card in cards for weights in card.weights if weights.source == "download"}


def _fits(path: Path, weights: WeightsCard) -> bool:
    """Say whether the file is the published one, as far as the library says which that is."""
    try:
        check_hash(path, weights.sha256)
    except WeightsError:
        return False
    return True


def _index(folder: Path) -> Pack:
    try:
        return from_json(Pack, (folder / INDEX).read_text(encoding="utf-8"))
    except ValueError:
        raise ChoiceError(f"{INDEX} in {folder.name} cannot be read.", "Pack the weights again.") from None


def _copied(path: Path, target: Path) -> str:
    """Copy a file and return the sha256 of the copy."""
    aside = target.with_name(f"{target.name}.part")
    shutil.copyfile(path, aside)
    aside.replace(target)
    with target.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
