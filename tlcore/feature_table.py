"""A set's features as a table to take along: a row for each picture, as a file for NumPy, for pandas or for a sheet."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from safetensors.numpy import load_file

from tlcore.data.manifest import Manifest
from tlcore.text import clean

_LONGEST = 200
"""Characters of a name."""
_FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would run instead of showing it."""
_ABOUT = ("file", "class", "split")

Floats = np.ndarray[tuple[int, int], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """What blocks make of a set: the names of its pictures, and one row of numbers for each of them and each block."""

    about: Mapping[str, Sequence[str]]
    """Each picture's file, class and split, as one visible line each, in the set's order (N,)."""
    features: Mapping[str, Floats]
    """By block: (N, C)."""

    def npy(self) -> bytes:
        """Return a `.npy` file with a field for each block: `numpy.load(file)["layer4"]` is (N, C)."""
        texts = {name: np.array(values, dtype=np.str_) for name, values in self.about.items()}
        kinds = [(name, values.dtype) for name, values in texts.items()]
        blocks = [(block, np.dtype("<f4"), (values.shape[1],)) for block, values in self.features.items()]
        rows = np.empty(len(self.about["file"]), dtype=[*kinds, *blocks])
        for name, values in chain(texts.items(), self.features.items()):
            rows[name] = values
        file = BytesIO()
        np.lib.format.write_array(file, rows)
        return file.getvalue()

    def parquet(self) -> bytes:
        """Return a Parquet file with a column for each block, which holds a list of C numbers in each row."""
        columns: dict[str, pa.Array] = {name: pa.array(values, pa.string()) for name, values in self.about.items()}
        for block, values in self.features.items():
            columns[block] = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
        file = BytesIO()
        parquet.write_table(pa.table(columns), file)
        return file.getvalue()

    def csv(self) -> bytes:
        """Return a CSV file with a column for each channel; a text that would be a formula gets a quote before it."""
        file = StringIO(newline="")
        writer = csv.writer(file)
        channels = (f"{block}[{place}]" for block, values in self.features.items() for place in range(values.shape[1]))
        writer.writerow([*self.about, *channels])
        for place, words in enumerate(zip(*self.about.values(), strict=True)):
            numbers = chain.from_iterable(values[place] for values in self.features.values())
            writer.writerow([*map(_harmless, words), *map(str, numbers)])
        return file.getvalue().encode("utf-8")


def read_table(manifest: Manifest, parts: Sequence[Path]) -> FeatureTable:
    """Put a set's names beside its features, which lie in safetensors files, part after part of the set."""
    read = [load_file(part) for part in parts]
    examples = manifest.examples
    told = (
        [clean(example.name, _LONGEST) for example in examples],
        [clean(manifest.classes[example.label], _LONGEST) for example in examples],
        [example.split for example in examples],
    )
    return FeatureTable(
        about=dict(zip(_ABOUT, told, strict=True)),
        features={block: np.concatenate([part[block] for part in read]) for block in read[0]},
    )


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
