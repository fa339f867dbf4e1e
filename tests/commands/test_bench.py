"""The verb `bench` measures thing beside thing, tells medians with their spread, and refuses what it cannot measure."""

import json
from importlib.util import find_spec

import pytest

from tlcore.commands.yardsticks.every import YARDSTICKS
from tlcore.commands.yardsticks.yardstick import Settings

SMALL = ("--image-size", "32", "--batch-size", "8", "--epochs", "1")
LITE0, SQUEEZENET = "efficientnet_lite0", "squeezenet1_0"


@pytest.fixture
def measured(thaw):
    """Take one yardstick; return the rounds of each thing that it read."""

    def measure(*words: str, repeat: int = 1) -> dict[str, list[float]]:
        done = thaw("bench", *words, "--repeat", str(repeat), "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert told["machine"]["cores"] > 0
        figures = told["yardsticks"][words[0]]["figures"]
        for figure in figures:
            assert figure["least"] <= figure["median"] <= figure["most"]
            assert len(figure["rounds"]) == repeat
        return {figure["what"]: figure["rounds"] for figure in figures}

    return measure


def assert_ratio(rounds: dict[str, list[float]], ratio: str, over: str, under: str, factor: float = 1.0) -> None:
    """Every round has a ratio of its own, of what was read in that round."""
    expected = [factor * above / below for above, below in zip(rounds[over], rounds[under], strict=True)]
    assert rounds[ratio] == pytest.approx(expected)
    assert min(expected) > 0


@pytest.mark.slow
def test_ten_epochs_stand_beside_a_bare_pass(measured, pictures):
    rounds = measured("features", "--folder", str(pictures), *SMALL)
    ratio = f"{LITE0}: 1 epochs over the bare pass"
    bare = f"{LITE0}: one bare pass, every picture decoded and answered"
    assert_ratio(rounds, ratio, f"{LITE0}: 1 epochs, the loop", bare)
    assert rounds[f"{LITE0}: 1 epochs, from the click to the end"] > rounds[f"{LITE0}: 1 epochs, the loop"]
    assert rounds[f"{LITE0}: again with another head, from the click"][0] > 0


@pytest.mark.slow
def test_the_tutorials_loop_learns_the_same_pictures(measured, pictures):
    rounds = measured("tutorial", "--folder", str(pictures), *SMALL, "--timed", "1", "--epochs", "2")
    assert_ratio(
        rounds,
        f"{LITE0}: the tutorial's loop over ours",
        f"{LITE0}: 2 epochs, the tutorial's loop",
        f"{LITE0}: 2 epochs, ours",
    )
    for whose in ("the tutorial's loop", "ours"):
        (accuracy,) = rounds[f"{LITE0}: accuracy, {whose}"]
        assert round(accuracy, 3) in (0.0, 33.333, 66.667, 100.0)  # a picture of each of three classes to be judged by


@pytest.mark.slow
def test_our_steps_stand_beside_those_of_a_bare_loop(measured):
    words = ("--backbone", SQUEEZENET, "--count", "24", "--batch-size", "4", "--image-size", "32")
    rounds = measured("steps", *words, repeat=2)
    name = f"{SQUEEZENET}:"
    assert_ratio(rounds, f"{name} ours over bare", f"{name} our steps", f"{name} bare loop")


@pytest.mark.slow
def test_freezing_is_measured_with_rows_and_without(measured):
    words = ("--backbone", SQUEEZENET, "--count", "24", "--batch-size", "4", "--image-size", "32")
    rounds = measured("freezing", *words)
    for way in ("live augmentation", "rows kept"):
        name = f"{SQUEEZENET}, {way}:"
        assert_ratio(rounds, f"{name} speed, frozen over thawed", f"{name} first half frozen", f"{name} all thawed")
        assert_ratio(
            rounds,
            f"{name} memory, frozen over thawed",
            f"{name} memory, first half frozen",
            f"{name} memory, all thawed",
        )


@pytest.mark.slow
def test_many_pictures_are_weighed_and_timed_against_half_as_many(measured):
    rounds = measured("memory", "--count", "48", *SMALL)
    for count in (24, 48):
        name = f"{LITE0}, {count} pictures: memory,"
        more, budget = rounds[f"{name} more than few"][0], rounds[f"{name} budget for pictures and rows"][0]
        assert rounds[f"{name} more over budget"] == pytest.approx([more / budget])  # so few may add nothing
        assert more < budget
    loop = f"{LITE0}, {{}} pictures: the loop"
    assert_ratio(rounds, f"{LITE0}: seconds a picture, all over half", loop.format(48), loop.format(24), factor=0.5)


@pytest.mark.slow
def test_the_first_point_comes_soon_after_the_click(measured, pictures):
    words = ("--folder", str(pictures), "--image-size", "32", "--batch-size", "8")
    rounds = measured("first-point", *words, repeat=2)
    for which in ("from the first click in a new home", "from the click to the first point"):
        assert all(0 < seconds < 30 for seconds in rounds[f"{LITE0}: {which}"])


@pytest.mark.slow
def test_the_app_listens_then_sends_its_first_page(measured):
    rounds = measured("start")
    (listens,), (first,), (whole,) = rounds.values()
    assert 0 < listens < first < whole


@pytest.mark.slow
def test_estimates_stand_beside_what_runs_take(measured, pictures):
    rounds = measured("estimates", "--backbone", SQUEEZENET, "--folder", str(pictures), *SMALL)
    for kind in ("memory", "time"):
        name = f"{SQUEEZENET}: {kind},"
        assert_ratio(rounds, f"{name} estimate over truth", f"{name} estimate", f"{name} truth")
    assert 0.7 < rounds[f"{SQUEEZENET}: memory, estimate over truth"][0] < 1.3


def test_a_large_set_is_timed_without_a_picture_being_there(measured):
    rounds = measured("album", "--count", "400")
    assert {"open it in a fresh app", "merge two classes", "take a mark back"} <= set(rounds)
    assert all(seconds >= 0 for readings in rounds.values() for seconds in readings)


def test_decoding_is_told_against_cores(measured):
    rounds = measured("decoding", "--count", "6", "--image-size", "64", repeat=2)
    assert all(rate > 0 for readings in rounds.values() for rate in readings)
    assert {"whole: one at a time", "to 64 pixels: one at a time"} <= set(rounds)


def test_reading_photographs_is_put_beside_decoding_them(measured, store):
    rounds = measured("reading", "--count", "30")
    (ratio,) = (what for what in rounds if what.endswith("cores × decoding whole"))
    cores = int(ratio.split()[2])
    rate, decoding = "reading: listed, checked, and shown small", "decoding whole, one core"
    assert_ratio(rounds, ratio, rate, decoding, factor=1 / cores)
    assert rounds["memory here"][0] >= rounds["memory here, grown since the first picture"][0] >= 0
    assert store.albums.of(store.command_line_workspace()) == []


def test_the_table_has_a_line_for_each_thing_below_what_is_measured(thaw):
    lines = thaw("bench", "album", "--count", "400", "--repeat", "1").stdout.splitlines()
    assert "cores" in lines[0]
    assert lines[2] == f"album: {YARDSTICKS['album'].title}"
    assert lines[3].split() == ["median", "least", "most"]
    assert lines[4].startswith("make the set ")
    assert lines[4].endswith(" s")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("featurs",), "Did you mean features?"),
        (("album", "--count", "10"), "It takes 400 to 150000."),
        (("reading", "--count", "-3"), "It takes 1 to"),
        (("steps", "--backbone", "squeezenet1_0", "resnet19"), "Did you mean resnet18?"),
        (("estimates", "--strategy", "featurs"), "Did you mean features?"),
        (("features", "--epochs", "0"), "epochs"),
        (("features", "--image-size", "8"), "takes"),
        (("features", "--folder", "nowhere"), "nowhere is not a folder."),
        (("tutorial", "--timed", "11"), "It takes 1 to 10."),
        (("start", "--repeat", "0"), "It takes 1 to"),
        (("start", "album", "--epochs", "3"), "--epochs says nothing to start, album."),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_is(said, words, sentence):
    status, printed, complaint = said("bench", *words)
    assert (status, printed) == (1, "")
    assert sentence.lower() in complaint.lower()


@pytest.mark.skipif(find_spec("fastai") is not None, reason="fastai is installed")
def test_a_package_that_is_not_here_is_named(said):
    status, _, complaint = said("bench", "fastai")
    assert status == 1
    assert "pip install fastai" in complaint


@pytest.mark.slow
def test_questions_are_asked_at_once_again_and_beside_a_run(monkeypatch):
    monkeypatch.setattr("tlcore.commands.yardsticks.questions._WINDOW", 2.0)
    figures = list(YARDSTICKS["questions"].figures(Settings(repeat=1, image_size=32, batch_size=8)))
    seconds = {figure.what: figure.value for figure in figures}
    assert len(seconds) == 5
    assert seconds[f"{LITE0}: 30 questions at once, to the last answer"] > 0
    assert seconds[f"{LITE0}: a question while a run trains"] > 0
    assert seconds[f"{LITE0}: training in that minute over a minute without"] > 0
