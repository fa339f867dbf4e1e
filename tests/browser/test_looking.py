"""A visitor looks inside: a channel over the picture, what excites it in the set, a snapshot, and a broken upload."""


def test_a_visitor_looks_at_channels_and_brings_pictures(app, read_sample, visitor, wait_until):
    workspace, manifest = read_sample("digits")
    page = visitor(workspace).new_page()
    page.goto(f"{app.url}/inside")
    channels = page.locator(".st-key-card_channels [data-heat]")
    channels.first.wait_for(timeout=60_000)
    number = channels.nth(2).get_attribute("data-heat")
    channels.nth(2).click()
    over = page.locator(".st-key-card_overlay")
    over.get_by_role("img", name=f"Channel {number} of").wait_for()
    over.get_by_role("button", name="Find them in the set").click()
    exciting = over.locator("[data-thumb]")
    exciting.first.wait_for(timeout=60_000)
    assert exciting.count() == 6
    chosen = exciting.nth(1).get_attribute("data-thumb")
    assert chosen in {example.id for example in manifest.examples}
    exciting.nth(1).get_by_role("button").click()
    page.locator(".st-key-card_picture").get_by_text("Labelled").wait_for()

    page.get_by_role("button", name="Bring your own").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "letter.png", "mimeType": "image/png", "buffer": b"Dear all, this is no picture."}
    )
    page.get_by_text("It is no picture").wait_for()
    assert app.store.own.of(workspace) == []
    page.get_by_text("Use the camera").click()
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    page.get_by_role("button", name="Take Photo").click()
    wait_until(lambda: app.store.own.of(workspace), 20, "the snapshot is kept")
    page.locator(".st-key-card_picture").get_by_text("your own", exact=True).wait_for()
    channels.first.wait_for(timeout=60_000)
