"""One click too many, one tab too many: there is one run, and everybody sees it."""

from dataclasses import replace

import pytest

from tlcore.controls import Stop

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def planned(app, read_sample, visitor):
    """A visitor who has chosen the sample of shapes, and a plan that takes minutes, since all of it learns."""
    workspace, _ = read_sample("shapes")
    plan = replace(app.store.drafts.of(workspace), epochs=50).by_strategy("low")
    app.store.drafts.keep(workspace, plan)
    return visitor(workspace)


def test_a_double_click_is_one_run_and_a_second_tab_shows_it(app, planned, points, wait_until):
    first = planned.new_page()
    first.goto(f"{app.url}/network")
    first.get_by_role("button", name="Start training").dblclick()
    first.wait_for_url("**/train?run=*")
    wait_until(lambda: points(first) > 0, 60, "the first point of the curve")
    (run,) = app.store.runs.newest(5)
    assert run.id in first.url

    second = planned.new_page()
    second.goto(f"{app.url}/train")
    wait_until(lambda: points(second) > 0, 30, "the curve in the second tab")
    assert run.id in second.url
    before = points(second)
    wait_until(lambda: points(first) > before and points(second) > before, 30, "both tabs go on")
    second.get_by_role("button", name="Stop and keep the best").click()
    for tab in (first, second):
        tab.locator(".thaw-chip", has_text="Stopped").wait_for()
    assert len(app.store.runs.newest(5)) == 1


def test_a_stranger_sees_nothing_of_it(app, planned, visitor):
    mine = planned.new_page()
    mine.goto(f"{app.url}/network")
    mine.get_by_role("button", name="Start training").click()
    mine.wait_for_url("**/train?run=*")
    (run,) = app.store.runs.newest(5)
    app.store.runs.ask(run.id, Stop())

    theirs = visitor().new_page()
    theirs.goto(f"{app.url}/train?run={run.id}")
    theirs.get_by_text("There is no run with this address").wait_for()
    theirs.goto(f"{app.url}/pictures")
    theirs.get_by_text("A set needs at least two classes").wait_for()
    assert theirs.locator(".st-key-card_set").count() == 0
