"""A plan as a YAML file that a person can read, write by hand, and give to others."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import BackboneCard
from tlcore.catalog.weights import SCRATCH
from tlcore.config import Change, Phase, RunConfig, Shape
from tlcore.draft import Draft
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.plan import preview
from tlcore.strategies import recognized
from tlcore.yamltext import Said, read_yaml

LARGEST = 64_000
"""Characters; a plan with sixteen blocks and twenty phases has a sixth of it."""
_HEADER = "# A plan of Thaw: python -m tlcore train FOLDER --plan plan.yaml (a block without a rate is frozen)"
_SHA256_LENGTH = 64


def to_yaml(plan: Draft | RunConfig) -> str:
    """Return the plan as YAML; name, pictures, device and precision belong to a run, and are left out."""
    config = plan if isinstance(plan, RunConfig) else replace(plan, data="").config("")
    lines = [
        _HEADER,
        f"backbone: {config.backbone}",
        f"weights: {_word(config.weights)}",
        f"seed: {config.seed}",
        f"batch_size: {config.loader.batch_size}",
        f"image_size: {config.loader.image_size}",
        f"augment: {config.loader.augment}",
        *([f"views: {config.loader.views}"] if config.loader.views else []),
        f"weight_decay: {_written(config.optimizer.weight_decay)}",
        "phases:",
    ]
    for phase in config.schedule:
        lines += _phase_lines(phase, backbone(config.backbone).block_names)
    if config.changes:
        lines.append("changes:  # each counts after so many steps, to the end of the run")
    for change in config.changes:
        lines.append(f"  - after: {change.after}")
        lines.append(f"    block: {_word(change.block)}")
        lines.append(f"    rate: {_written(change.rate)}")
    return "\n".join(lines) + "\n"


def from_yaml(text: str) -> Draft:
    """Return the plan that `text` says, for no set yet.

    Raises ChoiceError, with the line, for whatever is unknown, missing, doubled, out of range, or not plain YAML.
    """
    usual = Draft()
    plan = read_yaml(text, LARGEST)
    said = plan.fields(
        "a plan",
        needed=("backbone", "phases"),
        usual={
            "weights": usual.weights,
            "seed": usual.seed,
            "batch_size": usual.batch_size,
            "image_size": None,
            "augment": usual.augment,
            "views": usual.views,
            "weight_decay": usual.weight_decay,
            "changes": [],
        },
    )
    with said["backbone"].here():
        card = backbone(said["backbone"].text("backbone"))
    draft = replace(usual.on(card.name), data="")
    size = draft.image_size if said["image_size"].value is None else said["image_size"].whole("image_size")
    settings: dict[str, Any] = {
        "seed": said["seed"].whole("seed"),
        "batch_size": said["batch_size"].whole("batch_size"),
        "image_size": size,
        "augment": said["augment"].text("augment"),
        "views": said["views"].whole("views"),
        "weight_decay": said["weight_decay"].number("weight_decay"),
    }
    for name, value in settings.items():
        # One by one on a plan that is sound without it, so that a fault names the line of this one.
        with said[name].here():
            draft = replace(draft, **{name: value})
            preview(draft.config(""), classes=2)
    phases = [_phase(entry, card) for entry in said["phases"].entries("phases")]
    if not phases:
        raise said["phases"].fault("the plan has no phase.", "It takes at least one.")
    with said["phases"].here():
        draft = draft.with_schedule(phases)
    changes = tuple(_change(entry, card) for entry in said["changes"].entries("changes"))
    weights = _weights(said["weights"], card)
    strategy = recognized(draft.blocks, draft.schedule, weights == SCRATCH)
    return replace(draft, data=None, strategy=strategy, changes=changes, weights=weights)


def _phase_lines(phase: Phase, order: Sequence[str]) -> list[str]:
    lines = [f"  - epochs: {phase.epochs}", f"    schedule: {phase.shape}"]
    if phase.warmup:
        lines.append(f"    warmup: {_written(phase.warmup)}  # epochs")
    if phase.moving_statistics:
        lines.append("    moving_statistics: true")
    rates = [f"      {_word(block)}: {_written(phase.rate(block))}" for block in order if phase.rate(block)]
    return [*lines, "    rates:", *rates]


def _phase(said: Said, card: BackboneCard) -> Phase:
    usual = {"schedule": "constant", "warmup": 0.0, "moving_statistics": False}
    fields = said.fields("a phase", needed=("epochs", "rates"), usual=usual)
    rates = {}
    for block, rate in fields["rates"].items("rates").items():
        _check_block(rate, block, card)
        rates[block] = rate.number(f"the rate of {block}")
    with said.here():
        return Phase(
            epochs=fields["epochs"].whole("epochs"),
            rates=rates,
            shape=_shape(fields["schedule"]),
            warmup=fields["warmup"].number("warmup"),
            moving_statistics=fields["moving_statistics"].truth("moving_statistics"),
        )


def _change(said: Said, card: BackboneCard) -> Change:
    fields = said.fields("a change", needed=("after", "block", "rate"), usual={})
    block = fields["block"].text("block")
    _check_block(fields["block"], block, card)
    with said.here():
        return Change(after=fields["after"].whole("after"), block=block, rate=fields["rate"].number("rate"))


def _shape(said: Said) -> Any:
    name = said.text("schedule")
    if name not in get_args(Shape):
        raise said.fault(f"{name} is not a schedule.", did_you_mean(name, get_args(Shape)))
    return name


def _weights(said: Said, card: BackboneCard) -> str:
    name = said.text("weights")
    own = len(name) == _SHA256_LENGTH and set(name) <= set("0123456789abcdef")
    if not own and name != SCRATCH and card.published(name) is None:
        known = [*(weights.name for weights in card.weights), SCRATCH]
        raise said.fault(f"{name} is not a set of weights of {card.title}.", did_you_mean(name, known))
    return name


def _check_block(said: Said, name: str, card: BackboneCard) -> None:
    try:
        card.check_block(name)
    except ChoiceError as error:
        raise said.fault(error.message, error.hint) from None


def _word(text: str) -> str:
    """Write a name so that it is read as one: a sha256 may look like a number, and then stands in quotes."""
    return text if re.fullmatch(r"[A-Za-z][\w./ -]*", text) else json.dumps(text)


def _written(number: float) -> str:
    """Write a number out, as 0.00001, so that reading it gives the same one."""
    return f"{Decimal(repr(number)):f}"
