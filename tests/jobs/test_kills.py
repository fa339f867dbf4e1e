"""Fifty workers are killed, at any moment and in the middle of what they write: nothing that was kept is lost."""

import json
import os
import sqlite3
import time
from collections import Counter, deque
from contextlib import closing
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from random import Random

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from tests.jobs.killing import MOMENTS, House, Nobody
from tlcore.catalog.backbones import backbone
from tlcore.config import Phase
from tlcore.data.collect import look_here
from tlcore.engine.standing import SavePoint
from tlcore.events import Finished, Saved, Started, Stepped
from tlcore.history import History
from tlcore.jobs import supervisor as supervising
from tlcore.records import to_json
from tlcore.store.reading import Reader

pytestmark = pytest.mark.slow

SEED = 2026


NETWORK = "shufflenet_v2_x0_5"


BLOCKS = [block.name for block in backbone(NETWORK).blocks]


CLASSES, PER_CLASS, SIDE, BATCH, STEPS = ("blue", "green", "red"), 25, 40, 3, 20


SCHEDULE = (
    Phase(epochs=2, rates={"head": 0.01}),
    Phase(epochs=1, rates=dict.fromkeys(BLOCKS[-2:], 0.001)),
    Phase(epochs=2, rates=dict.fromkeys(BLOCKS, 0.001)),
)


@pytest.fixture(scope="module")
def many_pictures(tmp_path_factory):
    """Pictures for twenty steps in an epoch."""
    root = tmp_path_factory.mktemp("many")
    for name in CLASSES:
        (root / name).mkdir()
        for number in range(PER_CLASS):
            content = Random(f"{name} {number}").randbytes(3 * SIDE * SIDE)
            Image.frombytes("RGB", (SIDE, SIDE), content).save(root / name / f"{number}.png")
    return root


@pytest.fixture
def house(store, tmp_path, monkeypatch):
    """A store with a supervisor whose workers cost nothing to start."""
    house = House(store, tmp_path)
    monkeypatch.setattr(supervising, "start", lambda *_, **__: house.start())
    monkeypatch.setattr(supervising, "_REST", 0.0)
    monkeypatch.setattr(house.supervisor, "_desk", Nobody())
    yield house
    house.supervisor.close()


def aims():
    """Return the kills, run by run: six at any moment, four at what is saved, one at rows."""
    draw = Random(SEED)
    bests, points = list(MOMENTS)[1:4], list(MOMENTS)[4:7]
    for number in range(5):
        early = ["rows are written", *[bests[at] for at in range(3) if at != number % 3]]
        late = [*[points[at] for at in range(3) if at != number % 3], *["any moment"] * 5]
        yield ["any moment", *early, *draw.sample(late, len(late))]


