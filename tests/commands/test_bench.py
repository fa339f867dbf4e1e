"""The verb `bench` puts estimates beside what runs take, and refuses at once what it cannot run."""

import json

import pytest

TINY = ("--backbone", "squeezenet1_0", "--sample", "shapes", "--image-size", "32", "--batch-size", "8", "--epochs", "1")


@pytest.mark.slow
def test_a_tiny_benchmark_tells_estimate_and_truth(thaw):
    done = thaw("bench", *TINY, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    assert row["backbone"] == "squeezenet1_0"
    for kind in ("memory", "seconds"):
        assert row[kind]["estimate"] > 0
        assert row["ratios"][kind] == pytest.approx(row[kind]["estimate"] / row[kind]["truth"])
    assert sum(row["parts"].values()) == row["memory"]["estimate"]
    assert 0.7 < row["ratios"]["memory"] < 1.3


@pytest.mark.slow
def test_a_benchmark_leaves_no_run_behind(thaw, store):
    done = thaw("bench", *TINY)
    assert "squeezenet1_0" in done.stdout
    assert store.runs.newest(5) == []


def test_a_large_set_is_timed_without_a_picture_being_there(thaw):
    done = thaw("bench", "--album", "400", "--classes", "20", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["pictures"], told["classes"]) == (400, 20)
    whats = [row["what"] for row in told["rows"]]
    assert {"open it in a fresh app", "merge two classes", "take a mark back"} <= set(whats)
    assert all(row["seconds"] >= 0 and row["work"] >= 0 for row in told["rows"])


def test_reading_photographs_is_put_beside_decoding_them(thaw, store):
    done = thaw("bench", "--reading", "30", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["pictures"] == 30
    assert told["reading"] == pytest.approx(30 / told["seconds"])
    for size in ("whole", "small"):
        assert told["ratios"][size] == pytest.approx(told["reading"] / told["decoding"][size] / told["cores"])
    assert told["memory"]["here"] >= told["memory"]["grown"] >= 0
    assert "photographs of a megapixel read in" in thaw("bench", "--reading", "3").stdout
    assert store.albums.of(store.command_line_workspace()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--album", "10"), "It takes 2000 to 150000."),
        (("--backbone", "squeezenet1_0", "resnet19"), "Did you mean resnet18?"),
        (("--strategy", "featurs"), "Did you mean features?"),
        (("--epochs", "0"), "epochs"),
        (("--reading", "-3"), "at least 1"),
        (("--image-size", "8"), "takes"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_measured(thaw, words, said):
    done = thaw("bench", *words)
    assert done.returncode == 1
    assert said.lower() in done.stderr.lower()
