"""Before a set is learned, the command line says its classes, what is odd about it, and what is not used."""

import json

import pytest

QUICK = ("--backbone=squeezenet1_0", "--strategy=scratch", "--epochs=1", "--image-size=32", "--batch-size=8")


@pytest.fixture
def doubtful(pictures, tmp_path):
    """A folder with train and val in it, a table that says nothing new, and what a system left behind."""
    for side, numbers in (("train", range(5)), ("val", range(5, 6))):
        for name in ("blue", "red"):
            (tmp_path / "set" / side / name).mkdir(parents=True)
            for number in numbers:
                file = f"{number}.png"
                (tmp_path / "set" / side / name / f"{name}{file}").write_bytes((pictures / name / file).read_bytes())
    rows = "".join(f"{name}{number}.png\t{name}\n" for name in ("blue", "red") for number in range(6))
    (tmp_path / "set" / "MANIFEST.tsv").write_text(f"file\tclass\n{rows}", encoding="utf-8")
    (tmp_path / "set" / ".DS_Store").write_bytes(b"\0")
    return tmp_path / "set"


def test_classes_that_are_sides_and_what_is_not_used_are_told(said, doubtful):
    status, _, err = said("train", str(doubtful), *QUICK, "--read-as=folders")
    assert status == 0
    lines = err.splitlines()
    assert "2 classes: 9 pictures to learn from, 3 to check with" in lines
    assert "  train        8 to learn, 2 to check" in lines
    assert any(line.startswith("check: “train” and “val” are called like sides of a split.") for line in lines)
    assert "note: 1 system file ignored, such as .DS_Store." in lines
    assert "left out: MANIFEST.tsv: It is a table" in err


def test_a_program_is_told_the_same(said, doubtful):
    status, out, err = said("train", str(doubtful), *QUICK, "--read-as=sides", "--json")
    told = json.loads(out)
    assert (status, err, told["ignored"]) == (0, "", 1)
    assert [one["name"] for one in told["left_out"]] == ["MANIFEST.tsv"]
