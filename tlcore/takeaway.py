"""What a person takes along: weights, a card that says how to use them, and the lines that do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from safetensors import safe_open

from tlcore.catalog.cards import Preprocessing
from tlcore.records import from_json, to_json

METADATA_KEY = "thaw"
"""Name of the card's JSON in the metadata of the safetensors file."""

_PREDICT = Path(__file__).parent / "engine" / "elsewhere" / "predict.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything but the weights that a prediction needs."""

    backbone: str
    library: str
    builder: str
    """Name by which the library builds the network."""
    options: Mapping[str, bool | int] = field(default_factory=dict)
    """What the library is told besides the number of classes; files of the first version of Thaw lack it."""
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    began_with: str
    """What the network began with: `imagenet`, `scratch`, or the sha256 of a file."""
    run: str
    epoch: int
    right: int
    """Validation pictures answered rightly."""
    count: int
    thaw: str
    """Version of Thaw."""
    sha256: str = ""
    """Of the file of the weights; empty in that file, which cannot name itself."""
    computed_in: str = ""
    """With which numbers it learned, in words; files of the first versions of Thaw lack it."""


def predict_script() -> str:
    """Return the script that predicts with what was taken along, without Thaw."""
    return _PREDICT.read_text(encoding="utf-8")


def pack(checkpoint: Path) -> bytes:
    """Return a zip with the weights, `thaw.json` (the Card), and a script that predicts without Thaw."""
    with safe_open(checkpoint, framework="numpy") as file:
        card = from_json(Card, file.metadata()[METADATA_KEY])
    with checkpoint.open("rb") as weights:
        card = replace(card, sha256=file_digest(weights, "sha256").hexdigest())
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.write(checkpoint, "weights.safetensors")
        archive.writestr("thaw.json", to_json(card))
        archive.write(_PREDICT, "predict.py")
    return buffer.getvalue()
