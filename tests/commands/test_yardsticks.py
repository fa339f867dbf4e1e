"""Yardsticks put rounds together rightly, and say which settings are theirs."""

from dataclasses import fields

import pytest

from tlcore.commands.yardsticks.bench_home import pace
from tlcore.commands.yardsticks.every import YARDSTICKS
from tlcore.commands.yardsticks.spread import spread, table
from tlcore.commands.yardsticks.yardstick import Figure, Settings
from tlcore.errors import ChoiceError
from tlcore.events import Stepped


def step(number: int, seconds: float, count: int = 8) -> Stepped:
    return Stepped(step=number, loss=1.0, right=0, count=count, seconds=seconds)


def test_rounds_of_one_thing_become_one_record():
    records = spread([Figure("ours", 3.0, "s", "warm"), Figure("theirs", 9.0, "s"), Figure("ours", 1.0, "s", "warm")])
    ours, theirs = records
    assert (ours["what"], ours["median"], ours["least"], ours["most"]) == ("ours", 2.0, 1.0, 3.0)
    assert ours["rounds"] == [3.0, 1.0]
    assert ours["notes"] == ["warm"]
    assert theirs["rounds"] == [9.0]


def test_the_table_tells_few_digits_and_every_note():
    lines = table(spread([Figure("ours", 1234.5, "s", "CPU"), Figure("ours over theirs", 0.987)])).splitlines()
    assert lines[1].split() == ["ours", "1,234", "1,234", "1,234", "s;", "CPU"]
    assert lines[2].split() == ["ours", "over", "theirs", "0.99", "0.99", "0.99"]


def test_the_pace_leaves_out_what_was_done_between_epochs():
    steps = [step(5, 10.0), step(6, 12.0), step(7, 50.0), step(8, 52.0)]
    assert pace(steps, ends=[4, 6, 8]) == pytest.approx(16 / 4)


def test_one_step_an_epoch_has_no_pace():
    with pytest.raises(ChoiceError, match="one step an epoch"):
        pace([step(2, 10.0), step(3, 20.0)], ends=[1, 2, 3])


@pytest.mark.parametrize("name", YARDSTICKS)
def test_a_yardsticks_usual_settings_are_some_that_there_are_and_can_be_carried_out(name):
    yardstick = YARDSTICKS[name]
    assert set(yardstick.usual) <= {field.name for field in fields(Settings)} - {"repeat"}
    settings = Settings(**yardstick.usual)
    assert len(settings.drafts()) == len(settings.backbone)
    if "count" in yardstick.usual:
        low, high = yardstick.counts
        assert low <= settings.count <= high
