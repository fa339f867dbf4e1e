"""The verb `train` asks as the page does: it shows the tree and the keys, and goes on once it is told one."""

import json

import pytest

QUICK = ("--backbone=squeezenet1_0", "--strategy=scratch", "--epochs=1", "--image-size=32", "--batch-size=8")


@pytest.fixture
def two_levels(pictures, tmp_path):
    """Two folders with two and one class folders in them."""
    for place, name in (("x1/blue", "blue"), ("x1/green", "green"), ("y1/red", "red")):
        (tmp_path / "set" / place).mkdir(parents=True)
        for path in (pictures / name).iterdir():
            (tmp_path / "set" / place / path.name).write_bytes(path.read_bytes())
    return tmp_path / "set"


def test_in_doubt_the_tree_and_the_keys_are_shown(said, two_levels):
    status, out, err = said("train", str(two_levels), *QUICK)
    assert status == 1
    assert out == ""
    lines = err.splitlines()
    assert lines[0] == "There are folders inside folders, and either could be the classes."
    assert "  x1                 12" in lines
    assert "    blue              6   such as 0.png" in lines
    assert "  --read-as folders      Class folders: x1 12, y1 6" in lines
    assert "  --read-as inner        Innermost folders: blue 6, green 6, red 6" in lines
    assert str(two_levels) not in err


def test_a_key_decides_and_is_remembered(said, two_levels):
    status, out, _ = said("train", str(two_levels), *QUICK, "--read-as=inner", "--json")
    assert status == 0
    assert json.loads(out)["classes"] == ["blue", "green", "red"]
    status, out, _ = said("train", str(two_levels), *QUICK, "--json")
    assert status == 0
    assert json.loads(out)["classes"] == ["blue", "green", "red"]


def test_an_unknown_key_is_refused_before_a_picture_is_read(said, tmp_path):
    status, _, err = said("train", str(tmp_path / "not there"), *QUICK, "--read-as=inne")
    assert status == 1
    assert err.splitlines() == ["inne is no way to understand folders.", "Did you mean inner?"]
