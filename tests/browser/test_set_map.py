"""The map of a set in the browser: drawn around, clicked, walked over with the arrow keys, there when one is back."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]

VIEW = "Map of the set"


def test_what_is_drawn_around_stands_below_and_is_still_there_after_another_view(app, visitor, read_sample):
    workspace, _ = read_sample("digits")
    page = visitor(workspace).new_page()
    page.goto(f"{app.url}/inside")
    page.get_by_text(VIEW, exact=True).click()
    plane = page.locator("canvas")
    plane.wait_for(timeout=120_000)
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    # A lasso around everything.
    corners = [(5, 5), (box["width"] - 5, 5), (box["width"] - 5, box["height"] - 5), (5, box["height"] - 5), (5, 60)]
    for place, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
        if not place:
            page.mouse.down()
    page.mouse.up()
    page.get_by_text("600 pictures:").wait_for()
    # The arrow keys go over the marks, Enter chooses one.
    plane.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("heading", name="Its nearest others").wait_for()
    assert page.locator(".tip").is_visible()
    page.get_by_text("What it sees", exact=True).click()
    page.get_by_text("600 pictures:").wait_for(state="detached")
    page.get_by_text(VIEW, exact=True).click()
    page.get_by_text("600 pictures:").wait_for()
    page.get_by_role("button", name="Select none").click()
    page.get_by_text("600 pictures:").wait_for(state="detached")
