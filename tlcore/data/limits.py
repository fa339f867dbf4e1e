"""How large and how many: the limits for pictures, and two allowances for sets, each with its unit."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tlcore.errors import ChoiceError, did_you_mean

MODE_VARIABLE = "THAW_MODE"
"""Names the allowance: `alone` for one person on a machine of their own, `class` for many on one that they share."""

PICTURE_FILE_BYTES = 40_000_000
"""Bytes of one picture file."""

PICTURE_PIXELS = 50_000_000
"""Width times height of one picture."""

SHORTEST_SIDE = 8
"""Pixels; a smaller picture shows nothing that could be learned."""

LONGEST_SIDE = 20_000
"""Pixels."""

LONGEST_ASPECT = 20
"""Longer side over shorter side; beyond it, scaling the short side up would need gigabytes."""

SMALL_SIDE = 64
"""Pixels; a picture with a shorter side is taken, with a word of warning."""

ENTRY_RATIO = 200
"""Unpacked over packed bytes of one archive entry, where the entry is larger than RATIO_FROM_BYTES."""

RATIO_FROM_BYTES = 10_000_000
"""Bytes; a smaller entry may be packed as tightly as it likes."""

FEWEST_CLASSES = 2
MOST_CLASSES = 1000

FEW_PER_CLASS = 5
"""Pictures; a class with fewer is taken, with a word of warning."""

THUMBNAIL_SIDE = 160
"""Pixels of a thumbnail, which is square."""

TABLE_BYTES = 20_000_000
"""Bytes of a CSV file that names pictures and their classes."""

KEPT_READY = 2 * 1024**3
"""Bytes of decoded pictures of one split that a run keeps; what does not fit is decoded again in every epoch."""

BEGINNINGS_BYTES = 8 * 1024**3
"""Bytes of all files of what frozen beginnings made of pictures; those that were used longest ago go first."""

BEGINNINGS_IN_MEMORY = 256 * 1024**2
"""Bytes of such rows of one split that wait in memory to be written, or to be used again where none are written."""

FREE_BYTES = 5_000_000_000
FREE_SHARE = 0.1
"""Bytes of the disk, or share of it if that is less, that stay free whatever comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What may be in one archive."""

    entries: int
    """Files and folders."""
    bytes: int
    """Bytes of all that comes out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What people may bring in."""

    upload_bytes: int
    """Bytes of one file that is sent, which is as a rule an archive."""
    archive: Contents
    """What may be in an archive that somebody sends."""
    folder_entries: int
    """Files and folders that are looked at below a folder; more of them mean that it is not a set of pictures."""
    pictures: int
    """Files of one set."""
    workspace_bytes: int | None
    """Bytes of all that one workspace keeps; None where only the disk is the limit."""
    server_bytes: int | None
    """Bytes of all that is kept for everybody; None where only the disk is the limit."""


ALONE = Allowance(
    upload_bytes=20_000_000_000,
    archive=Contents(entries=200_000, bytes=40_000_000_000),
    folder_entries=250_000,
    pictures=150_000,
    workspace_bytes=None,
    server_bytes=None,
)
CLASS = Allowance(
    upload_bytes=100_000_000,
    archive=Contents(entries=20_000, bytes=2_000_000_000),
    folder_entries=100_000,
    pictures=20_000,
    workspace_bytes=500_000_000,
    server_bytes=20_000_000_000,
)

PUBLISHED = ALONE.archive
"""What may be in an archive of a public set, in every mode: nobody sent it, the catalog names it.

What a workspace takes of it has to fit its allowance like all else, so that a class can take a few dishes of Food-101.
"""


def allowance() -> Allowance:
    """Return what people may bring in, in the mode that the operator chose; raises ChoiceError on an unknown word."""
    modes = {"alone": ALONE, "class": CLASS}
    mode = os.environ.get(MODE_VARIABLE) or "alone"
    if mode not in modes:
        raise ChoiceError(f"{MODE_VARIABLE} is {mode}, which is no mode.", did_you_mean(mode, modes))
    return modes[mode]


def free_bytes(folder: Path) -> int:
    """Return how many bytes may still be written where `folder` lies, so that the machine keeps some to work with."""
    disk = shutil.disk_usage(folder)
    return max(0, disk.free - min(FREE_BYTES, int(FREE_SHARE * disk.total)))
