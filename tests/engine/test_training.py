"""A run does what its plan says: the same every time, the best kept, ended when asked, failed in plain words."""

import math

import pytest
import torch
from safetensors.torch import load_file, save_file

from tlcore.catalog.backbones import backbone
from tlcore.controls import Stop
from tlcore.engine import task
from tlcore.engine.assemble import assemble_checkpoint
from tlcore.engine.bring import bring_weights
from tlcore.engine.checkpoint import BestKeeper
from tlcore.engine.modality.image import build_module
from tlcore.engine.numerics import PLAIN
from tlcore.engine.pictures import Pictures, split_evenly
from tlcore.engine.runtime import choose_runtime
from tlcore.errors import ChoiceError
from tlcore.events import Checkpointed, Evaluated, Failed, Finished, PhaseStarted, Started, Stepped, Stopped
from tlcore.history import History
from tlcore.strategies import fill

BLOCKS = [block.name for block in backbone("mobilenet_v2").blocks]


def only(events, kind):
    return [event for event in events if isinstance(event, kind)]


def evaluated(epoch, right, loss):
    return Evaluated(
        epoch=epoch, step=epoch, loss=loss, right=right, count=9, train_loss=1, train_right=1, train_count=9, seconds=1
    )


def equal(first, second):
    return set(first) == set(second) and all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_tells_everything_in_order(plan, dataset, carried_out):
    config = plan(dataset, schedule=fill("gradual", BLOCKS, 3))
    _, events = carried_out(config)
    assert isinstance(events[0], Started)
    assert (events[0].classes, events[0].train_counts, events[0].val_counts) == (
        ("blue", "green", "red"),
        (5, 5, 5),
        (1, 1, 1),
    )
    assert (events[0].epochs, events[0].steps_per_epoch, events[0].weights) == (3, 2, "random numbers")
    assert [event.phase for event in only(events, PhaseStarted)] == [0, 1, 2]
    assert [event.epoch for event in only(events, PhaseStarted)] == [0, 1, 2]
    assert [event.step for event in only(events, Stepped)] == list(range(1, 7))
    assert [event.count for event in only(events, Stepped)] == [8, 7] * 3
    assert [(event.epoch, event.step, event.count, event.train_count) for event in only(events, Evaluated)] == [
        (1, 2, 3, 15),
        (2, 4, 3, 15),
        (3, 6, 3, 15),
    ]
    assert isinstance(events[-1], Finished)
    assert not only(events, Failed)


def test_an_epoch_is_the_sum_of_its_steps(plan, dataset, carried_out):
    _, events = carried_out(plan(dataset))
    steps, (epoch,) = only(events, Stepped), only(events, Evaluated)
    assert epoch.train_right == sum(step.right for step in steps)
    assert epoch.train_loss == pytest.approx(sum(step.loss * step.count for step in steps) / 15)


def test_the_same_plan_and_seed_give_the_same_weights_to_the_bit(plan, dataset, trainer):
    config = plan(dataset, schedule=fill("gradual", BLOCKS, 3), seed=4)
    states, tales = [], []
    for _ in range(2):
        assembly, run = trainer(config, dataset)
        tales.append([(event.loss, event.right) for event in run.run() if isinstance(event, Stepped | Evaluated)])
        states.append({name: value.clone() for name, value in assembly.module.state_dict().items()})
    assert equal(*states)
    assert tales[0] == tales[1]


def test_another_seed_gives_other_weights(plan, dataset, trainer):
    states = []
    for seed in (0, 1):
        assembly, run = trainer(plan(dataset, seed=seed), dataset)
        list(run.run())
        states.append(assembly.module.state_dict())
    assert not equal(*states)


def test_the_pictures_come_in_another_order_in_every_epoch(plan, dataset, trainer, monkeypatch):
    orders = []
    parts = Pictures.parts

    def watched(self, size, order=None):
        if order is not None:
            orders.append(order.tolist())
        return parts(self, size, order)

    monkeypatch.setattr(Pictures, "parts", watched)
    _, run = trainer(plan(dataset, epochs=3), dataset)
    list(run.run())
    assert len({tuple(order) for order in orders}) == 3
    assert all(sorted(order) == list(range(15)) for order in orders)


