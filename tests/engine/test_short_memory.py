"""Where memory is short a run makes its steps in parts, to the same effect, and says so; nothing of a failed try stays.

Pictures are read by threads of the process that trains, not by loading processes of their own, so there is none that
could be killed in a run's place.
"""

import gc
import weakref
from random import Random

import pytest
import torch
from PIL import Image
from torch import nn

from tlcore.config import Phase
from tlcore.engine import work
from tlcore.engine.cut import Cut
from tlcore.engine.feed import Feed
from tlcore.engine.portions import evenly, is_shortage
from tlcore.events import Evaluated, Failed, Finished, Interrupted, Squeezed, Stepped
from tlcore.store.claims import Claimant

ON_THE_CPU = "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"
SHORTAGES = [torch.OutOfMemoryError("CUDA out of memory."), MemoryError(), RuntimeError(ON_THE_CPU)]
HEAD = (Phase(epochs=1, rates={"head": 0.001}),)


def only(events, kind):
    return [event for event in events if isinstance(event, kind)]


def told(events):
    """All numbers of a run, without times."""
    return [(event.loss, event.right, event.count) for event in only(events, Stepped | Evaluated)]


@pytest.fixture
def many(read_set, tmp_path):
    """A set of 64 pictures to learn from, and 16 to be judged by."""
    for name in ("dark", "light"):
        (tmp_path / "many" / name).mkdir(parents=True)
        for number in range(40):
            noise = Random(f"{name} {number}").randbytes(3 * 16 * 16)
            Image.frombytes("RGB", (16, 16), noise).save(tmp_path / "many" / name / f"{number}.png")
    return read_set(tmp_path / "many")


@pytest.fixture
def short(monkeypatch):
    """Let the network fail with more than so many pictures, after it answered; return how many each try had."""

    own = Feed.answer

    def make(most, patched=monkeypatch, learning=True, error=SHORTAGES[0]):
        tried = []

        def failing(self, places, epoch=0):
            answers = own(self, places, epoch)
            if torch.is_grad_enabled() == learning:
                tried.append(len(places))
                if len(places) > most:
                    raise error
            return answers

        patched.setattr(Feed, "answer", failing)
        return tried

    return make


@pytest.mark.parametrize("error", SHORTAGES, ids=["on a GPU", "in Python", "on a CPU"])
def test_a_step_that_does_not_fit_is_made_in_the_largest_parts_that_do(plan, many, carried_out, short, error):
    tried = short(8, error=error)
    _, events = carried_out(plan(many, batch=64, epochs=2))
    assert tried == [64, 32, 16, *[8] * 16]
    assert only(events, Squeezed) == [Squeezed(step=1, work="learning", batch=64, at_once=8)]
    assert only(events, Squeezed)[0].parts == 8
    assert [event.count for event in only(events, Stepped)] == [64, 64]
    assert isinstance(events[-1], Finished)


