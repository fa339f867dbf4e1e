"""The map of a set: projections as scikit-learn has them, neighbours and probes as they were made to be."""

import time

import pytest
import torch
from sklearn.decomposition import PCA

from tlcore.catalog.backbones import backbone
from tlcore.data.samples import digits
from tlcore.emergence import emergence
from tlcore.engine.answers.chart import as_points, looked_at
from tlcore.engine.desk import Desk
from tlcore.engine.probe import probe
from tlcore.engine.projection import nearest, principal, unfolded
from tlcore.errors import ThawError
from tlcore.packing import unpack
from tlcore.questions import Chart, Network, Unfold
from tlcore.questions.set_map import SPAN


@pytest.fixture
def desk(store):
    return Desk(store)


@pytest.fixture
def ask(store, desk):
    """Ask the desk of a set, in its own words."""

    def answer(kind, dataset, backbone="squeezenet1_0", weights="scratch", size=32, **more):
        classes = dataset.manifest.classes if weights == "scratch" else ()
        network = Network(backbone=backbone, weights=weights, checkpoint=None, classes=classes, image_size=size)
        question = kind(network=network, data=dataset.manifest.digest, workspace="person", **more)
        store.asked.ask(question)
        assert desk.answer_next()
        return store.asked.ask(question)

    return answer


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(60, 20), (20, 60), (3, 500)])
def test_principal_components_are_those_of_scikit_learn(shape):
    features = drawn(*shape) * torch.linspace(0.2, 3, shape[1]) + 5
    coordinates, shares = principal(features, 2)
    theirs = PCA(2, svd_solver="full").fit(features.double().numpy())
    expected = torch.from_numpy(theirs.transform(features.double().numpy())).float()
    torch.testing.assert_close(coordinates, expected, rtol=1e-4, atol=1e-4)
    assert shares.tolist() == pytest.approx(theirs.explained_variance_ratio_.tolist(), rel=1e-5)


