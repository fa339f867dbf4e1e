"""Every backbone of the catalog keeps the same promises: blocks, head, freezing, hooks, and measured facts."""

import pytest
import torch
from tlcore.catalog.facts import census, facts
from torch.nn.functional import cross_entropy

from tlcore.catalog.backbones import BACKBONES
from tlcore.config import Phase
from tlcore.engine import trainer as trainer_room
from tlcore.engine.answers.see import as_grid
from tlcore.engine.hooks import HookSession
from tlcore.engine.modality.image import build_module
from tlcore.engine.survey import survey_card
from tlcore.events import Evaluated, Finished, PhaseStarted
from tlcore.plan import learning, partition, preview

CARDS = pytest.mark.parametrize("card", BACKBONES.values(), ids=BACKBONES)
TRAINED = pytest.mark.parametrize(
    "card",
    [
        pytest.param(card, id=name, marks=[pytest.mark.slow] if name in ("vgg16", "vit_b_16") else [])
        for name, card in BACKBONES.items()
    ],
)
CLASSES = 3
RATE = 0.001


def side(card):
    """A vision transformer takes its pictures at the size it learned with; everything else is quick at 64 pixels."""
    return 224 if any(block.layout == "tokens" for block in card.blocks) else 64


def snapshot(module, card):
    """Every parameter and buffer, by block."""
    state = module.state_dict()
    return {
        block: {name: state[name].clone() for name in names} for block, names in partition(card.blocks, state).items()
    }


def moved(module, before):
    """Say of every block whether any of its parameters or buffers differs in a single bit."""
    state = module.state_dict()
    return {
        block: any(not torch.equal(state[name], value) for name, value in values.items())
        for block, values in before.items()
    }


@CARDS
def test_every_parameter_and_buffer_is_in_exactly_one_block(card):
    with torch.device("meta"):
        module = build_module(card, CLASSES)
    held = partition(card.blocks, module.state_dict())
    assert sum(len(names) for names in held.values()) == len(module.state_dict())
    assert all(held.values())
    counts = {name: parameter.numel() for name, parameter in module.named_parameters()}
    assert counts == census(card.name, CLASSES)


@CARDS
def test_the_facts_are_what_a_fresh_survey_measures(card):
    assert survey_card(card) == facts(card.name)


@CARDS
def test_a_new_head_answers_with_the_persons_classes_and_learns(card, plan, dataset, put_together):
    module, size = put_together(plan(dataset, name=card.name, size=side(card)), dataset).module, side(card)
    logits = module.train()(torch.rand(2, 3, size, size))
    assert logits.shape == (2, CLASSES)
    cross_entropy(logits, torch.tensor([0, 1])).backward()
    assert all(parameter.grad is not None for parameter in module.parameters())
    bias = [value for name, value in module.named_parameters() if card.head.holds(name) and name.endswith("bias")]
    assert [bool((value == 0).all()) for value in bias] == [True]


@CARDS
def test_a_hook_on_every_block_gives_the_shape_that_the_facts_tell(card, hooks_left):
    with torch.device("meta"):
        module = build_module(card, CLASSES)
    module = module.to_empty(device="cpu")
    with torch.inference_mode(), HookSession(module.eval(), card.blocks) as hooks:
        module(torch.rand(1, 3, 224, 224))
    assert hooks_left(module) == 0
    for block in card.blocks[:-1]:
        found = as_grid(hooks.captured[block.name][0], block.layout)
        shape = facts(card.name).blocks[block.name].shape
        if block.layout == "tokens":
            grid = round((shape[0] - 1) ** 0.5)
            shape = (shape[1], grid, grid)
        assert tuple(found.shape) == shape, block.name
    assert as_grid(hooks.captured["head"][0], "vector").shape == (CLASSES,)


@TRAINED
def test_frozen_blocks_do_not_move_and_thawed_ones_do(card, plan, dataset, trainer, monkeypatch):
    """One run freezes one block more in every phase, after each has learned, and thaws all of them at the end.

    So every prefix of the blocks is tried, and every block has moments in the optimizer when it freezes: a stale
    gradient or a moving statistic would show.
    """
    optimizers = []
    build = trainer_room.build_optimizer
    monkeypatch.setattr(
        trainer_room, "build_optimizer", lambda *given: optimizers.append(build(*given)) or optimizers[-1]
    )
    names = [block.name for block in card.blocks]
    prefixes = [*range(len(names)), 0]
    schedule = tuple(Phase(epochs=1, rates=dict.fromkeys(names[frozen:], RATE)) for frozen in prefixes)
    config = plan(dataset, name=card.name, schedule=schedule, size=side(card), batch=2)
    assembly, run = trainer(config, dataset, most=2)
    previews = preview(config, CLASSES)
    parameters = dict(assembly.module.named_parameters())
    before = None
    for event in run.run():
        if isinstance(event, PhaseStarted):
            before = snapshot(assembly.module, card)
            groups = previews[event.phase]
            assert event.rates == {group.block: group.rate for group in groups}
            assert event.learning == learning(groups)
            held = optimizers[0].param_groups
            assert [(group["name"], group["lr"], group["weight_decay"]) for group in held] == [
                (group.block, group.rate, group.weight_decay) for group in groups
            ]
            for group, wanted in zip(held, groups, strict=True):
                assert [id(one) for one in group["params"]] == [id(parameters[name]) for name in wanted.parameters]
        elif isinstance(event, Evaluated):
            frozen = prefixes[event.epoch - 1]
            assert moved(assembly.module, before) == {name: place >= frozen for place, name in enumerate(names)}
    assert isinstance(event, Finished)
    assert len(optimizers) == 1
