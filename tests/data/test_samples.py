"""The sample sets are whole, balanced, and the same everywhere."""

import subprocess
import sys
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from tlcore.data import samples
from tlcore.data.png import plain_png

# The first characters of the sha256 over all files in the order of their names.
DIGITS = "9f0d8747d8e00293"
SHAPES = "1ffe755c9dd4eef8"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("samples")
    return {"digits": samples.digits(root), "shapes": samples.shapes(root)}


@pytest.mark.parametrize(("name", "classes", "train", "val"), [("digits", 10, 48, 12), ("shapes", 8, 24, 6)])
def test_a_sample_set_is_balanced_and_nothing_is_left_out(folders, settled, name, classes, train, val):
    manifest = settled(folders[name], name=name)
    assert manifest.counts("train") == (train,) * classes
    assert manifest.counts("val") == (val,) * classes
    assert manifest.left_out == ()
    assert len({example.id for example in manifest.examples}) == len(manifest.examples)


def test_shapes_are_the_same_to_the_byte(folders, tmp_path):
    again = contents(samples.shapes(tmp_path))
    assert again == contents(folders["shapes"])
    whole = sha256(b"".join(again[place] for place in sorted(again))).hexdigest()
    assert whole.startswith(SHAPES)


def test_digits_are_the_same_to_the_byte(folders):
    files = contents(folders["digits"])
    whole = sha256(b"".join(files[place] for place in sorted(files))).hexdigest()
    assert whole.startswith(DIGITS)


def test_a_set_that_is_there_is_left_alone(folders):
    before = {path: path.stat().st_mtime_ns for path in folders["shapes"].rglob("*")}
    assert samples.shapes(folders["shapes"].parent) == folders["shapes"]
    assert {path: path.stat().st_mtime_ns for path in folders["shapes"].rglob("*")} == before
    assert sorted(path.name for path in folders["shapes"].parent.iterdir()) == ["digits", "shapes"]


def test_a_broken_attempt_leaves_nothing(tmp_path, monkeypatch):
    def broken(_image):
        raise OSError("no space")

    monkeypatch.setattr(samples, "plain_png", broken)
    with pytest.raises(OSError, match="no space"):
        samples.shapes(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_room_needs_no_heavy_package_even_for_the_digits(tmp_path):
    lines = (
        "import sys; from pathlib import Path; from tlcore.data import archive, collect, downloads, samples",
        "samples.digits(Path(sys.argv[1]))",
        "assert not {'sklearn', 'torch', 'sqlite3'} & set(sys.modules)",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines), str(tmp_path)], check=True)


@pytest.mark.parametrize("image", [Image.linear_gradient("L"), Image.linear_gradient("L").convert("RGB"), None])
def test_plain_png_files_are_read_as_they_were_meant(image):
    if image is None:  # More colours than a palette holds, and more bytes than one stored block.
        image = Image.merge("RGB", [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.new("L", (256, 256))])
    data = plain_png(image)
    assert Image.open(BytesIO(data)).convert(image.mode).tobytes() == image.tobytes()
