"""A class is opened, its pictures are ticked and changed, and the cut is seen, with the mouse and with the keys."""

from dataclasses import replace

import pytest

from tlcore.data.marks import LeaveOut

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def pictures(app, read_sample, visitor):
    """The page of pictures of a person with the drawn shapes."""

    def go(**settings):
        workspace, _ = read_sample("shapes")
        (album,) = app.store.albums.of(workspace)
        app.store.drafts.keep(workspace, replace(app.store.drafts.of(workspace), album=album.id))
        page = visitor(workspace, **settings).new_page()
        page.goto(f"{app.url}/pictures")
        page.locator("button.class").first.wait_for()
        return page, lambda: app.store.albums.of(workspace)[0]

    return go


def ticked(page):
    return page.locator(".pick input:checked").count()


def test_a_class_is_opened_by_keys_and_its_ticked_pictures_left_out(pictures, wait_until):
    page, album = pictures()
    page.locator("button.class").first.focus()
    page.keyboard.press("Enter")
    boxes = page.locator(".pick input")
    boxes.first.wait_for()
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(4).click(modifiers=["Shift"])
    assert ticked(page) == 5
    page.get_by_text("5 ticked").wait_for()
    assert ticked(page) == 5, "an answer leaves the ticks as they are"
    page.get_by_role("button", name="Leave out").click()
    page.get_by_text("5 pictures of").wait_for()
    (mark,) = album().marks
    assert isinstance(mark, LeaveOut)
    assert len(mark.pictures) == 5
    wait_until(lambda: ticked(page) == 0, 10, "no ticks")


def test_a_phone_shows_a_picture_large_and_nothing_is_wider_than_the_page(pictures):
    page, _ = pictures(**PHONE)
    page.locator("button.class").nth(1).click()
    page.locator("button.thumb").nth(12).click()
    page.locator(".st-key-card_large").get_by_text("Where it lies").wait_for(timeout=60_000)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390


def test_what_the_network_gets_is_shown_with_its_cut_and_eight_epochs(pictures):
    page, _ = pictures()
    page.get_by_text("What the network gets").click()
    page.locator(".thaw-crop i").wait_for(timeout=60_000)
    page.get_by_text("Strong", exact=True).click()
    page.locator("figure.tile", has_text="epoch 8").wait_for(timeout=60_000)
    page.get_by_role("button", name="Use “strong” in the plan").click()
    page.get_by_role("button", name="Use “strong” in the plan").wait_for(state="detached")


def test_a_mosaic_is_downloaded_though_a_thumbnail_is_damaged(pictures):
    page, _ = pictures()
    page.get_by_role("radio", name="Mosaic").click()
    page.locator(".mosaic img").first.evaluate("picture => { picture.src = 'data:image/png;base64,AAAA'; }")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".jpg")
