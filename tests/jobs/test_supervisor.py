"""Real processes on a home folder of their own: what is asked for is done, and the dead are buried."""

import json
import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from zipfile import ZipFile

import pytest
import torch
from safetensors.torch import load_file

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.controls import Pause, Stop
from tlcore.data.collect import look_here
from tlcore.draft import Draft
from tlcore.engine.modality.image import build_module
from tlcore.engine.work import carry_out
from tlcore.errands import FetchSet, FetchWeights, MakeSample, ReadUpload, ReadWeights, SurveyNetwork
from tlcore.events import Checkpointed, Failed, Finished, Interrupted, Paused, Saved, Started, Stepped, Stopped
from tlcore.fetch import MIRROR_VARIABLE
from tlcore.history import History
from tlcore.jobs.supervisor import supervise
from tlcore.questions import See
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.intake import Piece
from tlcore.store.reading import Reader

pytestmark = pytest.mark.slow

UPLOAD = "0123456789abcdef" * 2
PATIENCE = 180.0
"""Seconds; much longer than anything takes, since a process that imports torch on a busy machine takes its time."""
NOWHERE = "http://127.0.0.1:9"


def wait_for(what, seconds=PATIENCE):
    """Return what `what` returns once that is something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A store with a supervisor, a worker and a desk; without a network."""
    opened = Store(tmp_path_factory.mktemp("jobs") / "Thaw à la maison")
    process = subprocess.Popen(
        [sys.executable, "-m", "tlcore", "supervise", "--stay", "--home", str(opened.home)],
        env={**os.environ, MIRROR_VARIABLE: NOWHERE, "TORCH_HOME": str(opened.home / "torch"), "no_proxy": "*"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield opened
    children = [claimant for role in ("worker", "desk") for claimant, _ in opened.processes.living(role)]
    process.terminate()
    process.wait(30)
    wait_for(lambda: not any(child.alive for child in children), 30)
    opened.close()


@pytest.fixture(scope="module")
def dataset(house, pictures):
    return house.albums.dataset(Reader(house, "person", 0, lambda *_: None, look_here).folder(pictures, "colours"))


@pytest.fixture
def submit(house, dataset, plan, request):
    def submit(**choices):
        nonce = f"{request.node.name} {time.monotonic_ns()}"
        return house.runs.submit(plan(dataset, **choices), "person", nonce)

    return submit


def events(house, run, kind):
    return [entry.event for entry in house.runs.events(run.id) if isinstance(entry.event, kind)]


def ended(house, run, seconds=PATIENCE):
    (end,) = wait_for(lambda: events(house, run, Finished | Stopped | Failed), seconds)
    return end


def done(house, errand, seconds=PATIENCE):
    filed = house.errands.add(errand, "person")
    return wait_for(lambda: None if house.errands.get(filed.id).open else house.errands.get(filed.id), seconds)


def weights(house, run):
    return load_file(house.blobs.path(events(house, run, Checkpointed)[-1].sha256))


def test_a_run_that_is_asked_for_is_carried_out(house, submit):
    run = submit(epochs=2)
    assert isinstance(ended(house, run), Finished)
    history = History()
    history.add(house.runs.events(run.id))
    assert len(history.epochs) == 2
    assert history.best is not None
    (started,) = events(house, run, Started)
    assert set(started.versions) == {"torch", "torchvision", "timm"}


def test_the_app_the_command_line_and_a_bare_call_give_the_same_weights(house, thaw, pictures, store):
    """Thaw three blocks of the default backbone, in three ways, with one seed."""
    choices = {"epochs": 3, "batch_size": 8, "image_size": 64, "seed": 5}

    def asked(kept, name):
        found = Reader(kept, "person", choices["seed"], lambda *_: None, look_here).folder(pictures, "colours")
        return Draft(data=found.digest, **choices).by_strategy("gradual").config(name)

    app = house.runs.submit(asked(house, "app"), "person", "app")
    assert isinstance(ended(house, app), Finished)
    words = [f"--{name.replace('_', '-')}={value}" for name, value in choices.items()]
    typed = thaw("train", str(pictures), "--strategy=gradual", *words, "--json", "--home", str(house.home))
    assert typed.returncode == 0, typed.stdout
    (command_line,) = [run for run in house.runs.newest(5) if run.id == json.loads(typed.stdout)["run"]]
    bare = store.runs.submit(asked(store, "bare"), "person", "bare", Claimant.here())
    carry_out(store, bare.id)
    assert command_line.config.schedule == app.config.schedule == bare.config.schedule
    ways = {"app": (house, app), "command line": (house, command_line), "bare call": (store, bare)}
    losses = {way: [step.loss for step in events(*place, Stepped)] for way, place in ways.items()}
    assert losses["command line"] == losses["app"]
    assert losses["bare call"] == losses["app"]
    first, *others = (weights(*place) for place in ways.values())
    for other in others:
        assert set(other) == set(first)
        assert [name for name in first if not torch.equal(first[name], other[name])] == []


def test_a_run_at_work_stops_when_asked_and_a_waiting_one_at_once(house, submit):
    run, waiting = submit(epochs=200), submit(epochs=200)
    wait_for(lambda: events(house, run, Checkpointed))
    house.runs.ask(waiting.id, Stop())
    assert isinstance(ended(house, waiting, 1), Stopped)
    house.runs.ask(run.id, Stop())
    assert isinstance(ended(house, run, 10), Stopped)
    assert weights(house, run)


def kill_worker(house):
    ((worker, _),) = house.processes.living("worker")
    os.kill(worker.pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    return worker


def test_a_killed_worker_interrupts_its_run_the_next_one_is_done_and_the_first_goes_on_when_asked(house, submit):
    run, following = submit(epochs=30), submit(epochs=1)
    wait_for(lambda: events(house, run, Saved))
    worker = kill_worker(house)
    (told,) = wait_for(lambda: events(house, run, Interrupted), 10)
    assert told.sentence.startswith("The process that trained was ended")
    assert "Traceback" not in told.sentence + told.advice
    assert isinstance(ended(house, following), Finished)
    ((successor, _),) = house.processes.living("worker")
    assert successor != worker
    assert run.id not in {one.id for one in house.runs.open()}, "only a person lets it go on"
    house.runs.resume(run.id)
    assert isinstance(ended(house, run), Finished)
    history = History()
    history.add(house.runs.events(run.id))
    assert [step.step for step in history.steps] == list(range(1, len(history.steps) + 1))
    assert [epoch.epoch for epoch in history.epochs] == list(range(1, 31))


def test_a_run_that_kills_its_worker_each_time_is_interrupted_each_time_and_never_started_by_itself(house, submit):
    run = submit(epochs=200)
    for time_over in (1, 2):
        wait_for(lambda over=time_over: len(events(house, run, Started)) == over)
        kill_worker(house)
        wait_for(lambda over=time_over: len(events(house, run, Interrupted)) == over, 10)
        assert house.runs.claim_next(Claimant.here()) is None
        if time_over == 1:
            house.runs.resume(run.id)
    assert len(events(house, run, Started)) == 2


def test_a_paused_run_lets_go_of_the_worker_and_goes_on_after_the_one_that_waited(house, submit):
    run, waiting = submit(epochs=200), submit(epochs=1)
    wait_for(lambda: events(house, run, Stepped))
    ((worker, _),) = house.processes.living("worker")
    house.runs.ask(run.id, Pause())
    wait_for(lambda: events(house, run, Paused), 20)
    assert isinstance(ended(house, waiting), Finished)
    assert [one for one, _ in house.processes.living("worker")] == [worker]
    before = len(events(house, run, Stepped))
    house.runs.resume(run.id)
    wait_for(lambda: len(events(house, run, Stepped)) > before)
    house.runs.ask(run.id, Stop())
    assert isinstance(ended(house, run, 20), Stopped)
    history = History()
    history.add(house.runs.events(run.id))
    assert [step.step for step in history.steps] == list(range(1, len(history.steps) + 1))


def test_there_is_one_supervisor_per_home(house, thaw):
    second = thaw("supervise", "--home", str(house.home))
    assert second.returncode == 1
    assert "Another supervisor looks after this home folder already." in second.stderr
    assert "Traceback" not in second.stderr
    assert len(house.processes.living("supervisor")) == 1


def test_a_sample_is_made(house):
    errand = done(house, MakeSample(sample="shapes", seed=0))
    assert errand.fault is None
    assert (errand.done, errand.total) == (240, 240)
    made = house.albums.dataset(house.albums.get(errand.result, "person"))
    assert sum(made.manifest.counts("train")) == 192


def test_pictures_that_were_sent_are_read_and_nothing_is_left_of_the_upload(house, dataset):
    files = [
        Piece(f"Mes photos/{example.where}", 0, dataset.path(example.id).read_bytes())
        for example in dataset.manifest.examples
    ]
    house.intake.write(UPLOAD, [*files, Piece("Mes photos/red/notes.txt", 0, b"no picture")])
    errand = done(house, ReadUpload(upload=UPLOAD, name="sent", seed=0))
    assert errand.fault is None
    assert house.albums.get(errand.result, "person").digest == dataset.manifest.digest
    assert not house.intake.folder(UPLOAD).exists()


def test_a_zip_that_was_sent_is_read(house, dataset):
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for example in dataset.manifest.examples:
            archive.writestr(example.where, dataset.path(example.id).read_bytes())
        archive.writestr("__MACOSX/red/._0.png", b"fork")
    buffer.seek(0)
    errand = done(house, ReadUpload(upload=house.intake.receive("colours.zip", buffer), name="zip", seed=0))
    assert errand.fault is None
    assert house.albums.get(errand.result, "person").digest == dataset.manifest.digest


@pytest.mark.parametrize(
    ("errand", "said"),
    [
        (FetchSet(public_set="hymenoptera", seed=0), "This machine has no internet"),
        (FetchWeights(backbone="resnet18", weights="imagenet"), "This machine has no internet"),
        (FetchSet(public_set="hymenopter", seed=0), "Did you mean hymenoptera?"),
        (FetchWeights(backbone="resnet19", weights="imagenet"), "Did you mean resnet18?"),
        (
            SurveyNetwork(network="levit_128s", instead_of="resnet18"),
            "no block structure that Thaw understands: it has 2 heads",
        ),
        (SurveyNetwork(network="../levit_128s", instead_of="resnet18"), "is not a backbone"),
        (ReadUpload(upload="../../etc", name="x", seed=0), "This upload is not one of ours."),
        (ReadUpload(upload="f" * 32, name="x", seed=0), "This upload is not here any more."),
        (ReadWeights(upload="f" * 32, backbone="resnet18"), "This upload is not here any more."),
        (MakeSample(sample="digit", seed=0), "Did you mean digits?"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_an_errand_that_cannot_be_done_says_why_in_a_plain_sentence(house, errand, said):
    fault = done(house, errand).fault
    assert fault is not None
    assert said in fault
    assert "made a mistake" not in fault
    assert "Traceback" not in fault
    assert str(house.home) not in fault


def test_a_timm_network_is_measured_and_its_card_kept_in_this_home(house):
    assert done(house, SurveyNetwork(network="resnet10t", instead_of="resnet18")).result == "resnet10t"
    assert (house.home / "cards" / "resnet10t.json").is_file()


def test_weights_that_were_sent_are_kept_for_their_backbone_or_refused(house, tmp_path):
    torch.save(build_module(backbone("squeezenet1_0"), 3).state_dict(), tmp_path / "mine.pth")
    for name, refused in (("squeezenet1_0", None), ("mobilenet_v2", "do not fit MobileNetV2")):
        with (tmp_path / "mine.pth").open("rb") as file:
            errand = done(house, ReadWeights(upload=house.intake.receive("mine.pth", file), backbone=name))
        if refused:
            assert refused in errand.fault
        else:
            assert [own.name for own in house.imported.of("person", name)] == ["mine.pth"]
            assert house.blobs.path(errand.result).is_file()


def test_a_file_that_is_no_weights_is_refused(house):
    errand = done(house, ReadWeights(upload=house.intake.receive("empty.pth", BytesIO(b"")), backbone="vgg16"))
    assert errand.fault.startswith("This is not a state dict")


def test_the_desk_answers_a_question(house, dataset):
    question = See(
        backbone=DEFAULT,
        weights="imagenet",
        checkpoint=None,
        classes=(),
        data=dataset.manifest.digest,
        picture=dataset.manifest.examples[0].id,
        image_size=64,
    )
    seen = wait_for(lambda: house.asked.ask(question))
    assert [block.block for block in seen.blocks] == [block.name for block in backbone(DEFAULT).blocks]
    began = time.monotonic()
    assert house.asked.ask(question) == seen
    assert time.monotonic() - began < 1


def test_the_home_is_told_to_every_process_and_nothing_is_written_elsewhere(house, own_home):
    assert house.home.name == "Thaw à la maison"
    assert not own_home.exists()
    assert sorted(path.name for path in house.logs.iterdir() if path.suffix == ".log") == [
        "desk.log",
        "errands.log",
        "eyes.log",
        "worker.log",
    ]
    assert "Traceback" not in (house.logs / "desk.log").read_text(encoding="utf-8")


def test_a_supervisor_sweeps_again_and_again_even_if_it_once_fails(store, monkeypatch):
    def sweep():
        swept.append(len(swept))
        raise OSError if len(swept) < 3 else KeyboardInterrupt

    swept = []
    monkeypatch.setattr("tlcore.jobs.supervisor._SWEEP_EVERY", 0)
    monkeypatch.setattr(store, "sweep", sweep)
    with pytest.raises(KeyboardInterrupt):
        supervise(store, stay=True)
    assert swept == [0, 1, 2]
