"""Processes that die in the middle of a run: the page says so, or goes on as if nothing had happened."""

import psutil
import pytest

from tlcore.controls import Stop
from tlcore.events import Stepped

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def begin_demo(app, points, wait_until):
    """Start the demo and wait for its first point; return the run."""

    def begin(page):
        page.goto(app.url)
        page.get_by_role("button", name="Train a demo now").click()
        page.wait_for_url("**/train?run=*")
        wait_until(lambda: points(page) > 0, 90, "the first point of the curve")
        (run,) = app.store.runs.newest(1)
        assert run.id in page.url
        return run

    return begin


def steps(app, run):
    return sum(isinstance(entry.event, Stepped) for entry in app.store.runs.events(run.id))


def test_a_killed_worker_is_told_within_seconds_and_the_next_run_starts(app, page, begin_demo, wait_until):
    lost = begin_demo(page)
    ((worker, _),) = app.store.processes.living("worker")
    process = psutil.Process(worker.pid)
    assert "tlcore work" in " ".join(process.cmdline())
    process.kill()
    seconds = wait_until(page.locator(".thaw-chip", has_text="Interrupted").is_visible, 10, "Interrupted")
    print(f"\ninterrupted was told after {seconds:.1f} s")
    assert page.get_by_role("button", name="Stop").count() == 0
    assert begin_demo(page).id != lost.id


def test_a_run_outlives_the_server_and_open_pages_find_it_again(app, page, visitor, begin_demo, points, wait_until):
    run = begin_demo(page)
    app.kill()
    before = steps(app, run)
    wait_until(lambda: steps(app, run) > before, 30, "the run goes on without the server")
    shown = points(page)
    app.start()
    seconds = wait_until(lambda: points(page) > shown, 60, "the open page finds the app again")
    print(f"\nthe open page went on after {seconds:.1f} s")
    assert run.id in page.url
    page.close()

    app.kill()
    app.start()
    deep = visitor(storage_state=page.context.storage_state()).new_page()
    deep.goto(f"{app.url}/train?run={run.id}")
    wait_until(lambda: points(deep) >= shown, 60, "the curve behind a deep link to a new server")
    navigation = deep.get_by_test_id("stSidebarNav")
    names = navigation.get_by_role("link").all_inner_texts()
    assert names == ["Start", "Pictures", "Network", "Train", "Look inside"]
    navigation.get_by_role("link", name="Pictures").click()
    deep.get_by_role("heading", name="Pictures", exact=True).wait_for()
    app.store.runs.ask(run.id, Stop())
