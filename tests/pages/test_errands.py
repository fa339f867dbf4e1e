"""An errand on a page: how far it is, how long it will take, and a way to end it."""

from types import SimpleNamespace

from tlcore.errands import CANCELLED, ReadUpload
from tlcore.store.claims import Claimant
from tlcore.store.errands import AT_A_TIME
from tlcore.ui import errand_view

UPLOAD = "0123456789abcdef" * 2


def test_reading_tells_how_far_it_is_and_how_long_it_will_take(store, person, open_page, monkeypatch):
    errand = store.errands.add(ReadUpload(upload=UPLOAD, name="set", seed=0), person)
    page = open_page("pictures")
    assert "Reading the pictures: getting ready" in told(page)
    store.errands.claim(errand.id, Claimant.here())
    store.errands.report(errand.id, 1000, 10_000)
    clock = [100.0]
    monkeypatch.setattr(errand_view, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    assert "1,000 of 10,000" in told(page.run())
    clock[0] += 10
    store.errands.report(errand.id, 3000, 10_000)
    assert "3,000 of 10,000, about 35 s left" in told(page.run())


def test_reading_is_cancelled_on_the_page_and_that_is_told(store, person, open_page, words):
    errand = store.errands.add(ReadUpload(upload=UPLOAD, name="set", seed=0), person)
    store.errands.claim(errand.id, Claimant.here())
    page = open_page("pictures")
    page.button(key=f"cancel_{errand.id}").click().run()
    assert store.errands.get(errand.id).cancelled is not None
    assert "Cancelling" in told(page)
    assert page.button(key=f"cancel_{errand.id}").disabled
    store.errands.fail(errand.id, CANCELLED)
    said = words(page.run())
    assert CANCELLED in said
    assert "This did not work" not in said


def test_a_page_says_that_others_come_first(store, person, open_page):
    for number in range(AT_A_TIME):
        errand = store.errands.add(ReadUpload(upload=f"{number}", name="set", seed=0), "somebody else")
        store.errands.claim(errand.id, Claimant.here())
    errand = store.errands.add(ReadUpload(upload=UPLOAD, name="set", seed=0), person)
    page = open_page("pictures")
    assert "waiting for others’ pictures" in told(page)
    assert not page.button(key=f"cancel_{errand.id}").disabled


def test_a_page_says_when_it_is_too_late_to_cancel(store, person, open_page):
    errand = store.errands.add(ReadUpload(upload=UPLOAD, name="set", seed=0), person)
    store.errands.claim(errand.id, Claimant.here())
    store.errands.seal(errand.id)
    page = open_page("pictures")
    assert "too late to cancel" in told(page)
    assert page.button(key=f"cancel_{errand.id}").disabled


def told(page):
    return " ".join(str(element.proto) for element in page.main.get("progress"))
