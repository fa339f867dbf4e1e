"""Augmentation: drawn by seed, epoch and picture alone; none is as it always was, and what rests goes on the same."""

from dataclasses import replace

import pytest
import torch

from tlcore.config import Loader, RunConfig
from tlcore.engine import task, work
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.pictures import Pictures
from tlcore.engine.trainer import Trainer
from tlcore.events import Interrupted, Stepped
from tlcore.history import History
from tlcore.listing import listing
from tlcore.records import from_json, to_json
from tlcore.store.claims import Claimant

SQUARE = torch.arange(3 * 32 * 32, dtype=torch.int32).reshape(3, 32, 32).remainder(256).to(torch.uint8)
IDS = [f"{number:064x}" for number in range(12)]


class CutOffError(BaseException):
    """Ends a process in the middle."""


@pytest.fixture
def training_pictures(put_together, plan, dataset):
    """The training pictures of the small set, augmented in one way."""
    opened = []
    encoder = put_together(plan(dataset), dataset).encoder

    def make(kind, seed=0, views=0):
        augmenter = Augmenter(kind, 32, seed) if kind else None
        examples = dataset.manifest.of("train")
        opened.append(Pictures(examples, dataset.file, encoder, torch.device("cpu"), augmenter, views))
        return opened[-1]

    yield make
    for pictures in opened:
        pictures.close()


def inputs(pictures, epoch=0, order=None, size=100):
    return torch.cat([pictures.inputs(pictures.drawn(part, epoch)) for part in pictures.parts(size, order)])


def test_none_leaves_every_bit_as_it_was(training_pictures):
    assert torch.equal(inputs(training_pictures("none")), inputs(training_pictures(None)))
    assert Augmenter("none", 32, 0).augment(SQUARE, IDS[0], 0) is SQUARE


@pytest.mark.parametrize("kind", ["gentle", "strong"])
def test_every_epoch_draws_anew_and_draws_the_same_when_it_is_repeated(training_pictures, kind):
    pictures = training_pictures(kind)
    first, second = inputs(pictures, epoch=0), inputs(pictures, epoch=1)
    assert first.shape == second.shape
    assert not torch.equal(first, second)
    assert torch.equal(inputs(pictures, epoch=0), first)
    assert torch.equal(inputs(training_pictures(kind), epoch=0), first)
    assert not torch.equal(inputs(training_pictures(kind, seed=1), epoch=0), first)


def test_a_picture_is_changed_the_same_way_wherever_it_stands_in_the_order(training_pictures):
    pictures = training_pictures("strong")
    order = torch.randperm(len(pictures))
    assert torch.equal(inputs(pictures, epoch=3, order=order, size=4), inputs(pictures, epoch=3)[order])


def test_views_come_in_turn_and_are_the_first_drawings_of_all(training_pictures):
    turning, free = training_pictures("strong", views=2), training_pictures("strong")
    drawn = [inputs(turning, epoch=epoch) for epoch in range(3)]
    assert torch.equal(drawn[0], drawn[2])
    assert torch.equal(drawn[0], inputs(free, epoch=0))
    assert torch.equal(drawn[1], inputs(free, epoch=1))
    assert not torch.equal(drawn[0], drawn[1])
    assert len(set(turning.names)) == 2 * len(turning)
    assert not free.names


@pytest.mark.parametrize("kind", ["gentle", "strong"])
def test_squares_keep_their_size_and_differ_from_one_another(kind):
    made = [Augmenter(kind, 32, 0).augment(SQUARE, picture, 0) for picture in IDS]
    assert {(square.shape, square.dtype) for square in made} == {((3, 32, 32), torch.uint8)}
    assert all(not torch.equal(square, SQUARE) for square in made)
    assert not torch.equal(made[0], made[1])


def test_dropout_draws_as_if_nothing_were_augmented():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    Augmenter("strong", 32, 0).augment(SQUARE, IDS[0], 0)
    assert torch.equal(torch.rand(3), expected)


def test_a_run_that_was_cut_off_with_augmented_pictures_ends_as_one_that_was_not(store, plan, dataset, monkeypatch):
    config = plan(dataset, epochs=3)
    config = replace(config, loader=replace(config.loader, augment="strong"))
    trainers = []

    class Watched(Trainer):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            trainers.append(self)

    def cut_off(event):
        if isinstance(event, Stepped) and event.step == 3:
            raise CutOffError

    def told(run):
        return [(step.step, step.loss) for step in History.of(store.runs.events(run)).steps]

    monkeypatch.setattr(task, "Trainer", Watched)
    whole, broken = (store.runs.submit(config, "person", name, Claimant.here()).id for name in ("whole", "broken"))
    work.carry_out(store, whole)
    with pytest.raises(CutOffError):
        work.carry_out(store, broken, cut_off)
    store.runs.end(broken, Interrupted(sentence="Cut off.", advice=""))
    store.runs.resume(broken)
    work.carry_out(store, broken)
    assert told(broken) == told(whole)
    ended = [trainer._module.state_dict() for trainer in (trainers[0], trainers[-1])]
    assert all(torch.equal(ended[0][name], ended[1][name]) for name in ended[0])


def test_a_plan_from_before_augmentation_is_read_as_one_without(plan):
    old = to_json(plan("0" * 64)).replace(',"augment":"none"', "")
    assert "augment" not in old
    assert from_json(RunConfig, old) == plan("0" * 64)


@pytest.mark.parametrize("kind", ["none", "gentle", "strong"])
def test_the_listing_says_the_same_transforms(plan, kind):
    lines = listing(replace(plan("0" * 64), loader=Loader(image_size=64, augment=kind)), 3)
    if kind == "none":
        assert "augment" not in lines
        return
    held = {}
    exec(lines, held)
    assert [repr(one) for one in held["augment"].transforms] == [
        repr(one) for one in Augmenter(kind, 64, 0)._transforms
    ]
