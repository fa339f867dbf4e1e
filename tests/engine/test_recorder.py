"""A pinned picture is looked at after every epoch; the run does not notice."""

from dataclasses import replace

import pytest
import torch

from tests.engine.breaking import BLOCKS, cut_off_at, equal, history, tale
from tlcore.catalog.backbones import backbone
from tlcore.config import Loader, Phase
from tlcore.engine import recorder
from tlcore.engine.answers.see import as_map, likely
from tlcore.engine.assemble import assemble
from tlcore.engine.gradcam import grad_cam
from tlcore.engine.numerics import PLAIN
from tlcore.engine.recorder import Recorder
from tlcore.engine.runtime import choose_runtime
from tlcore.events import Evaluated
from tlcore.history import History
from tlcore.records import to_json
from tlcore.replay import frames


@pytest.fixture
def looks_always(monkeypatch):
    """Let looking take all the time that it wants."""
    monkeypatch.setattr(recorder, "SHARE", 1e9)


def test_a_run_that_is_looked_at_is_the_same_run_to_the_bit(go, config, store, weights, monkeypatch):
    monkeypatch.setattr(recorder, "SHARE", 1e9)
    looked_at = go(config)
    seen = weights()
    monkeypatch.setattr(Recorder, "_looked", lambda *_given, **_named: iter(()))
    alone = go(config)
    assert len(history(store, looked_at).pictured) == 7
    assert history(store, alone).pictured == []
    assert tale(store, looked_at) == tale(store, alone)
    assert equal(seen, weights())


@pytest.mark.usefixtures("looks_always")
def test_a_run_that_goes_on_is_looked_at_as_one_without_a_break(go, config, store):
    whole, broken = go(config), go(config, cut_off_at(7))
    assert store.runs.resume(broken)
    go(broken)
    assert history(store, broken).pictured == history(store, whole).pictured


@pytest.mark.usefixtures("looks_always")
def test_blocks_before_the_first_that_learns_are_written_down_once(go, plan, dataset, store):
    run = go(plan(dataset, schedule=(Phase(epochs=2, rates=dict.fromkeys(BLOCKS[-3:], 0.01)),)))
    first, *later = history(store, run).pictured
    grids = [block.name for block in backbone("mobilenet_v2").blocks if block.layout != "vector"]
    assert list(first.maps) == grids
    assert [event.epoch for event in later] == [1, 2]
    for event in later:
        assert set(event.maps) == set(BLOCKS[-3:]) & set(grids)
    before, *_, after = frames(history(store, run).pictured)
    assert list(after.maps) == grids
    assert after.maps[grids[0]] == before.maps[grids[0]]
    assert (after.since[grids[0]], after.since[grids[-1]]) == (0, 2)


def test_the_first_validation_picture_is_pinned_unless_a_person_pins_another(go, plan, dataset, store):
    manifest = dataset.manifest
    one = plan(dataset, schedule=(Phase(epochs=1, rates={"head": 0.01}),))
    first, other = manifest.of("val")[0].id, manifest.of("train")[1].id
    assert {event.picture for event in history(store, go(one)).pictured} == {first}
    assert {event.picture for event in history(store, go(replace(one, pinned=other))).pictured} == {other}
    assert {event.picture for event in history(store, go(replace(one, pinned="gone"))).pictured} == {first}


def test_the_first_look_which_is_slow_costs_no_later_one(put_together, config, dataset):
    watcher = Recorder(config, dataset, put_together(config, dataset), PLAIN, History())

    def after(epoch):
        ended = Evaluated(
            epoch=epoch, step=epoch, loss=1, right=1, count=3, train_loss=1, train_right=1, train_count=3, seconds=0.0
        )
        return [event.epoch for event in watcher.after(ended)]

    assert [event.epoch for event in watcher.before()] == [0]
    assert [after(epoch) for epoch in (1, 2, 5, 6)] == [[1], [], [], [6]]


def test_looking_takes_its_share_of_the_time_and_no_more(go, config, store, monkeypatch):
    monkeypatch.setattr(recorder, "SHARE", 0.0)
    assert [event.epoch for event in history(store, go(config)).pictured] == [0, 1, 6]


def test_a_picture_that_cannot_be_read_any_more_ends_nothing(go, plan, dataset, store, monkeypatch):
    def gone(_recorder):
        raise FileNotFoundError("gone")

    monkeypatch.setattr(Recorder, "_input", gone)
    found = history(store, go(plan(dataset, schedule=(Phase(epochs=1, rates={"head": 0.01}),))))
    assert found.pictured == []
    assert len(found.epochs) == 1


def test_a_mistake_of_ours_is_not_hidden(go, plan, dataset, store, monkeypatch):
    def wrong(_recorder):
        raise ValueError("ours")

    monkeypatch.setattr(Recorder, "_input", wrong)
    found = history(store, go(plan(dataset, schedule=(Phase(epochs=1, rates={"head": 0.01}),))))
    assert "mistake" in found.end.sentence


@pytest.mark.parametrize("name", ["resnet18", "vgg16", "efficientnet_lite0", "vit_b_16", "swin_t", "convnext_tiny"])
def test_one_look_is_small_borrows_all_and_finds_a_place(store, dataset, plan, name, hooks_left):
    runtime = choose_runtime("cpu")
    assembly = assemble(store, name, "scratch", dataset.manifest.classes, 224, 0, runtime)
    config = replace(plan(dataset), backbone=name, weights="scratch", loader=Loader(image_size=224))
    module = assembly.module.train()
    parameters = list(module.parameters())
    for parameter in parameters[::2]:
        parameter.requires_grad_(False)
    flags = [part.training for part in module.modules()], [parameter.requires_grad for parameter in parameters]
    random, values = torch.get_rng_state(), {key: value.clone() for key, value in module.state_dict().items()}
    (seen,) = Recorder(config, dataset, assembly, PLAIN, History()).before()
    assert len(to_json(seen)) < 50_000
    assert seen.cam is not None
    assert hooks_left(module) == 0
    assert flags == (
        [part.training for part in module.modules()],
        [parameter.requires_grad for parameter in parameters],
    )
    assert all(parameter.grad is None for parameter in parameters)
    assert torch.equal(random, torch.get_rng_state())
    assert equal(values, module.state_dict())


def test_the_map_and_the_answers_are_those_that_the_desk_would_tell(store, dataset, plan):
    assembly = assemble(store, "resnet18", "scratch", dataset.manifest.classes, 64, 0, choose_runtime("cpu"))
    config = replace(plan(dataset), backbone="resnet18", weights="scratch", loader=Loader(image_size=64))
    (seen,) = Recorder(config, dataset, assembly, PLAIN, History()).before()
    module, example = assembly.module.eval(), dataset.manifest.of("val")[0]
    picture = assembly.encoder.normalise(assembly.encoder.encode(dataset.file(example)).unsqueeze(0))
    block = assembly.card.block(seen.cam_block)
    assert seen.cam == as_map(grad_cam(module, [block], picture, example.label)[block.name].detach(), low=0.0)
    with torch.no_grad():
        assert seen.answers == likely(module(picture)[0], assembly.classes)
