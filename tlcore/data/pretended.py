"""Photographs that were never taken: what reading them would have told, and thumbnails, to measure a large set with."""

import os
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

from tlcore.data.facts import Fact
from tlcore.data.limits import THUMBNAIL_SIDE
from tlcore.data.survey import Survey
from tlcore.data.thumbnails import thumbnail_path
from tlcore.records import uncollected

_DRAWINGS = 64
"""Different thumbnails; the pictures share them."""


@uncollected()
def pretended_survey(pictures: int, classes: int, seed: int = 0) -> Survey:
    """Return what reading so many photographs of different sizes would have told; no file is there."""
    chance = Random(seed)
    facts = []
    for number in range(pictures):
        path = f"class {number % classes:04d}/{number:06d}.jpg"
        facts.append(
            Fact(
                path=path,
                source=0,
                where=path,
                id=sha256(path.encode()).hexdigest(),
                kind="JPEG",
                width=chance.randint(100, 4000),
                height=chance.randint(100, 3000),
                likeness=f"{chance.getrandbits(128):032x}",
                is_flat=False,
                is_grey=False,
                is_blank=False,
                notes=(),
            )
        )
    return Survey(facts=tuple(facts), alike=tuple(range(pictures)))


def pretend_thumbnails(folder: Path, facts: Sequence[Fact]) -> None:
    """Put a thumbnail for each picture into a folder, most of them links to the same few files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawings = [_drawing(folder / f"pretended-{number}.jpg", number) for number in range(_DRAWINGS)]
    for number, fact in enumerate(facts):
        path = thumbnail_path(folder, fact.id)
        path.parent.mkdir(exist_ok=True)
        os.link(drawings[number % _DRAWINGS], path)


def _drawing(path: Path, number: int) -> Path:
    chance = Random(number)
    noise = Image.frombytes("RGB", (12, 12), chance.randbytes(3 * 12 * 12))
    buffer = BytesIO()
    noise.resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=85)
    path.write_bytes(buffer.getvalue())
    return path
