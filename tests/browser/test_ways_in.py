"""The ways that pictures come in: a dropped folder, an archive, the camera, and what becomes of a cut-off upload."""

import re
from random import Random
from zipfile import ZipFile

import psutil
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILES = "input[type=file]:not([webkitdirectory]):not([capture])"


@pytest.fixture
def album(app, wait_until):
    """Wait until the visitor of a page has so many albums, and return the one that was changed last."""

    def newest(page, count=1, pictures=None, limit=60):
        workspace = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "thaw_workspace")

        def there():
            found = app.store.albums.of(workspace)
            return found[0] if len(found) == count and pictures in (None, found[0].pictures) else None

        wait_until(there, limit, f"{count} albums, one of {pictures} pictures")
        return there()

    return newest


@pytest.fixture
def counts(app):
    """Return how many pictures each class of an album has."""

    def read(album):
        manifest = app.store.albums.dataset(album).manifest
        totals = zip(manifest.counts("train"), manifest.counts("val"), strict=True)
        return dict(zip(manifest.classes, map(sum, totals), strict=True))

    return read


def drop(page, *paths):
    """Drop files and folders onto the zone, as a file manager does."""
    page.locator(".zone").scroll_into_view_if_needed()
    zone = page.locator(".zone").bounding_box()
    place = {"x": zone["x"] + zone["width"] / 2, "y": zone["y"] + zone["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def noise(path, megabytes):
    with path.open("wb") as file:
        for number in range(megabytes):
            file.write(Random(number).randbytes(1_000_000))
    return path


def waiting_uploads(app):
    return [folder.name for folder in app.store.intake.root.glob("*")]


def test_a_dropped_folder_is_sent_with_all_folders_in_it(app, page, write_pictures, album, counts, tmp_path):
    folder = write_pictures({"photos/by me/ants": 6, "photos/by me/bees": 4, "photos/by me/bees/close": 2})
    (folder / ".DS_Store").write_bytes(b"system")
    page.goto(f"{app.url}/pictures")
    page.locator(".zone").wait_for()
    drop(page, folder)
    page.get_by_text(re.compile("12 files sent, .* Left out: 1 hidden or system file")).wait_for()
    made = album(page)
    assert counts(made) == {"ants": 6, "bees": 6}
    assert waiting_uploads(app) == []

    # Loose pictures need a class, or a table that may say it.
    page.get_by_text("Added to pictures").click()
    loose = sorted((write_pictures({"loose": 3}, "more") / "loose").iterdir())
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    drop(page, *loose)
    page.get_by_text("Not sent: 3 files lie in no folder").wait_for()
    table = tmp_path / "labels.csv"
    table.write_text("file,label\n" + "".join(f"{path.name},ants\n" for path in loose))
    drop(page, *loose, table)
    page.get_by_text("0 of 3 files taken in.").wait_for()

    # They go into the class that is chosen for them.
    field = page.get_by_role("combobox", name="Their class")
    field.fill("ants")
    field.press("Enter")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    assert field.input_value() == "ants"
    drop(page, *loose)
    assert counts(album(page, pictures=15)) == {"ants": 9, "bees": 6}


def test_an_archive_is_sent_whole(app, page, write_pictures, album, counts, tmp_path):
    folder = write_pictures({"red": 5, "blue": 5})
    with ZipFile(tmp_path / "colours.zip", "w") as archive:
        for path in sorted(folder.rglob("*.jpg")):
            archive.write(path, path.relative_to(folder))
    page.goto(f"{app.url}/pictures")
    page.locator(FILES).set_input_files(tmp_path / "colours.zip")
    made = album(page)
    assert (made.name, counts(made)) == ("colours", {"blue": 5, "red": 5})


def test_an_upload_that_a_refresh_cuts_off_is_told_and_leaves_nothing(
    app, page, write_pictures, wait_until, album, counts, tmp_path
):
    page.goto(f"{app.url}/pictures")
    page.locator(FILES).set_input_files(noise(tmp_path / "large.zip", 100))
    page.get_by_text(re.compile(r"a second, about .* left")).wait_for()
    assert len(waiting_uploads(app)) == 1
    page.reload()
    page.get_by_text(re.compile("The upload of 1 file was cut off after .* drop the folder once more")).wait_for()
    wait_until(lambda: not waiting_uploads(app), 10, "what was sent is swept")
    drop(page, write_pictures({"ants": 4, "bees": 4}))
    assert counts(album(page)) == {"ants": 4, "bees": 4}
    page.reload()
    page.locator(".zone").wait_for()
    assert page.get_by_text("was cut off").count() == 0


def test_an_upload_that_is_cancelled_leaves_nothing(app, page, wait_until, tmp_path):
    page.goto(f"{app.url}/pictures")
    page.locator(FILES).set_input_files(noise(tmp_path / "large.zip", 100))
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled. Nothing of it was kept.").wait_for()
    wait_until(lambda: not waiting_uploads(app), 10, "what was sent is swept")


def test_an_upload_goes_on_when_the_server_is_there_again(app, page, write_pictures, album, counts, tmp_path):
    folder = write_pictures({"red": 5, "blue": 5})
    with ZipFile(tmp_path / "colours.zip", "w") as archive:
        for path in sorted(folder.rglob("*.jpg")):
            archive.write(path, path.relative_to(folder))
        archive.write(noise(tmp_path / "notes.txt", 60), "notes.txt")
    page.goto(f"{app.url}/pictures")
    page.locator(FILES).set_input_files(tmp_path / "colours.zip")
    page.get_by_text(re.compile(r"a second, about .* left")).wait_for()
    app.kill()
    page.get_by_text(re.compile("No answer from Thaw for .* It goes on by itself")).wait_for()
    app.start()
    assert counts(album(page, limit=90)) == {"blue": 5, "red": 5}


def test_pictures_are_shrunk_upright_where_somebody_wants_that(app, page, write_pictures, album):
    folder = write_pictures({"ants": 2, "bees": 2}, side=1600)
    tall = Image.new("RGB", (1600, 400), "white")
    tall.paste("black", (0, 0, 400, 400))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    tall.save(folder / "ants" / "turned.jpg", exif=exif)
    Image.effect_noise((300, 200), 90).save(folder / "ants" / "small.png")
    page.goto(f"{app.url}/pictures")
    page.get_by_role("checkbox", name="Shrink before sending").check()
    drop(page, folder)
    page.get_by_text(re.compile("6 files sent, shrunk from .* to ")).wait_for()
    survey = app.store.albums.survey(album(page))
    sizes = {fact.path: (fact.kind, fact.width, fact.height) for fact in survey.facts}
    assert sizes["pictures/ants/small.png"] == ("PNG", 300, 200)
    assert sizes["pictures/bees/0.jpg"] == ("JPEG", 1024, 1024)
    assert sizes["pictures/ants/turned.jpg"] == ("JPEG", 256, 1024)
    (turned,) = (fact for fact in survey.facts if fact.path.endswith("turned.jpg"))
    with Image.open(app.store.blobs.path(turned.id)) as picture:
        assert picture.getpixel((128, 50)) < (40, 40, 40)
        assert picture.getpixel((128, 900)) > (215, 215, 215)


def test_two_classes_are_recorded_by_holding(app, page, album, wait_until):
    page.goto(f"{app.url}/pictures")
    page.get_by_text("Webcam", exact=True).click()
    page.get_by_role("button", name="Switch the camera on").click()
    page.get_by_role("button", name="Switch the camera off").wait_for()
    page.get_by_label("Name of class 1").fill("Thumb / up")
    page.get_by_label("Name of class 2").fill("<b>down")
    make = page.get_by_role("button", name="Make a set of them")
    assert make.is_disabled()
    hold = page.get_by_role("button", name="Hold to record Thumb / up")
    hold.hover()
    page.mouse.down()
    wait_until(lambda: page.locator(".shot").count() >= 6, 10, "six pictures while the mouse is down")
    page.mouse.up()
    page.get_by_role("button", name="Hold to record <b>down").focus()
    page.keyboard.down("Space")
    wait_until(lambda: page.locator(".shot").count() >= 12, 20, "six more while the space bar is down")
    page.keyboard.up("Space")
    page.wait_for_timeout(500)
    recorded = page.locator(".shot").count()
    page.wait_for_timeout(500)
    assert page.locator(".shot").count() == recorded, "nothing is recorded once the key is up"

    page.get_by_role("button", name="Delete picture 1 of Thumb / up").click()
    first, second = (int(text.split()[0]) for text in page.locator(".row .count").all_inner_texts())
    assert first + second == recorded - 1
    make.click()
    made = album(page)
    manifest = app.store.albums.dataset(made).manifest
    assert set(manifest.classes) == {"Thumb up", "<b>down"}
    survey = app.store.albums.survey(made)
    assert sum(fact.path.startswith("Thumb") for fact in survey.facts) == first
    assert sum(fact.path.startswith("<b>") for fact in survey.facts) == second
    assert {(fact.kind, fact.width, fact.height) for fact in survey.facts} == {("JPEG", 480, 480)}


def test_a_phone_records_by_touch_and_keeps_what_it_has_while_one_looks_elsewhere(app, visitor, wait_until):
    page = visitor(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    page.goto(f"{app.url}/pictures")
    page.get_by_text("Webcam", exact=True).tap()
    page.get_by_role("button", name="Switch the camera on").tap()
    page.get_by_role("button", name="Switch the camera off").wait_for()
    hold = page.get_by_role("button", name="Hold to record Class 2")
    hold.scroll_into_view_if_needed()
    place = hold.bounding_box()
    finger = page.context.new_cdp_session(page)
    touch = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
    wait_until(lambda: page.locator(".shot").count() >= 4, 10, "four pictures while the finger is down")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(400)
    recorded = page.locator(".shot").count()
    page.get_by_text("Folder or files", exact=True).tap()
    page.locator(".zone").wait_for()
    page.get_by_text("Webcam", exact=True).tap()
    page.locator(".shot").first.wait_for()
    assert page.locator(".shot").count() == recorded
    assert not page.locator("video").is_visible(), "the camera is off once one has looked elsewhere"


def test_a_camera_that_is_not_allowed_is_told_and_photographs_will_do(app, page, write_pictures, album, counts):
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.goto(f"{app.url}/pictures")
    page.get_by_text("Webcam", exact=True).click()
    page.get_by_role("button", name="Switch the camera on").click()
    page.get_by_text("The browser may not use the camera.").wait_for()
    folder = write_pictures({"a": 3, "b": 2})
    for place, name in enumerate(("ants", "bees")):
        page.get_by_label(f"Name of class {place + 1}").fill(name)
        files = sorted((folder / "ab"[place]).iterdir())
        page.locator("input[capture]").nth(place).set_input_files(files)
    page.get_by_role("button", name="Make a set of them").click()
    assert counts(album(page)) == {"ants": 3, "bees": 2}


def test_five_hundred_megabytes_leave_the_memory_of_the_app(app, page, wait_until, tmp_path):
    large = noise(tmp_path / "large.zip", 500)
    page.goto(f"{app.url}/pictures")
    page.locator(".zone").wait_for()
    server = psutil.Process(app._server.pid)
    before = server.memory_info().rss
    page.locator(FILES).set_input_files(large)
    page.get_by_text("1 file sent, 500 MB.").wait_for(timeout=120_000)
    page.get_by_text("This did not work").wait_for(timeout=60_000)
    wait_until(lambda: server.memory_info().rss < before + 150e6, 30, "the memory is back")
