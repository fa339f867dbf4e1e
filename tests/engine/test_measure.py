"""What a plan costs is measured by real steps, and what is counted is what the steps hold."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from tlcore.catalog.backbones import backbone
from tlcore.engine.answers.measure import measure
from tlcore.engine.hooks import KeptForTheWayBack
from tlcore.engine.runtime import Runtime, choose_runtime
from tlcore.errors import ChoiceError
from tlcore.events import Evaluated
from tlcore.questions import Measure

NAME = "squeezenet1_0"
BLOCKS = tuple(block.name for block in backbone(NAME).blocks)


@pytest.fixture
def ask(store, dataset):
    def answer(*learning, **changes):
        question = Measure(
            **{
                "backbone": NAME,
                "weights": "scratch",
                "data": dataset.manifest.digest,
                "learning": learning,
                "moving": (False,) * len(learning),
                "image_size": 32,
                "batch_size": 8,
                "workspace": "person",
                **changes,
            }
        )
        return measure(store, question, choose_runtime("cpu"))

    return answer


def test_every_set_of_learning_blocks_is_measured(ask):
    measured = ask(("head",), BLOCKS)
    assert len(measured.steps) == len(measured.gradients) == len(measured.activations) == 2
    assert all(seconds > 0 for seconds in (*measured.steps, *measured.answering, measured.reading, measured.start))
    assert measured.activations[0] < measured.activations[1]
    assert measured.process > 0


def test_where_the_statistics_of_frozen_blocks_move_no_beginning_is_kept(ask):
    measured = ask(("head",), ("head",), moving=(False, True))
    assert measured.beginnings[0] > 0.0 == measured.beginnings[1]
    assert measured.rows[0] > 0 == measured.rows[1]


def test_bytes_are_those_of_the_numbers_in_the_blocks(ask):
    card = backbone(NAME)
    head, everything = 4 * card.values_of("head", 3), 4 * card.values(3)
    measured = ask(("head",), BLOCKS)
    assert measured.gradients == (head, everything)
    assert measured.optimizer == (2 * head, 2 * everything)
    assert measured.weights == 2 * everything  # this network has no buffers
    assert measured.picture == 3 * 32 * 32


def test_what_is_frozen_first_is_timed_by_itself(ask):
    measured = ask(("head",), BLOCKS)
    assert measured.beginnings[0] > measured.beginnings[1] == 0.0
    assert measured.rows[0] > measured.rows[1] == 0
    assert measured.steps[0] < measured.steps[1]


@pytest.mark.parametrize(("kind", "held"), [("cpu", True), ("mps", True), ("cuda", False)])
def test_pictures_count_where_memory_is_that_of_the_process(kind, held):
    assert Runtime(torch.device(kind), kind).holds_pictures is held


def test_moments_of_a_block_that_freezes_again_stay(ask):
    measured = ask((BLOCKS[-2], "head"), ("head",))
    assert measured.gradients[0] > measured.gradients[1]
    assert measured.optimizer[0] == measured.optimizer[1]


def test_a_block_that_does_not_exist_is_refused(ask):
    with pytest.raises(ChoiceError, match="not a block"):
        ask(("heart",))


def test_what_a_step_keeps_is_counted_once_and_without_the_weights():
    module = nn.Sequential(nn.Linear(10, 20), nn.ReLU(inplace=True), nn.Linear(20, 3))
    pictures = torch.zeros(4, 10)
    kept = KeptForTheWayBack(module.parameters())
    with kept:
        loss = cross_entropy(module(pictures), torch.zeros(4, dtype=torch.long))
    loss.backward()
    # The input, the ReLU's output (which the next layer keeps too), the log-probabilities, the targets, one sum.
    assert kept.size == 4 * (4 * 10) + 4 * (4 * 20) + 4 * (4 * 3) + 8 * 4 + 4
    torch.zeros(3, requires_grad=True).exp()
    assert kept.size == 4 * (4 * 10) + 4 * (4 * 20) + 4 * (4 * 3) + 8 * 4 + 4


def test_frozen_layers_keep_nothing():
    module = nn.Sequential(nn.Linear(10, 20), nn.Tanh(), nn.Linear(20, 3))
    module[0].requires_grad_(False)
    kept = KeptForTheWayBack(module.parameters())
    with kept:
        module(torch.zeros(4, 10))
    assert kept.size == 4 * (4 * 20)


def test_a_run_says_how_much_memory_it_took(plan, dataset, carried_out):
    _, events = carried_out(plan(dataset, name=NAME, epochs=2))
    memory = [event.memory for event in events if isinstance(event, Evaluated)]
    assert 50e6 < memory[0] <= memory[1]
