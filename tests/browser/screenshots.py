"""Draws the README's pictures from the running app, with sample pictures only: python tests/browser/screenshots.py"""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from conftest import DESKTOP, FLAGS, ROOT, RunningApp, chromium_path
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tlcore.ui.components.visitor import COOKIE

IMAGES = ROOT / ".github" / "images"
PHONE = {"width": 390, "height": 844}
MOST_BYTES = 250_000
MAPS = ("resnet18", "vgg16", "efficientnet_b0", "vit_b_16", "swin_t")


def draw(browser: Browser, app: RunningApp) -> None:
    """Train the demo, then go through the pages."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(app.url)
    page.get_by_text("Ready to train").wait_for()
    page.get_by_role("button", name="Train a demo now").click()
    page.locator(".thaw-chip", has_text="Finished").wait_for(timeout=300_000)
    train = page.url
    scroll_to(page, "card_progress")
    keep(page, "train")

    page.get_by_role("link", name="Look inside this run").click()
    page.locator(".st-key-overlay img").first.wait_for()
    keep(page, "inside")

    page.goto(f"{app.url}/pictures")
    page.locator(".st-key-card_views img").first.wait_for()
    scroll_to(page, "card_set")
    keep(page, "pictures")

    page.goto(f"{app.url}/network")
    page.locator(".st-key-card_map").get_by_text("Gradual thawing", exact=True).click()
    page.get_by_role("button", name="Phase 2").click()
    page.locator("[data-block='blocks.6'][data-state=learning]").wait_for()
    scroll_to(page, "card_map")
    keep(page, "network")

    for name in MAPS:
        # The shape of a network is in the catalog; its weights need not be here.
        draft = app.store.drafts.of(workspace(context)).on(name).by_strategy("gradual")
        app.store.drafts.keep(workspace(context), draft)
        page.goto(f"{app.url}/network")
        page.locator(".st-key-card_map").get_by_role("button", name="Phase 2").click()
        page.locator("[data-block=head][data-state=learning]").wait_for()
        scroll_to(page, "card_map")
        keep(page, f"map-{name}")

    page.goto(app.url)
    page.locator(".thaw-run").wait_for()
    keep(page, "start")

    for name, size, scheme in (("train-dark", DESKTOP, "dark"), ("train-phone", PHONE, "light")):
        other = browser.new_context(viewport=size, color_scheme=scheme, storage_state=context.storage_state())
        page = other.new_page()
        page.goto(train)
        page.locator(".st-key-card_curves .js-plotly-plot").wait_for()
        if size == DESKTOP:
            scroll_to(page, "card_progress")
        keep(page, name)
        other.close()
    context.close()


def workspace(context: BrowserContext) -> str:
    """Return the workspace of a visitor."""
    return next(cookie["value"] for cookie in context.cookies() if cookie["name"] == COOKIE)


def scroll_to(page: Page, key: str) -> None:
    """Bring the top of a card to the top of the window, with a little air above it."""
    page.locator(f".st-key-{key}").evaluate(
        "card => { card.style.scrollMarginTop = '16px'; card.scrollIntoView({block: 'start'}); }"
    )


def keep(page: Page, name: str) -> None:
    """Write what the window shows, once the page is at rest, as a small PNG."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1_000)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    path = IMAGES / f"{name}.png"
    shot.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        shot.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Start the app on an empty home, draw, and end it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        app = RunningApp(Path(home, "home"))
        try:
            app.start()
            draw(browser, app)
        finally:
            app.close()
            browser.close()


if __name__ == "__main__":
    main()
