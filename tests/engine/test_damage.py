"""Weights and save points that are damaged, or another network's: told before use; what can be computed is."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.damages import FLIPS, TRUNCATIONS, damages
from tlcore.engine.assemble import assemble, assemble_checkpoint
from tlcore.engine.runtime import choose_runtime
from tlcore.engine.saving import Saver
from tlcore.engine.work import carry_out
from tlcore.errors import DamagedError, WeightsError
from tlcore.events import Checkpointed, Saved, Started, Stepped
from tlcore.store.claims import Claimant
from tlcore.takeaway import pack

SIZE = 32
SMALL, OTHER = "shufflenet_v2_x0_5", "squeezenet1_1"


@pytest.fixture
def kept(store, dataset, plan, carried_out):
    """Train a network; return its newest weights, and the content of its last save point."""

    def train(name):
        points = {}

        def look(_run, event):
            if isinstance(event, Saved):
                points[event] = store.points.path(event.sha256).read_bytes()

        _, events = carried_out(plan(dataset, name=name, epochs=3, size=SIZE), look)
        return [event for event in events if isinstance(event, Checkpointed)][-1], points

    return train


def put_together(store, sha256, name=SMALL):
    classes = ("blue", "green", "red")
    return assemble_checkpoint(store, name, "scratch", sha256, classes, SIZE, choose_runtime("cpu"))


def test_damaged_weights_are_told_before_use_and_stay(store, kept):
    best, _ = kept(SMALL)
    path = store.blobs.path(best.sha256)
    content = path.read_bytes()
    for damaged in damages(content):
        path.write_bytes(damaged)
        with pytest.raises(DamagedError, match="is damaged"):
            put_together(store, best.sha256)
        assert path.read_bytes() == damaged
    with pytest.raises(DamagedError):
        assemble(store, SMALL, best.sha256, ("blue", "red"), SIZE, 0, choose_runtime("cpu"))


def test_weights_of_another_network_are_told(store, kept):
    (best, _), (other, _) = kept(SMALL), kept(OTHER)
    with pytest.raises(WeightsError, match="do not fit ShuffleNet"):
        put_together(store, other.sha256)
    store.blobs.path(best.sha256).write_bytes(store.blobs.path(other.sha256).read_bytes())
    with pytest.raises(DamagedError):
        put_together(store, best.sha256)


def test_a_run_goes_on_from_the_newest_save_point_that_is_whole(store, kept):
    _, points = kept(SMALL)
    (older, good), (newer, content) = points.items()
    paths = [store.points._target(saved.sha256) for saved in (older, newer)]
    for damaged in damages(content):
        paths[1].write_bytes(damaged)
        saver = Saver(store, [older, newer])
        assert saver.damaged
        assert saver.point is None
        assert paths[1].read_bytes() == damaged
    paths[0].write_bytes(good)
    saver = Saver(store, [older, newer])
    assert saver.point.standing.epoch == older.epoch
    assert not saver.damaged
    assert saver.taken_again == older
    assert all(path.exists() for path in paths)
    paths[1].write_bytes(content)
    saver = Saver(store, [older, newer])
    assert saver.point.standing.epoch == newer.epoch
    assert saver.taken_again is None


def test_an_older_save_point_that_a_run_goes_on_from_is_kept_for_it_from_then_on(store, dataset, plan):
    """Before anything else is done: until the next one is saved, this is all that the run has."""
    run = store.runs.submit(plan(dataset, name=SMALL, epochs=3, size=SIZE), "person", "once", Claimant.here()).id
    content = {}

    def look(event):
        if isinstance(event, Saved):
            content[event.sha256] = store.points.path(event.sha256).read_bytes()
        if isinstance(event, Stepped) and len(content) == 2:
            raise DamagedError("Cut off.", "")

    carry_out(store, run, look)
    older, newer = content
    for sha256, bytes_ in ((older, content[older]), (newer, b"damaged")):
        store.points._target(sha256).write_bytes(bytes_)
    assert store.runs.resume(run, Claimant.here())

    def tidy(event):
        if isinstance(event, Started):
            store.tidy()
            raise DamagedError("Cut off again.", "")

    carry_out(store, run, tidy)
    assert store.runs.points(needed=True) == {older}
    assert [sha256 for sha256, _ in store.points.all()] == [older]


def test_a_damaged_zip_is_noticed_by_whoever_unpacks_it(store, kept):
    best, _ = kept(SMALL)
    packed = pack(store.blobs.path(best.sha256))

    def unpacked(content):
        with ZipFile(BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    whole, noticed = unpacked(packed), 0
    for damaged in damages(packed):
        try:
            found = unpacked(damaged)
        except Exception:
            noticed += 1
            continue
        assert list(found.values()) == list(whole.values()), "what it unpacks to is what was packed"
    assert noticed >= TRUNCATIONS + FLIPS // 2
