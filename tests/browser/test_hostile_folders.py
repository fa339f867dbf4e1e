"""Folders whose names are markup go through the whole app and stay names."""

import sys

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names"),
]

SET = "__u__ :red[set] $x$"
PICTURE = "<img src=x onerror=window.__pwn=1>"
LINK = "[x](http:&#47;&#47;evil.example)"
"""A file name has no slash, but Markdown reads these as two."""


def test_hostile_names_are_shown_to_the_letter_and_ask_for_nothing(app, page, points, wait_until, write_pictures):
    page.goto(f"{app.url}/pictures")
    page.locator("input[webkitdirectory]").set_input_files(write_pictures({PICTURE: 10, LINK: 12}, SET, side=48))
    page.locator(".st-key-card_set").get_by_text(SET).first.wait_for(timeout=90_000)
    views = page.locator(".st-key-card_views")
    for name in (PICTURE, LINK):
        views.get_by_text(name, exact=True).first.wait_for()
    for view in ("Checks", "Split", "Changes", "Left out", "Sizes", "Mosaic", "What the network gets", "Classes"):
        views.get_by_role("radio", name=view).click()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        page.wait_for_timeout(300)
        assert page.locator("a[href*=evil], img[src=x]").count() == 0, view
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), view

    page.get_by_role("button", name="Choose a network").click()
    field = page.get_by_role("spinbutton", name="Picture size")
    field.fill("64")
    field.press("Enter")
    field = page.get_by_role("spinbutton", name="Epochs in all")
    field.fill("2")
    field.press("Enter")
    page.locator(".st-key-card_plan").get_by_text("2", exact=True).first.wait_for(state="attached")
    page.locator(".thaw-crumb", has_text=SET).wait_for()
    page.get_by_role("button", name="Start training").click()
    wait_until(lambda: points(page) > 0, 90, "the first point of the curve")
    page.locator(".thaw-crumb", has_text=SET).wait_for()
    page.locator(".thaw-chip", has_text="Finished").wait_for(timeout=90_000)
    baseline = page.locator(".st-key-card_curves .annotation-text", has_text="always saying")
    said = baseline.text_content()
    assert any(name[:20] in said for name in (PICTURE, LINK))

    page.get_by_role("link", name="Look inside this run").click()
    page.locator(".st-key-strip [data-heat]").first.wait_for(timeout=60_000)
    page.locator(".thaw-crumb", has_text=SET).wait_for()
    facts = page.locator(".st-key-card_picture .thaw-facts")
    assert facts.locator("b").first.inner_text() in (PICTURE, LINK)
    chosen = page.get_by_test_id("stSelectbox").get_by_role("combobox")
    assert chosen.input_value().startswith(f"{SET} · ")

    page.goto(app.url)
    page.locator(".thaw-run", has_text=SET).wait_for()
    assert page.evaluate("window.__pwn") is None
    assert page.locator("a[href*=evil], img[src=x]").count() == 0
