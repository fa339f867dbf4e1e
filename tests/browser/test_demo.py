"""The first minute: from an empty home, one button trains, draws, ends, and says what thawing brought."""

import time

import pytest

from tlcore.events import Evaluated, Finished, PhaseStarted

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_one_button_trains_the_demo_and_says_what_thawing_brought(app, page, points, wait_until):
    page.goto(app.url)
    began = time.monotonic()
    page.get_by_text("Ready to train").wait_for(timeout=90_000)
    print(f"\nready to train after {time.monotonic() - began:.1f} s")

    clicked = time.monotonic()
    page.get_by_role("button", name="Train a demo now").click()
    wait_until(lambda: points(page) > 0, 20, "the first point of the curve")
    print(f"first point {time.monotonic() - clicked:.1f} s after the click")

    page.locator(".st-key-card_curves").get_by_text("With the head alone").wait_for(timeout=180_000)
    page.locator(".thaw-chip", has_text="Finished").wait_for(timeout=180_000)
    print(f"finished {time.monotonic() - clicked:.1f} s after the click")

    (run,) = app.store.runs.newest(5)
    assert run.id in page.url
    events = [entry.event for entry in app.store.runs.events(run.id)]
    assert isinstance(events[-1], Finished)
    thaw = [event for event in events if isinstance(event, PhaseStarted)][1].epoch
    epochs = [event for event in events if isinstance(event, Evaluated)]
    alone = max(event.right for event in epochs if event.epoch <= thaw)
    thawed = max(event.right for event in epochs if event.epoch > thaw)
    count = epochs[0].count
    said = page.locator(".st-key-card_curves .thaw-say").inner_text()
    assert f"With the head alone: {100 * alone / count:.1f} % ({alone} of {count}) after {thaw} epochs." in said
    assert f"After later blocks thawed: {100 * thawed / count:.1f} % ({thawed} of {count})" in said
    assert points(page) == len([event for event in events if type(event).__name__ == "Stepped"])
