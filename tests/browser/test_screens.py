"""Every page on a phone and in the dark, with a set, a finished run and a run that failed in its lists."""

import pytest

from tlcore.events import Evaluated, Failed, Finished, PhaseStarted, Started, Stepped
from tlcore.ui.launching import demo_config

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("start", "pictures", "network", "train", "inside")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DARK = "rgb(13, 20, 27)"
LIGHT = "rgb(255, 255, 255)"


@pytest.fixture
def settled(app, read_sample):
    """The workspace of a person who has trained the demo, and once failed to."""
    workspace, digits = read_sample("digits")
    config = demo_config(digits.digest)
    started = Started(
        device="CPU, 2 cores",
        backbone="EfficientNet-Lite0",
        weights="ImageNet",
        classes=digits.classes,
        train_counts=digits.counts("train"),
        val_counts=digits.counts("val"),
        parameters=3_400_000,
        epochs=config.epochs,
        steps_per_epoch=15,
        versions={},
    )
    phases = [
        PhaseStarted(phase=number, epoch=epoch, rates=dict(phase.rates), learning=1000)
        for number, (epoch, phase) in enumerate(zip((0, 3), config.schedule, strict=True))
    ]
    happened = [started, phases[0]]
    for step in range(1, 15 * config.epochs + 1):
        happened.append(Stepped(step=step, loss=2.3 / step**0.3, right=20, count=32, seconds=step / 5))
        if step % 15 == 0:
            epoch = step // 15
            happened.append(
                Evaluated(
                    epoch=epoch,
                    step=step,
                    loss=2.0 / epoch,
                    right=60 + 6 * epoch,
                    count=120,
                    train_loss=2.0 / epoch,
                    train_right=300,
                    train_count=480,
                    seconds=step / 5,
                )
            )
        if step == 45:
            happened.append(phases[1])
    failed = Failed(sentence="The loss is no number any more.", advice="Try a lower rate for the blocks that learn.")
    for nonce, end in (("0" * 32, failed), ("1" * 32, Finished(seconds=30.0))):
        run = app.store.runs.submit(config, workspace, nonce)
        app.store.runs.append(run.id, [*happened, end])
    return workspace


@pytest.fixture
def opened(app, settled, visitor):
    """Open a page and wait until nothing on it is under way."""

    def open_page(name, **settings):
        page = visitor(settled, **settings).new_page()

        def go(name):
            page.goto(f"{app.url}/{name}")
            page.get_by_test_id("stApp").and_(page.locator("[data-test-script-state=notRunning]")).wait_for()
            page.wait_for_function("document.querySelector('.thaw-device')", timeout=30_000)
            if name == "train":
                page.locator(".js-plotly-plot").first.wait_for()
            if name == "inside":
                page.locator(".st-key-strip [data-heat]").first.wait_for(timeout=60_000)
            return page

        page.go = go
        return go(name)

    return open_page


def beyond(page):
    """Return by how many pixels a page is wider than its window."""
    return page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid=stMain]');
            const root = document.documentElement;
            return Math.max(root.scrollWidth - root.clientWidth, main.scrollWidth - main.clientWidth);
        }"""
    )


def test_no_page_scrolls_sideways_on_a_phone(opened):
    page = opened("start", **PHONE)
    wide = {}
    for name in PAGES:
        page.go(name)
        page.wait_for_timeout(500)
        wide[name] = beyond(page)
    assert wide == dict.fromkeys(PAGES, 0)


def test_both_themes_are_drawn_on_every_page(opened):
    for scheme, ground in (("light", LIGHT), ("dark", DARK)):
        page = opened("start", color_scheme=scheme)
        for name in PAGES:
            page.go(name)
            colour = page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
            assert colour == ground, (scheme, name)
            assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme, name
