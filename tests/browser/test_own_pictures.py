"""A person's own pictures, from the folder to a number that can be reproduced elsewhere."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from tlcore.config import Phase
from tlcore.events import Checkpointed, Evaluated, Stopped

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STRAY = "imageNotFound.gif"
EVALUATE = """
import io, json, runpy, sys
from contextlib import redirect_stdout
from pathlib import Path
right = count = 0
for folder in sorted(Path(sys.argv[1]).iterdir()):
    for path in sorted(folder.iterdir()):
        sys.argv[1:] = [str(path)]
        with redirect_stdout(io.StringIO()) as said:
            runpy.run_path("predict.py")
        right, count = right + (said.getvalue().split()[0] == folder.name), count + 1
print(json.dumps([right, count]))
"""
"""The script that was taken along, run as it is on every picture of a folder with one folder per class."""


@pytest.fixture
def folder(write_pictures):
    """Ants and bees where the environment names them, else drawn pictures; each with one GIF that is no picture."""
    named = os.environ.get("THAW_TEST_DATA")
    if named and Path(named, "hymenoptera").is_dir():
        return Path(named, "hymenoptera")
    made = write_pictures({f"{split}/{name}": count for split, count in (("train", 24), ("val", 8)) for name in "ab"})
    Image.new("L", (1, 1)).save(made / "train" / "a" / STRAY)
    return made


def count(folder, *suffixes):
    return sum(path.suffix in suffixes for path in folder.rglob("*.*"))


def channels(page):
    return page.locator(".st-key-channels [data-heat]").evaluate_all("tiles => tiles.map(tile => tile.dataset.heat)")


def test_own_pictures_become_a_network_that_answers_the_same_elsewhere(app, page, points, wait_until, folder, tmp_path):
    learn, check = (count(folder / split, ".jpg", ".jpeg") for split in ("train", "val"))
    no_pictures = count(folder, ".gif", ".md")

    # Pictures: the folder goes through the browser's own file chooser.
    page.goto(f"{app.url}/pictures")
    page.locator("input[webkitdirectory]").set_input_files(folder)
    numbers = page.locator(".st-key-card_set .thaw-numbers")
    numbers.get_by_text(f"{learn}", exact=True).wait_for(timeout=90_000)
    assert numbers.locator("b").all_inner_texts() == ["2", f"{learn}", f"{check}", f"{no_pictures}"]
    left_out = page.locator(".st-key-card_views")
    left_out.get_by_role("radio", name="Left out", exact=True).click()
    left_out.scroll_into_view_if_needed()
    files = left_out.locator(".thaw-files").first.locator("li")
    files.first.wait_for()
    assert files.count() == no_pictures
    assert files.get_by_text(STRAY, exact=True).count() == 1

    # Network: two blocks thaw by a click, one rate is typed, one is set with the keyboard on its slider.
    page.get_by_role("button", name="Choose a network").click()
    for block in ("blocks.5", "blocks.6"):
        assert page.locator(f"[data-block='{block}']").get_attribute("data-state") == "frozen"
        page.get_by_role("button", name=f"Thaw {block}", exact=True).click()
        page.locator(f"[data-block='{block}'][data-state=learning]").wait_for()
    typed = page.get_by_role("textbox", name="Rate of blocks.5, typed")
    typed.fill("0,00007")
    typed.press("Enter")
    slider = page.get_by_role("slider", name="Rate of blocks.6", exact=True)
    slider.focus()
    slider.press("Home")
    for _ in range(3):
        slider.press("PageUp")
    slider.press("ArrowRight")
    workspace = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "thaw_workspace")

    def rates() -> dict[str, float]:
        (phase,) = app.store.drafts.of(workspace).phases
        return {block: rate for block, rate in phase.rates.items() if rate}

    planned = {"blocks.5": 0.00007, "blocks.6": 0.002, "head": 0.001}
    wait_until(lambda: rates() == planned, 10, f"the rates {planned}")
    for label, name, value in (("Epochs in all", "epochs", 12), ("Picture size", "image_size", 96)):
        field = page.locator(".st-key-card_settings").get_by_role("spinbutton", name=label)
        field.fill(str(value))
        field.press("Enter")
        wait_until(lambda: getattr(app.store.drafts.of(workspace), name) == value, 10, label)  # noqa: B023
    plan = page.locator(".st-key-card_plan")
    plan.get_by_text("The groups that the optimizer will hold").click()
    plan.locator("[data-testid=glide-cell-0-0]").wait_for(state="attached")
    shown = {}
    for row in range(8):
        block, rate = (plan.locator(f"[data-testid=glide-cell-{column}-{row}]").inner_text() for column in range(2))
        shown[block] = rate
    frozen = {block: "0 (frozen)" for block in shown if block not in planned}
    assert shown == {**frozen, "blocks.5": "0.00007", "blocks.6": "0.002", "head": "0.001"}

    # Train: the curve grows, a refresh loses nothing, a stop keeps the best.
    page.get_by_role("button", name="Start training").click()
    wait_until(lambda: points(page) > 0, 30, "the first point of the curve")
    (run,) = app.store.runs.newest(5)
    assert run.config.schedule == (Phase(epochs=12, rates={**run.config.schedule[0].rates, **planned}),)
    assert run.config.loader.image_size == 96
    before = points(page)
    wait_until(lambda: points(page) > before, 30, "a longer curve")
    page.reload()
    wait_until(lambda: points(page) > before, 30, "the curve after a refresh")
    assert page.url.endswith(f"/train?run={run.id}")

    def happened(kind) -> list:
        return [entry.event for entry in app.store.runs.events(run.id) if isinstance(entry.event, kind)]

    wait_until(lambda: len(happened(Evaluated)) >= 2, 120, "two epochs")
    page.get_by_role("button", name="Stop and keep the best").click()
    page.locator(".thaw-chip", has_text="Stopped").wait_for(timeout=30_000)
    assert happened(Stopped)

    # Take along: in a fresh process, without Thaw, the kept weights are right as often as the page said.
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download, ").click()
    assert coming.value.suggested_filename.endswith(f"{run.id[:8]}.zip")
    away = tmp_path / "away"
    with ZipFile(coming.value.path()) as archive:
        archive.extractall(away)
    kept = next(one for one in happened(Evaluated) if one.epoch == happened(Checkpointed)[-1].epoch)
    assert f"{kept.right} of {kept.count}" in page.locator(".st-key-card_progress").inner_text()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def python(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=away, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert json.loads(python("-c", EVALUATE, str(folder / "val"))) == [kept.right, kept.count]

    # Look inside: a map for every block; choosing one shows its strongest channels.
    page.get_by_role("link", name="Look inside this run").click()
    strip = page.locator(".st-key-strip [data-heat]")
    strip.first.wait_for(timeout=60_000)
    assert strip.count() >= 7
    looked = []
    for block in ("stem", "blocks.3", "blocks.6"):
        page.locator(f".st-key-strip [data-heat='{block}']").click()
        page.locator(".st-key-card_channels").get_by_role("heading", name=block).wait_for()
        wait_until(lambda: channels(page) and channels(page) not in looked, 10, f"the channels of {block}")
        looked.append(channels(page))