def test_the_best_epoch_is_kept_and_nothing_else(plan, dataset, carried_out, store, files_kept):
    run, events = carried_out(plan(dataset, epochs=4))
    best = max(only(events, Evaluated), key=lambda event: (event.right, -event.loss))
    kept = only(events, Checkpointed)[-1]
    assert kept.epoch == best.epoch
    assert files_kept() == [store.blobs.path(kept.sha256)]
    assert files_kept()[0].stat().st_size == kept.size
    assert run in files_kept()[0].read_bytes()[:20_000].decode(errors="ignore")


def test_the_weights_that_are_kept_answer_as_they_did(plan, dataset, carried_out, store):
    config = plan(dataset, epochs=3)
    _, events = carried_out(config)
    kept = only(events, Checkpointed)[-1]
    (best,) = [event for event in only(events, Evaluated) if event.epoch == kept.epoch]
    runtime = choose_runtime("cpu")
    again = assemble_checkpoint(
        store, config.backbone, config.weights, kept.sha256, dataset.manifest.classes, 32, runtime
    )
    pictures = Pictures(dataset.manifest.of("val"), dataset.file, again.encoder, runtime.device)
    with torch.inference_mode():
        (batch,) = pictures.batches(8)
        logits = again.module.eval()(**batch.inputs)
    pictures.close()
    assert int((logits.argmax(1) == batch.targets).sum()) == best.right
    assert float(torch.nn.functional.cross_entropy(logits, batch.targets)) == pytest.approx(best.loss, rel=1e-4)


@pytest.mark.parametrize(
    ("tale", "kept"),
    [
        ([(1, 5, 0.5), (2, 7, 0.6), (3, 6, 0.1)], [1, 2]),
        ([(1, 5, 0.5), (2, 5, 0.4), (3, 5, 0.4), (4, 5, 0.45)], [1, 2]),
        ([(1, 5, 0.5), (2, 4, 0.1)], [1]),
    ],
    ids=["more right answers", "of equal ones the lower loss", "the first"],
)
def test_what_counts_as_best(plan, dataset, store, put_together, files_kept, tale, kept):
    assembly = put_together(plan(dataset), dataset)
    keeper = BestKeeper(store, "a run", plan(dataset), assembly, PLAIN, History())
    epochs = []
    for epoch, right, loss in tale:
        if checkpointed := keeper.consider(evaluated(epoch, right, loss)):
            epochs.append(checkpointed.epoch)
            keeper.drop_before()
            assert files_kept() == [store.blobs.path(checkpointed.sha256)]
        torch.nn.init.normal_(next(assembly.module.parameters()))
    assert epochs == kept


def test_a_run_that_is_asked_to_stop_keeps_its_best_weights(plan, dataset, carried_out, store, files_kept):
    def stop(run, event):
        if isinstance(event, Evaluated):
            store.runs.ask(run, Stop())
            store.runs.ask(run, Stop())

    _, events = carried_out(plan(dataset, epochs=50), stop)
    assert isinstance(events[-1], Stopped)
    assert len(only(events, Evaluated)) == len(only(events, Checkpointed)) == 1
    assert load_file(files_kept()[0])


def test_a_stop_acts_after_the_step_that_is_on(plan, dataset, carried_out, store, files_kept):
    _, events = carried_out(
        plan(dataset, epochs=50), lambda run, event: store.runs.ask(run, Stop()) if isinstance(event, Stepped) else None
    )
    assert isinstance(events[-1], Stopped)
    assert len(only(events, Stepped)) == 1
    assert files_kept() == []


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [(15, 8, [8, 7]), (17, 8, [8, 9]), (9, 8, [9]), (8, 8, [8]), (3, 8, [3]), (5, 2, [2, 3])],
)
def test_a_last_batch_of_one_joins_the_one_before(count, size, sizes):
    parts = list(split_evenly(list(range(count)), size))
    assert [len(part) for part in parts] == sizes
    assert [place for part in parts for place in part] == list(range(count))


def test_a_set_that_leaves_one_picture_over_is_learned(plan, dataset, carried_out):
    _, events = carried_out(plan(dataset, batch=7))
    assert [event.count for event in only(events, Stepped)] == [7, 8]
    assert isinstance(events[-1], Finished)


