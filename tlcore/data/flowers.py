"""The recipe of Flowers-102, whose classes and sides are numbers in two MATLAB files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

_NAMES = Path(__file__).with_name("flowers102.txt")
_SIDES = {"train": "trnid", "val": "valid", "test": "tstid"}


def flowers(files: Mapping[str, Path], _making: Path) -> Iterator[tuple[str, Path]]:
    """Yield the pictures that the makers' numbers name, in the folders of their classes."""
    # scipy comes with scikit-learn, and takes a second to import.
    from scipy.io import loadmat

    names = _NAMES.read_text(encoding="utf-8").splitlines()
    labels = loadmat(files["imagelabels.mat"], squeeze_me=True)["labels"].tolist()
    sides = loadmat(files["setid.mat"], squeeze_me=True)
    for side, key in _SIDES.items():
        for number in sides[key].tolist():
            picture = f"image_{number:05d}.jpg"
            if (path := files.get(f"jpg/{picture}")) is not None:
                yield f"{side}/{names[labels[number - 1] - 1]}/{picture}", path
