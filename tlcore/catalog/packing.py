"""A folder of weights for rooms without internet: packed on a machine that has them, unpacked where they are needed."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from tlcore.catalog.weights import torch_cache
from tlcore.errors import ChoiceError, WeightsError
from tlcore.paths import safe_path
from tlcore.records import from_json, to_json

INDEX = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What lies in a folder of weights."""

    files: Mapping[str, str]
    """Name of each file and its sha256."""


def pack_weights(paths: Mapping[str, Path], folder: Path) -> Pack:
    """Copy weights files, by the names they shall have, into `folder` beside what it holds; the index comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    files = dict(_index(folder).files) if (folder / INDEX).is_file() else {}
    for name, path in paths.items():
        files[name] = _copied(path, safe_path(folder, name))
    pack = Pack(files=files)
    aside = folder / f"{INDEX}.part"
    aside.write_text(to_json(pack) + "\n", encoding="utf-8")
    aside.replace(folder / INDEX)
    return pack


def unpack_weights(folder: Path) -> Pack:
    """Copy the files of a packed folder to where torch keeps weights, each one checked.

    Raises ChoiceError where there is no packed folder, and WeightsError for a file that is missing or damaged.
    """
    if not (folder / INDEX).is_file():
        raise ChoiceError(
            f"{folder.name} holds no packed weights.", "It takes a folder that `weights pack ... --to FOLDER` made."
        )
    pack = _index(folder)
    for name, wanted in pack.files.items():
        path = safe_path(folder, name)
        if not path.is_file():
            raise WeightsError(f"{name} is missing from the folder.", "Pack it again.")
        target = torch_cache() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{name}.unpacked")
        if _copied(path, aside) != wanted:
            aside.unlink()
            raise WeightsError(f"{name} is damaged: it is not the file that was packed.", "Pack it again.")
        aside.replace(target)
    return pack


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