def explosive(tmp_path, store):
    """Weights that are finite numbers, so large that what they answer is not."""
    state = build_module(backbone("squeezenet1_0"), 1000).state_dict()
    save_file({name: torch.full_like(value, 1e20) for name, value in state.items()}, tmp_path / "huge.safetensors")
    return bring_weights(store, tmp_path / "huge.safetensors", "huge", "squeezenet1_0", "person")


def assert_failed_plainly(events, store):
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert failed.sentence.startswith("The loss is no longer a number")
    assert "a tenth" in failed.advice
    told = f"{failed.sentence} {failed.advice}"
    assert "Traceback" not in told
    assert str(store.home) not in told
    numbers = [event.loss for event in only(events, Stepped | Evaluated)]
    assert all(math.isfinite(loss) for loss in numbers)


def test_a_loss_that_is_no_number_ends_the_run_in_plain_words(plan, dataset, carried_out, store, tmp_path):
    config = plan(dataset, name="squeezenet1_0", weights=explosive(tmp_path, store))
    _, events = carried_out(config)
    assert_failed_plainly(events, store)
    assert only(events, Stepped) == only(events, Checkpointed) == []


@pytest.mark.parametrize("batch", [15, 8], ids=["seen in validation", "seen in training"])
def test_weights_that_break_while_they_learn_end_the_run_in_plain_words(
    plan, dataset, carried_out, store, files_kept, monkeypatch, batch
):
    step = torch.optim.AdamW.step

    def poisoned(self, *given):
        step(self, *given)
        with torch.no_grad():
            self.param_groups[0]["params"][0].fill_(float("nan"))

    monkeypatch.setattr(torch.optim.AdamW, "step", poisoned)
    _, events = carried_out(plan(dataset, batch=batch))
    assert_failed_plainly(events, store)
    assert "after step 1. The largest gradient before that was in " in events[-1].sentence
    assert len(only(events, Stepped)) == 1
    assert files_kept() == []


def test_a_gradient_that_is_no_number_ends_the_run_in_plain_words(plan, dataset, carried_out, monkeypatch):
    monkeypatch.setattr(
        "tlcore.engine.drift.gradient_size", lambda _module, block: math.inf if block.name == "head" else 1.0
    )
    monkeypatch.setattr(
        "tlcore.engine.divergence.gradient_size", lambda _module, block: math.inf if block.name == "head" else 1.0
    )
    _, events = carried_out(plan(dataset))
    assert events[-1].sentence == (
        "The gradient is no longer a number, after step 2. The largest gradient before that was in head."
    )
    assert len(only(events, Stepped)) == 2


def test_a_mistake_of_ours_is_told_as_one_and_the_next_run_is_not_harmed(
    plan, dataset, carried_out, monkeypatch, caplog
):
    def broken(*_):
        raise KeyError("secret place")

    with monkeypatch.context() as patched:
        patched.setattr(task, "assemble", broken)
        _, events = carried_out(plan(dataset))
    assert events == [
        Failed(
            sentence="Thaw made a mistake while it trained.",
            advice="The log in the home folder tells more. The best weights so far are kept.",
        )
    ]
    assert "secret place" in caplog.text
    _, events = carried_out(plan(dataset))
    assert isinstance(events[-1], Finished)


def test_weights_that_are_not_here_fail_the_run_in_plain_words(plan, dataset, carried_out, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    _, (failed,) = carried_out(plan(dataset, name="resnet18", weights="imagenet"))
    assert failed.sentence.startswith("The weights of ResNet-18 (ImageNet-1K) are not on this machine")


def test_a_device_that_is_not_here_is_refused_with_those_that_are():
    assert choose_runtime("cpu").label.startswith("CPU, ")
    if not torch.backends.mps.is_available():
        with pytest.raises(ChoiceError, match=r"This machine has no mps device\. It has: .*cpu"):
            choose_runtime("mps")


def test_each_picture_is_decoded_once(plan, dataset, trainer, monkeypatch):
    decoded = []
    from tlcore.engine.modality.image import Encoder

    encode = Encoder.encode
    monkeypatch.setattr(Encoder, "encode", lambda self, path: decoded.append(path) or encode(self, path))
    _, run = trainer(plan(dataset, epochs=3), dataset)
    list(run.run())
    assert len(decoded) == len(set(decoded)) == 18