def test_a_step_in_parts_has_the_gradients_of_one_in_one_piece(plan, many, trainer, short, monkeypatch):
    gradients = []
    monkeypatch.setattr(
        torch.optim.AdamW,
        "step",
        lambda self: gradients.append([each.grad.clone() for group in self.param_groups for each in group["params"]]),
    )

    def learn():
        assembly, made = trainer(plan(many, name="squeezenet1_0", batch=60), many)
        for part in assembly.module.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        return [(event.loss, event.right) for event in only(made.run(), Stepped)]

    (whole, _) = learn()
    short(16)
    (parts, _) = learn()
    assert parts == (pytest.approx(whole[0]), whole[1])
    assert any(gradient.abs().max() > 1e-4 for gradient in gradients[0])
    for one, other in zip(gradients[0], gradients[2], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


def test_what_a_failed_try_moved_is_put_back(plan, many, trainer, short):
    """Statistics and dice: the run ends to the bit as one that knew beforehand."""
    states = []
    for squeezed in ({}, {"learning": Squeezed(step=0, work="learning", batch=64, at_once=16)}):
        tried = short(16)
        assembly, made = trainer(plan(many, batch=64, epochs=2), many, squeezed=squeezed)
        numbers = told(made.run())
        states.append((numbers, {name: value.clone() for name, value in assembly.module.state_dict().items()}))
        assert tried.count(16) == 8
    assert states[0][0] == states[1][0]
    assert all(torch.equal(value, states[1][1][name]) for name, value in states[0][1].items())


def test_nothing_holds_what_did_not_fit_when_it_is_tried_again(plan, many, carried_out, monkeypatch):
    """The error holds the frames that it came through, and they the tensors (pytorch#18853)."""
    held, found = [], []
    answer = Feed.answer

    def failing(self, places, epoch=0):
        if torch.is_grad_enabled():
            found.append(sum(answers() is not None for answers in held))
            answers = answer(self, places, epoch)
            held.append(weakref.ref(answers))
            if len(places) > 16:
                raise torch.OutOfMemoryError
            return answers
        return answer(self, places, epoch)

    monkeypatch.setattr(Feed, "answer", failing)
    monkeypatch.setattr(gc, "collect", lambda: 0)
    carried_out(plan(many, batch=64))
    assert found[:3] == [0, 0, 0]


@pytest.mark.parametrize(
    ("schedule", "fewest", "tries"),
    [((), "2 pictures", [8, 4, 2]), (HEAD, "1 picture ", [8, 4, 2, 1])],
    ids=["BatchNorm learns", "the head alone learns"],
)
def test_a_run_that_never_fits_ends_with_advice_and_the_next_one_is_as_ever(
    plan, dataset, carried_out, monkeypatch, short, schedule, fewest, tries
):
    config = plan(dataset, schedule=schedule)
    _, clean = carried_out(config)
    with monkeypatch.context() as patched:
        tried = short(0, patched)
        _, events = carried_out(config)
    assert tried == tries
    assert isinstance(events[-1], Failed)
    assert f"even for {fewest}" in f"{events[-1].sentence} "
    assert "smaller picture size" in events[-1].advice
    _, after = carried_out(config)
    assert told(after) == told(clean)


def test_another_error_is_not_taken_for_a_lack_of_memory(plan, dataset, carried_out, short):
    tried = short(0, error=RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    _, events = carried_out(plan(dataset))
    assert tried == [8]
    assert events[-1].sentence == "Thaw made a mistake while it trained."


def test_validation_pictures_that_do_not_fit_are_answered_a_few_at_a_time(plan, many, carried_out, short):
    config = plan(many, batch=64)
    _, clean = carried_out(config)
    short(4, learning=False)
    _, events = carried_out(config)
    assert only(events, Squeezed) == [Squeezed(step=1, work="checking", batch=64, at_once=4)]
    (one,), (other,) = only(clean, Evaluated), only(events, Evaluated)
    assert (other.loss, other.right, other.count) == (pytest.approx(one.loss), one.right, one.count)


def test_a_frozen_beginning_that_does_not_fit_is_computed_a_few_pictures_at_a_time(
    plan, many, carried_out, store, monkeypatch
):
    config = plan(many, schedule=HEAD, batch=32)
    _, clean = carried_out(config)
    store.beginnings.empty()
    before = Cut.before
    tried = []

    def failing(self, inputs):
        tried.append(len(inputs))
        if len(inputs) > 4:
            raise torch.OutOfMemoryError
        return before(self, inputs)

    monkeypatch.setattr(Cut, "before", failing)
    _, events = carried_out(config)
    assert tried[:4] == [32, 16, 8, 4]
    assert set(tried[3:]) == {4}
    assert only(events, Squeezed) == [Squeezed(step=1, work="beginning", batch=32, at_once=4)]
    for one, other in zip(only(clean, Stepped), only(events, Stepped), strict=True):
        assert (other.loss, other.count) == (pytest.approx(one.loss, rel=1e-4), one.count)


def test_a_run_that_goes_on_begins_with_the_parts_it_had(plan, dataset, store, short):
    class CutOffError(BaseException):
        pass

    def cut_off(event):
        if isinstance(event, Stepped) and event.step == 3:
            raise CutOffError

    short(4)
    run = store.runs.submit(plan(dataset, epochs=2), "person", "once", Claimant.here()).id
    with pytest.raises(CutOffError):
        work.carry_out(store, run, cut_off)
    store.runs.end(run, Interrupted(sentence="Cut off.", advice=""))
    store.runs.resume(run)
    tried = short(4)
    work.carry_out(store, run)
    events = [entry.event for entry in store.runs.events(run)]
    assert isinstance(events[-1], Finished)
    assert max(tried) == 4
    assert len(only(events, Squeezed)) == 1


@pytest.mark.parametrize(
    ("count", "most", "fewest", "sizes"),
    [
        (64, 64, 2, [64]),
        (33, 16, 2, [11, 11, 11]),
        (7, 4, 2, [3, 4]),
        (5, 2, 2, [2, 3]),
        (5, 2, 1, [1, 2, 2]),
        (1, 1, 2, [1]),
    ],
)
def test_parts_are_even_and_none_is_too_small(count, most, fewest, sizes):
    parts = evenly(range(count), most, fewest)
    assert [len(part) for part in parts] == sizes
    assert [place for part in parts for place in part] == list(range(count))


@pytest.mark.parametrize(
    "words", [ON_THE_CPU, "MPS backend out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "could not create a primitive"]
)
def test_a_lack_of_memory_is_known_by_its_words(words):
    assert is_shortage(RuntimeError(words))
    assert not is_shortage(ValueError(words))
    assert not is_shortage(RuntimeError("could not create a primitive descriptor for a convolution"))
