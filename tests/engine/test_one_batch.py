"""A pass over shares of a batch is one over the batch: outputs, gradients, statistics, and what chance leaves out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import torch
from torch import Tensor, nn
from torchvision.ops import StochasticDepth

from tlcore.engine.one_batch import OneBatch
from tlcore.engine.peers import Peers


class Meeting:
    """Threads that stand for processes: what each brings is there for all."""

    def __init__(self, count: int) -> None:
        self._barrier = Barrier(count, timeout=5)
        self._brought: dict[int, Tensor] = {}

    def gather(self, rank: int) -> Callable[[Tensor], list[Tensor]]:
        def gathered(values: Tensor) -> list[Tensor]:
            self._brought[rank] = values.clone()
            self._barrier.wait()
            found = [self._brought[each] for each in sorted(self._brought)]
            self._barrier.wait()
            return found

        return gathered

    def add(self, rank: int) -> Callable[[Tensor], Tensor]:
        return lambda values: values.copy_(torch.stack(self.gather(rank)(values)).sum(0))


def network() -> nn.Module:
    torch.manual_seed(0)
    layers = nn.Sequential(
        nn.Conv2d(3, 5, 3),
        nn.BatchNorm2d(5),
        nn.ReLU(inplace=True),
        nn.Conv2d(5, 4, 3),
        nn.BatchNorm2d(4, affine=False),
    )
    return nn.Sequential(layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(4), nn.Linear(4, 2)).double()


def learned(module: nn.Module, loss: Tensor) -> dict[str, Tensor]:
    loss.backward()
    return {name: parameter.grad for name, parameter in module.named_parameters()}


@pytest.mark.parametrize(("pictures", "count"), [(8, 2), (7, 3), (3, 2), (2, 3)])
def test_shares_give_the_gradients_and_statistics_of_the_whole_batch(pictures, count):
    inputs = torch.randn(pictures, 3, 9, 9, dtype=torch.float64)
    targets = torch.arange(pictures) % 2
    whole = network()
    expected = learned(whole, nn.functional.cross_entropy(whole(inputs), targets))
    meeting = Meeting(count)

    def work(rank: int, module: nn.Module) -> tuple[nn.Module, dict[str, Tensor]]:
        share = Peers(rank, count).share(range(pictures))
        own = list(share.places)
        with OneBatch(share.first, len(own), share.batch, share.counts, meeting.gather(rank), meeting.add(rank)):
            answers = module(inputs[own])
        return module, learned(module, nn.functional.cross_entropy(answers, targets[own]) * share.weight)

    modules = [network() for _ in range(count)]
    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(work, range(count), modules))
    for name, gradient in expected.items():
        torch.testing.assert_close(sum(gradients[name] for _, gradients in found), gradient)
    for module, _ in found:
        torch.testing.assert_close(dict(module.named_buffers()), dict(whole.named_buffers()))


@pytest.mark.parametrize("part", [nn.Dropout(0.5), StochasticDepth(0.5, "row"), nn.Dropout(0.5, inplace=True)])
def test_what_chance_leaves_out_is_the_same_as_in_one_process(part):
    inputs = torch.rand(9, 4, 6, 6) + 1.0

    def answer(rank: int, count: int) -> Tensor:
        share = Peers(rank, count).share(range(len(inputs)))
        torch.manual_seed(7)
        with OneBatch(share.first, len(share.places), share.batch, share.counts, list, lambda values: values):
            return part(inputs[list(share.places)].clone())

    torch.manual_seed(7)
    expected = part(inputs.clone())
    assert (expected == 0.0).any()
    torch.testing.assert_close(torch.cat([answer(0, 2), answer(1, 2)]), expected)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("pictures", [1, 2, 3, 4, 8, 17])
def test_every_picture_of_a_batch_is_in_exactly_one_share(pictures, count):
    shares = [Peers(rank, count).share(range(pictures)) for rank in range(count)]
    assert [place for share in shares if share.counts for place in share.places] == list(range(pictures))
    assert sum(share.weight for share in shares) == pytest.approx(1.0)
    assert all(len(share.places) >= 1 for share in shares)
    assert all(share.first + len(share.places) <= pictures for share in shares)
