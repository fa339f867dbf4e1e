"""A network cut in two: the rest learns from rows as it would from pictures, and nothing of the cutting stays."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy, dropout

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import Block
from tlcore.engine.cut import Cut, UncutError
from tlcore.engine.freezing import apply_groups, train_mode
from tlcore.engine.modality.image import build_module
from tlcore.plan import plan_groups

TARGETS = torch.tensor([0, 2, 1, 0])
FAMILIES = pytest.mark.parametrize("name", ["resnet18", "squeezenet1_0", "mobilenet_v3_small", "vit_tiny_patch16_224"])
BLOCKS = tuple(Block(name=name, label="", prefixes=(name,), output=name) for name in ("stem", "body", "head"))


class Net(nn.Module):
    """Three layers, wired as `forward` of a subclass says."""

    def __init__(self):
        super().__init__()
        self.stem, self.body, self.head = nn.Linear(12, 8), nn.Linear(8, 8), nn.Linear(8, 3)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        return self.head(self.dropout(torch.relu(self.body(torch.relu(self.stem(x.flatten(1)))))))


class Twofold(Net):
    """Hands on what two parts of its stem put out: one to the body, one past it."""

    def __init__(self):
        super().__init__()
        self.side = nn.Linear(12, 8)

    def forward(self, x):
        stem, side = self.stem(x.flatten(1)), self.side(x.flatten(1))
        return self.head(self.body(stem) + side)


class InPlace(Net):
    """Works on in the memory of what the stem put out."""

    def forward(self, x):
        stem = self.stem(x.flatten(1))
        stem += 1
        return self.head(self.body(stem.relu_()))


class Shared(Net):
    """Calls one part in the beginning and in the rest."""

    def forward(self, x):
        return self.head(self.dropout(self.body(self.dropout(self.stem(x.flatten(1))))))


class Turned(Net):
    """Hands on maps with the channels last, which it then views as rows of tokens."""

    def __init__(self):
        super().__init__()
        self.stem, self.turn = nn.Conv2d(3, 8, 1), Turn()

    def forward(self, x):
        maps = self.turn(self.stem(x))
        return self.head(self.body(maps.view(len(x), -1, 8)).mean(1))


class Turn(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1)


class Loose(Net):
    """Draws lots outside of any part, before the cut."""

    def forward(self, x):
        return self.head(self.body(dropout(self.stem(x.flatten(1)), 0.5, self.training)))


@pytest.fixture
def example():
    return torch.rand(4, 3, 2, 2, generator=torch.Generator().manual_seed(1))


@FAMILIES
def test_the_rest_learns_from_rows_as_it_would_from_pictures(name):
    card = backbone(name)
    torch.manual_seed(0)
    module = build_module(card, 3)
    inputs = torch.rand(4, 3, 64, 64)
    first = len(card.blocks) // 2
    groups = plan_groups(card, 3, dict.fromkeys(card.block_names[first:], 0.1), 0.0)
    apply_groups(module, card.blocks, groups)
    cut = Cut(module, card.blocks, card.block_names[first:], inputs)
    rows = cut.before(inputs)
    gradients = []
    for answer in (lambda: module(inputs), lambda: cut.after(rows)):
        train_mode(module, card.blocks, groups)
        module.zero_grad(set_to_none=True)
        torch.manual_seed(7)  # for dropout
        statistics = [buffer.clone() for buffer in module.buffers()]
        cross_entropy(answer(), TARGETS).backward()
        gradients.append({name: value.grad for name, value in module.named_parameters() if value.grad is not None})
        with torch.no_grad():
            for buffer, before in zip(module.buffers(), statistics, strict=True):
                buffer.copy_(before)
    whole, rest = gradients
    assert whole.keys() == rest.keys() != set()
    for parameter in whole:
        torch.testing.assert_close(rest[parameter], whole[parameter], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", [Net, InPlace, Shared, Turned])
def test_rows_are_what_the_rest_needs_whatever_follows_the_beginning(kind, example):
    net = kind()
    for learning in (("body", "head"), ("head",)):
        cut = Cut(net, BLOCKS, learning, example)
        rows = cut.before(example)
        net.eval()
        for _ in range(2):
            assert torch.equal(cut.after(rows.clone()), net(example))


def test_a_network_that_hands_on_two_things_is_not_cut_between_them(example):
    stem = Block(name="stem", label="", prefixes=("stem", "side"), output="side")
    with pytest.raises(UncutError):
        Cut(Twofold(), (stem, *BLOCKS[1:]), ("body", "head"), example)


def test_dropout_stays_with_the_rest(example):
    net = Net()
    cut = Cut(net, BLOCKS, ("head",), example)
    rows = cut.before(example)
    net.train()
    assert not torch.equal(cut.after(rows), cut.after(rows))


def test_the_beginning_draws_no_lots(example):
    net = Loose()
    net.train()
    cut = Cut(net, BLOCKS, ("head",), example)
    assert torch.equal(cut.before(example), cut.before(example))


def test_rows_carry_no_graph_and_the_beginning_gets_no_gradient(example):
    net = Net()
    cut = Cut(net, BLOCKS, ("head",), example)
    rows = cut.before(example)
    assert not rows.requires_grad
    cut.after(rows).sum().backward()
    assert [name for name, value in net.named_parameters() if value.grad is not None] == ["head.weight", "head.bias"]


def test_nothing_of_a_cut_stays_after_an_error(example, hooks_left):
    net = Net().train()
    cut = Cut(net, BLOCKS, ("head",), example)
    with pytest.raises(RuntimeError):
        cut.after(torch.zeros(4, 5))
    with pytest.raises(RuntimeError):
        cut.before(torch.zeros(4, 3, 9, 9))
    assert hooks_left(net) == 0
    assert not any("forward" in vars(part) for part in net.modules())
    assert all(part.training for part in net.modules())


def test_a_key_tells_weights_places_and_ways_apart(example):
    net = Net()
    keys = [Cut(net, BLOCKS, learning, example).key(told) for learning in (("body",), ("head",)) for told in "ab"]
    with torch.no_grad():
        net.head.weight.add_(1)
    assert Cut(net, BLOCKS, ("head",), example).key("a") == keys[2]
    with torch.no_grad():
        net.body.bias[0] += 1e-6
    keys.append(Cut(net, BLOCKS, ("head",), example).key("a"))
    assert len(set(keys)) == 5