def test_a_map_is_not_turned_over_by_the_order_of_the_pictures():
    features, order = drawn(40, 12), torch.randperm(40, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(principal(features, 2)[0][order], principal(features[order], 2)[0], rtol=1e-3, atol=1e-4)


def test_features_that_are_all_equal_lie_in_one_place():
    coordinates, shares = principal(torch.ones(5, 4), 2)
    assert not coordinates.any()
    assert not shares.any()
    assert set(unpack(as_points(coordinates))) == {round(SPAN / 2)}


def test_points_fill_the_square_on_one_scale():
    points = unpack(as_points(torch.tensor([[0.0, 0.0], [4.0, 1.0], [2.0, 2.0]])))
    assert points[0::2] == [0, SPAN, round(SPAN / 2)]
    assert [round(4 * y / SPAN) for y in points[1::2]] == [1, 2, 3]


def test_neighbours_are_those_in_the_same_direction_whatever_their_length():
    directions = torch.eye(3).repeat_interleave(4, dim=0)
    features = directions * torch.arange(1, 13).unsqueeze(1) + 0.01 * drawn(12, 3)
    found = nearest(features, 3)
    assert found.shape == (12, 3)
    for place, others in enumerate(found.tolist()):
        assert {other // 4 for other in others} == {place // 4}
        assert place not in others


def test_of_two_pictures_each_is_the_others_neighbour():
    assert nearest(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), 8).tolist() == [[1], [0]]


def test_heaps_stay_heaps_in_t_sne_and_equal_features_have_equal_maps():
    features = torch.cat([drawn(30, 8), drawn(30, 8, seed=1) + 12])
    made = unfolded(features)
    assert torch.equal(made, unfolded(features))
    first, second = made[:30], made[30:]
    apart = (first.mean(0) - second.mean(0)).norm()
    assert apart > 2 * max((heap - heap.mean(0)).norm(dim=1).mean() for heap in (first, second))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_few_pictures_are_unfolded_too(count):
    assert unfolded(drawn(count, 6)).shape == (count, 2)
    assert unfolded(torch.ones(count, 6)).isfinite().all()


def test_a_probe_tells_apart_what_a_straight_line_parts_and_nothing_else():
    labels, judged = torch.arange(200) % 2, torch.arange(200) >= 140
    apart = drawn(200, 5) + 6 * labels.unsqueeze(1)
    assert probe(apart, labels, judged) == (60, 140)
    right, _ = probe(drawn(200, 5), labels, judged)
    assert 18 <= right <= 42
    crossed = drawn(200, 2)  # classes in opposite corners: no straight line parts them
    right, _ = probe(crossed, (crossed.prod(1) > 0).long(), judged)
    assert right <= 45


def test_a_probe_is_not_helped_by_the_pictures_that_it_is_judged_on():
    labels, judged = torch.arange(40) % 2, torch.arange(40) >= 20
    features = torch.zeros(40, 1)
    features[judged] = (2.0 * labels - 1).unsqueeze(1)[judged]
    assert probe(features, labels, judged)[0] == 10


def test_a_probe_that_knows_one_class_only_names_it():
    assert probe(drawn(4, 3), torch.tensor([1, 1, 1, 0]), torch.tensor([False, False, True, True])) == (1, 2)


def test_every_block_has_a_map_of_all_pictures(ask, dataset):
    charted = ask(Chart, dataset)
    assert [block.block for block in charted.blocks] == list(backbone("squeezenet1_0").block_names)
    assert unpack(charted.places) == list(range(18))
    assert (charted.learned_from, charted.judged_on, charted.baseline) == (15, 3, 1)
    assert set(unpack(charted.answers)) <= {0, 1, 2}
    for block in charted.blocks:
        assert len(unpack(block.points)) == 2 * 18
        assert len(unpack(block.near)) == 8 * 18
        assert 0 <= block.probe.right <= 3


def test_pictures_in_three_colours_are_told_apart_from_the_first_block_on(ask, dataset):
    charted = ask(Chart, dataset, "efficientnet_lite0", "imagenet", 64)
    assert charted.answers == ""
    assert charted.blocks[0].probe.right == 3
    assert emergence(charted).appears == 0


def test_a_map_is_unfolded_without_another_pass_over_the_pictures(ask, dataset, monkeypatch):
    ask(Chart, dataset)
    monkeypatch.setattr("tlcore.engine.pooled._side_by_side", None)
    unfolded = ask(Unfold, dataset, block="features.10")
    assert len(unpack(unfolded.points)) == 2 * 18


def test_what_was_kept_gives_the_same_answer_as_a_pass(ask, store, dataset):
    first = ask(Chart, dataset)
    store.beginnings.empty()
    store.asked._database.write("DELETE FROM questions")
    assert ask(Chart, dataset) == first


def test_a_block_that_the_network_lacks_is_told(ask, dataset):
    with pytest.raises(ThawError, match=r"features\.99 is not a block"):
        ask(Unfold, dataset, block="features.99")


def test_the_network_keeps_no_hook_and_no_gradient(ask, desk, dataset, hooks_left):
    ask(Chart, dataset)
    (assembly,) = desk._ready.values()
    assert hooks_left(assembly.module) == 0
    assert all(parameter.grad is None and parameter.requires_grad for parameter in assembly.module.parameters())


def test_a_network_that_answers_with_no_numbers_says_so(ask, desk, dataset, store):
    ask(Chart, dataset)
    (assembly,) = desk._ready.values()
    with torch.no_grad():
        next(assembly.module.parameters()).fill_(float("nan"))
    store.beginnings.empty()
    with pytest.raises(ThawError, match="none any more"):
        ask(Unfold, dataset, block="features.10")


def test_large_sets_and_large_networks_are_looked_at_in_part(dataset):
    class Many:
        examples = range(5000)

    small, large = backbone("efficientnet_lite0"), backbone("vit_h_14")
    assert len(looked_at(Many, small, 224)) == 1000
    assert looked_at(Many, small, 224)[:3] == [0, 5, 10]
    assert len(looked_at(Many, large, 518)) == 200
    assert len(looked_at(dataset.manifest, large, 518)) == 18


def test_a_thousand_pictures_take_seconds_once_their_features_are_there():
    labels, judged = torch.arange(1000) % 10, torch.arange(1000) % 4 == 0
    features = drawn(1000, 1280) + torch.eye(10, 1280)[labels] * 20
    began = time.monotonic()
    principal(features, 2)
    nearest(features, 8)
    assert probe(features, labels, judged)[0] > 200
    assert time.monotonic() - began < 8


@pytest.mark.slow
def test_digits_appear_before_ants_and_bees_and_fade_again(ask, read_set, real_pictures, tmp_path):
    drawings = ask(Chart, read_set(digits(tmp_path)), "efficientnet_lite0", "imagenet", 64)
    insects = ask(Chart, read_set(real_pictures / "hymenoptera"), "efficientnet_lite0", "imagenet", 224)
    strokes, bodies = emergence(drawings), emergence(insects)
    assert strokes.appears < bodies.appears
    assert strokes.falls
    assert not bodies.falls
    assert bodies.best >= len(insects.blocks) - 2
    assert drawings.blocks[strokes.best].probe.right / drawings.judged_on > 0.9
    assert insects.blocks[bodies.best].probe.right / insects.judged_on > 0.9
    assert insects.blocks[0].probe.right / insects.judged_on < 0.72
