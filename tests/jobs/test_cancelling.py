"""Reading that is cancelled stops within moments, wherever it is, and leaves nothing behind."""

import time
from random import Random
from zipfile import ZipFile

import pytest
from PIL import Image

from tlcore.data.photographs import write_photographs
from tlcore.errands import CANCELLED, ReadUpload
from tlcore.jobs.processes import start
from tlcore.store.claims import Claimant
from tlcore.store.intake import Piece

UPLOAD = "0123456789abcdef" * 2
COUNT = 1200


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Photographs, as files and as a zip of them."""
    root = tmp_path_factory.mktemp("sent")
    write_photographs(root / "set", COUNT, lambda *_: None)
    with ZipFile(root / "set.zip", "w") as archive:
        for path in sorted((root / "set").rglob("*.jpg")):
            archive.write(path, path.relative_to(root))
    return root
