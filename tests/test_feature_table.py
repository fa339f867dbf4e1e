"""All three files of a feature table read back equal, whatever the pictures and classes are called."""

import csv
from io import BytesIO, StringIO

import numpy as np
import pytest
from pyarrow import parquet
from safetensors.numpy import save_file

from tlcore.data.manifest import Example, Manifest, in_order
from tlcore.feature_table import read_table
from tlcore.records import digest

NAMES = (
    '=HYPERLINK("http://example.com")',
    "+1",
    "-1.jpg",
    "@SUM(A1)",
    "\t=1+1",
    "two\nlines, and a comma.jpg",
    'a "quote".jpg',
    "\u202egpj.exe",
    "蜜蜂 🐝.jpg",
    "\ud800.jpg",
)
CLASSES = ("=cmd|' /C calc'!A0", "<b>bees</b>")


@pytest.fixture
def manifest():
    examples = [
        Example(id=digest(place), where=f"{place}.jpg", name=name, label=place % 2, split="train")
        for place, name in enumerate(NAMES)
    ]
    return Manifest(name="Hostile", classes=CLASSES, examples=in_order(examples), split_by="seed 0")


@pytest.fixture
def features():
    drawer = np.random.default_rng(0)
    return {"layer1": drawer.normal(size=(len(NAMES), 3)), "layer4": drawer.normal(size=(len(NAMES), 5)) * 1e-5}


@pytest.fixture
def table(manifest, features, tmp_path):
    parts = []
    for place, rows in enumerate((slice(0, 4), slice(4, None))):
        parts.append(tmp_path / f"{place}")
        save_file({block: values[rows].astype(np.float32) for block, values in features.items()}, parts[-1])
    return read_table(manifest, parts)


def test_numpy_reads_names_and_blocks_back(table, features):
    rows = np.load(BytesIO(table.npy()), allow_pickle=False)
    assert rows["file"].tolist() == list(table.about["file"])
    for block, values in features.items():
        assert np.array_equal(rows[block], values.astype(np.float32))


def test_parquet_reads_names_and_blocks_back(table, features):
    rows = parquet.read_table(BytesIO(table.parquet()))
    assert rows["class"].to_pylist() == list(table.about["class"])
    for block, values in features.items():
        assert np.array_equal(np.array(rows[block].to_pylist(), np.float32), values.astype(np.float32))


def test_csv_reads_names_and_channels_back(table, features):
    head, *rows = csv.reader(StringIO(table.csv().decode("utf-8"), newline=""))
    assert head[:5] == ["file", "class", "split", "layer1[0]", "layer1[1]"]
    assert [row[0].removeprefix("'") for row in rows] == list(table.about["file"])
    numbers = np.array([row[3:] for row in rows], np.float32)
    assert np.array_equal(numbers, np.concatenate([*features.values()], axis=1).astype(np.float32))


def test_no_cell_of_a_sheet_is_a_formula(table):
    for row in csv.reader(StringIO(table.csv().decode("utf-8"), newline="")):
        assert not [cell for cell in row[:3] if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'=HYPERLINK" in table.csv().decode("utf-8")


def test_every_name_is_one_visible_line(table, manifest):
    assert len(table.about["file"]) == len(NAMES)
    assert all(text.isprintable() and text for texts in table.about.values() for text in texts)
    by_name = dict(zip((example.name for example in manifest.examples), table.about["class"], strict=True))
    assert by_name["+1"] == "<b>bees</b>"
