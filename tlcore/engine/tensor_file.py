"""Writes tensors into a file, and tells of a disk that does not take them as everything else does: by OSError."""

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

_NUMBER = re.compile(r"\(os error (\d+)\)")
"""How Rust, in which safetensors writes, names the system's error."""


def write_tensors(tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write tensors that lie in one piece each as safetensors; raise OSError where the disk does not take them."""
    try:
        save_file(dict(tensors), path, metadata)
    except SafetensorError as error:
        said = _NUMBER.search(str(error))
        number = int(said[1]) if said else errno.EIO
        raise OSError(number, os.strerror(number)) from error
