"""What is read and drawn of a run: once for all who look at it, and anew when something happens."""

import json

import pytest
import streamlit as st

from tlcore.events import Stepped
from tlcore.history import History
from tlcore.ui import reading
from tlcore.ui.components.live_chart import write_chart
from tlcore.ui.reading import reader


def step(number: int) -> Stepped:
    return Stepped(step=number, loss=1.0 / number, right=1, count=2, seconds=float(number))


@pytest.fixture
def run(store, plan, monkeypatch):
    monkeypatch.setattr(reading, "store", lambda: store)
    filed = store.runs.submit(plan("d" * 64), "person", "nonce")
    store.runs.append(filed.id, [step(1)])
    yield filed.id
    st.cache_resource.clear()


def test_two_sessions_have_one_reader(run):
    assert reader(run) is reader(run)


def test_what_one_session_drew_another_gets(run):
    drawn = []

    def draw(history: History) -> str:
        drawn.append(len(history.steps))
        return write_chart({"data": [step.step for step in history.steps]}, run, 100, "steps")

    assert reader(run).once("steps", draw) is reader(run).once("steps", draw)
    assert drawn == [1]


def test_a_new_event_is_drawn(run, store):
    def draw(history: History) -> str:
        return write_chart({"data": [step.step for step in history.steps]}, run, 100, "steps")

    before = reader(run).once("steps", draw)
    store.runs.append(run, [step(2)])
    after = reader(run).once("steps", draw)
    assert [json.loads(chart)["figure"]["data"] for chart in (before, after)] == [[1], [1, 2]]


def test_drawings_of_one_run_are_told_apart_by_their_names(run):
    assert reader(run).once("a", lambda _: "first") == "first"
    assert reader(run).once("b", lambda _: "second") == "second"


def test_onlookers_are_counted_once_each_and_only_while_they_look(run, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(reading.time, "monotonic", lambda: clock[0])
    assert [reader(run).onlookers(name) for name in ("one", "two", "one")] == [1, 2, 2]
    clock[0] += reading._LOOKING
    assert reader(run).onlookers("two") == 1
