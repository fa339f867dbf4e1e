"""A run that is changed, paused and resumed by clicking, while it goes on."""

import pytest

from tlcore.controls import SetRate
from tlcore.events import Changed, Finished, Paused, Started, Stepped

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def told(app, run, kind):
    return [entry.event for entry in app.store.runs.events(run.id) if isinstance(entry.event, kind)]


@pytest.fixture
def going(app, read_sample, visitor, points, wait_until):
    """A visitor's run of all blocks on the sample of shapes, at work; return its page and the run."""
    workspace, _ = read_sample("shapes")
    draft = app.store.drafts.of(workspace)
    app.store.drafts.keep(workspace, draft.by_strategy("low"))
    page = visitor(workspace).new_page()
    page.goto(f"{app.url}/network")
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url("**/train?run=*")
    wait_until(lambda: points(page) > 0, 90, "the first point of the curve")
    (run,) = app.store.runs.newest(1)
    return page, run


def test_a_block_is_frozen_by_a_click_and_the_run_is_paused_and_resumed(app, going, wait_until):
    page, run = going
    block = page.locator(".st-key-card_map [data-block='blocks.3']")
    block.get_by_role("button", name="Freeze blocks.3").click()
    row = page.locator(".thaw-changes tbody tr")
    row.first.wait_for()
    wait_until(lambda: told(app, run, Changed), 20, "the change is applied")
    (change,) = told(app, run, Changed)
    assert (change.block, change.requested, change.refused) == ("blocks.3", 0.0, "")
    page.locator(
        ".thaw-told", has_text=f"step {change.after % told(app, run, Started)[0].steps_per_epoch + 1}; was"
    ).wait_for()
    mark = page.locator(".st-key-card_curves .annotation-text", has_text="blocks.3 frozen")
    mark.first.wait_for()
    strip = page.locator(".st-key-card_blocks [data-block='blocks.3']")
    strip.locator(".state", has_text="Frozen").wait_for()
    assert [asked.control for asked in app.store.runs.controls(run.id)] == [SetRate(block="blocks.3", rate=0.0)]

    page.get_by_role("button", name="Pause").dblclick()
    page.locator(".thaw-chip", has_text="Paused").wait_for()
    page.get_by_text("It holds no worker while it rests").wait_for()
    assert page.locator(".st-key-card_map").count() == 0
    assert app.store.runs.open() == []
    assert len(told(app, run, Paused)) == 1
    before = len(told(app, run, Stepped))

    page.get_by_role("button", name="Resume").dblclick()
    wait_until(lambda: len(told(app, run, Stepped)) > before, 60, "it goes on")
    page.locator(".st-key-card_curves .annotation-text", has_text="paused, went on").first.wait_for()
    page.locator(".thaw-chip", has_text="Finished").wait_for(timeout=120_000)
    assert len(told(app, run, Finished)) == 1
    assert [step.step for step in told(app, run, Stepped)] == list(range(1, len(told(app, run, Stepped)) + 1))
    strip.locator(".state", has_text="Frozen").wait_for()
    strip.get_by_text("moved").first.wait_for()
    mark.first.wait_for()


def test_a_hand_on_a_slider_is_not_disturbed_while_the_page_goes_on(app, going, points, wait_until):
    page, run = going
    slider = page.locator(".st-key-card_map [data-block='blocks.3'] input[type='range']")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=4)
    held, seen = slider.input_value(), points(page)
    wait_until(lambda: points(page) > seen, 30, "the page was drawn anew")
    assert slider.input_value() == held
    moved = slider.bounding_box()
    assert (moved["x"], moved["width"]) == (box["x"], box["width"])
    assert app.store.runs.controls(run.id) == [], "nothing is asked for before the hand lets go"
    page.mouse.up()
    wait_until(lambda: told(app, run, Changed), 20, "the change is applied")
    (change,) = told(app, run, Changed)
    assert change.block == "blocks.3"
    assert 0.0001 < change.requested < 0.01
    page.get_by_role("button", name="Stop and keep the best").or_(page.get_by_role("button", name="Stop")).last.click()
    page.locator(".thaw-chip", has_text="Stopp").wait_for()
