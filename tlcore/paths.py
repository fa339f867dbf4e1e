"""Where things lie on the disk: the home folder, and the one way to join an untrusted name to a folder."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tlcore.errors import ChoiceError

HOME_VARIABLE = "THAW_HOME"
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def home_folder(named: str | None = None) -> Path:
    """Return the folder for everything that Thaw keeps: as named, else $THAW_HOME, else ~/.thaw."""
    chosen = named or os.environ.get(HOME_VARIABLE)
    return Path(chosen).expanduser().resolve() if chosen else Path.home() / ".thaw"


@contextmanager
def at_home(named: str | None) -> Iterator[Path]:
    """Let `home_folder()` be the folder `named` for a while, everywhere in this process, and yield it."""
    before = os.environ.get(HOME_VARIABLE)
    home = home_folder(named)
    os.environ[HOME_VARIABLE] = str(home)
    try:
        yield home
    finally:
        if before is None:
            del os.environ[HOME_VARIABLE]
        else:
            os.environ[HOME_VARIABLE] = before


def safe_path(root: Path, untrusted: str) -> Path:
    """Return `root / untrusted` for a relative path of generated names, and for nothing else.

    Raises ChoiceError on what leads out of `root` or holds a character that a generated name never has.
    """
    parts = untrusted.split("/")
    if not all(_PART.fullmatch(part) and ".." not in part for part in parts):
        raise ChoiceError("That name is not one of ours.", "Open the thing from its list again.")
    return root.joinpath(*parts)
