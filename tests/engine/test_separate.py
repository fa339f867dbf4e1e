"""Features that lie near their own class are counted as right, and the count is beside what guessing gives."""

import pytest
import torch

from tlcore.engine.answers.separate import separate
from tlcore.engine.features import neighbours_votes, pooled
from tlcore.engine.runtime import choose_runtime
from tlcore.questions import Separate


@pytest.fixture
def ask(store):
    def answer(dataset, backbone="efficientnet_lite0", weights="imagenet", size=64):
        question = Separate(
            backbone=backbone,
            weights=weights,
            data=dataset.manifest.digest,
            image_size=size,
            seed=0,
            workspace="person",
        )
        return separate(store, question, choose_runtime("cpu"))

    return answer


def test_pictures_in_three_colours_are_told_apart(ask, dataset):
    separation = ask(dataset)
    assert separation.count == 15
    assert separation.right >= 14
    assert separation.baseline == pytest.approx(1 / 3)


def test_equal_questions_have_equal_answers(ask, dataset):
    torch.manual_seed(3)
    first = ask(dataset, "mobilenet_v2", "scratch", 32)
    torch.manual_seed(4)
    assert ask(dataset, "mobilenet_v2", "scratch", 32) == first


@pytest.mark.slow
def test_ants_and_bees_are_mostly_told_apart(ask, read_set, real_pictures):
    separation = ask(read_set(real_pictures / "hymenoptera"), size=224)
    assert separation.count == 200
    assert separation.right / separation.count > 0.85


def test_a_picture_does_not_vote_for_itself():
    features = torch.tensor([[1.0, 0.0], [1.0, 0.1], [-1.0, 0.0], [-1.0, 0.1]])
    assert neighbours_votes(features, torch.tensor([0, 0, 1, 1])).argmax(1).tolist() == [0, 0, 1, 1]
    assert neighbours_votes(features, torch.tensor([0, 1, 1, 0])).argmax(1).tolist() == [1, 0, 0, 1]


def test_noise_is_not_told_apart():
    drawer = torch.Generator().manual_seed(0)
    features, labels = torch.randn(200, 64, generator=drawer), torch.arange(200) % 2
    right = int((neighbours_votes(features, labels).argmax(1) == labels).sum())
    assert 70 < right < 130


def test_one_neighbour_is_enough_where_there_is_no_other():
    assert neighbours_votes(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])).argmax(1).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("layout", "shape"),
    [("map", (2, 5, 3, 3)), ("map_last", (2, 3, 3, 5)), ("tokens", (2, 10, 5)), ("vector", (2, 5))],
)
def test_every_layout_becomes_one_row_per_picture(layout, shape):
    assert pooled(torch.ones(shape), layout).tolist() == torch.ones(2, 5).tolist()