def sha256_of(path):
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def check_store(house, run):
    """What must be so after any kill."""
    store = house.store
    with closing(sqlite3.connect(store.home / "thaw.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    kept = [(run, type(event).__name__, to_json(event)) for event in house.events(run, object)]
    noted = [tuple(line.split(" ", 2)) for line in (house.notes / "acknowledged").read_text().splitlines()]
    left = iter(kept)
    assert all(line in left for line in noted if line[0] == run), "an acknowledged row is lost"
    history = History.of(store.runs.events(run))
    if history.checkpoint is not None:
        path = store.blobs.path(history.checkpoint.sha256)
        assert sha256_of(path) == history.checkpoint.sha256
        assert load_file(path)
    if history.saved is not None:
        path = store.points.path(history.saved.sha256)
        assert sha256_of(path) == history.saved.sha256
        assert SavePoint.read(path).tensors


def rows_kept(store):
    """Return every row of every beginning that is kept, by its key and the name of its picture."""
    found = {}
    for path in (store.home / "beginnings").glob("*.json"):
        file, names = store.beginnings.open(path.stem)
        if file is None:
            continue
        with file:
            file.seek(0)
            rows, size = file.read(), json.loads(path.read_text(encoding="ascii"))["row_bytes"]
        found |= {(path.stem, name): rows[at * size : (at + 1) * size] for at, name in enumerate(names)}
    return found


def tale(house, run):
    """All that a run told, without times."""
    history = History.of(house.store.runs.events(run))
    return (
        [(step.step, step.loss, step.right) for step in history.steps],
        [(epoch.epoch, epoch.loss, epoch.right, epoch.train_loss, epoch.train_right) for epoch in history.epochs],
        history.best.epoch,
    )


def best_weights(house, run):
    return load_file(house.store.blobs.path(History.of(house.store.runs.events(run)).checkpoint.sha256))


def redone(house, run):
    """Return the steps that were made twice, for each time that the run went on."""
    found, last = [], 0
    for event in house.events(run, Started | Stepped):
        if isinstance(event, Started):
            found.append(last - event.step)
        last = event.step
    return found


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]


@dataclass(frozen=True)
class Whole:
    """What a run without a break leaves behind."""

    learned: str
    tale: object
    best: dict[str, torch.Tensor]
    rows: dict[tuple[str, str], bytes]
    seconds: float
    files: set[Path]


@pytest.fixture
def submit(house, many_pictures, plan):
    """File a run whose worker has everything to compute."""
    reader = Reader(house.store, "person", 0, lambda *_: None, look_here)
    dataset = house.store.albums.dataset(reader.folder(many_pictures, "many"))
    config = plan(dataset, name=NETWORK, schedule=SCHEDULE, batch=BATCH)

    def submit():
        house.store.beginnings.empty()
        return house.store.runs.submit(config, "person", f"{len(house.store.runs.newest(999))}").id

    return submit


@pytest.fixture
def whole(house, submit):
    house.tick_until(lambda: house.worker)
    files_before = set(files(house.store.blobs.root))
    run = submit()
    house.tick_until(lambda: house.is_over(run))
    told = tale(house, run)
    assert [step for step, *_ in told[0]] == list(range(1, 5 * STEPS + 1))
    found = Whole(
        learned=(house.notes / run).read_text(),
        tale=told,
        best=best_weights(house, run),
        rows=rows_kept(house.store),
        seconds=house.events(run, Finished)[0].seconds,
        files=files_before,
    )
    assert found.rows
    return found


def check_end(house, run, whole):
    """Check that a run came out as one without a break, and that nothing else is left."""
    assert (house.notes / run).read_text() == whole.learned
    assert tale(house, run) == whole.tale
    assert max(redone(house, run)) <= STEPS
    best = best_weights(house, run)
    assert set(best) == set(whole.best)
    assert all(torch.equal(best[name], whole.best[name]) for name in best)
    store = house.store
    for path in files(store.points.root):
        os.utime(path, (time.time() - 61,) * 2)
    store.tidy()
    assert files(store.points.root) == list(store.blobs.making.iterdir()) == []
    assert not list((store.home / "beginnings").glob("*.part"))
    named = {History.of(store.runs.events(one.id)).checkpoint.sha256 for one in store.runs.newest(999)}
    assert set(files(store.blobs.root)) - whole.files == {store.blobs.path(sha256) for sha256 in named}


def test_workers_are_killed_and_nothing_that_was_kept_is_lost(house, submit, whole):
    draw, killed = Random(SEED), []
    for planned in aims():
        left, run = deque(planned), submit()
        while left:
            if house.is_over(run):
                check_end(house, run, whole)
                run = submit()
            share = 0.2 if len(left) == len(planned) else 0.7 * (1 - len(house.events(run, Saved)) / 5)
            if house.kill_at(run, left[0], draw.uniform(0.0, whole.seconds * share)):
                killed.append(left.popleft())
                check_store(house, run)
                rows = rows_kept(house.store)
                assert {key: whole.rows[key] for key in rows} == rows
                house.store.runs.resume(run)
        house.tick_until(lambda run=run: house.is_over(run))
        check_end(house, run, whole)
    print(f"{len(killed)} workers killed: {dict(Counter(killed))}; told within {max(house.waits):.1f} s")
    assert len(killed) >= 50
    assert sum(aim.startswith(("best", "a save")) for aim in killed) >= 20
