"""The flags that say a plan, on their own or beside a plan file, and the draft that they make."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import get_args

from tlcore.catalog.backbones import RECOMMENDED, backbone
from tlcore.catalog.weights import SCRATCH
from tlcore.commands.opening import opened
from tlcore.config import Augment
from tlcore.draft import Draft
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.plan import preview
from tlcore.planfile import LARGEST, from_yaml
from tlcore.store import Store
from tlcore.strategies import STRATEGIES

_USUAL = Draft()
_BACKBONES = f"{', '.join(RECOMMENDED)}, any other that the verb `weights` lists, or a timm network by its name"
_SETTINGS = ("epochs", "batch_size", "image_size", "augment", "views", "seed")


def add_plan_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags; one that is not given is None, so that a plan file is contradicted by given ones only."""
    parser.add_argument("--plan", metavar="FILE", help="a plan in YAML, as the app and the verb `plan` write it")
    parser.add_argument("--backbone", metavar="NAME", help=f"{_BACKBONES} (default: {_USUAL.backbone})")
    parser.add_argument(
        "--strategy", metavar="NAME", help=f"one of {', '.join(STRATEGIES)} (default: {_USUAL.strategy})"
    )
    parser.add_argument("--epochs", type=int, help=f"passes over the pictures (default: {_USUAL.epochs})")
    parser.add_argument(
        "--seed", type=int, help=f"draws the split, the new head and the order of pictures (default: {_USUAL.seed})"
    )
    parser.add_argument(
        "--rate",
        action="append",
        default=[],
        metavar="BLOCK=RATE",
        help="one block's learning rate in every phase, 0 to freeze it; may be given again",
    )
    parser.add_argument(
        "--weights",
        metavar="WEIGHTS",
        help="published weights by name (imagenet: the usual ones), scratch, or a file of your own"
        f" (default: {_USUAL.weights})",
    )
    parser.add_argument("--batch-size", type=int, help=f"pictures per step (default: {_USUAL.batch_size})")
    parser.add_argument(
        "--image-size",
        type=int,
        help=f"side of the network's input, in pixels (default: {_USUAL.image_size}, or the network's own)",
    )
    parser.add_argument(
        "--augment",
        metavar="HOW",
        help=f"how training pictures are changed at random: {', '.join(get_args(Augment))} (default: {_USUAL.augment})",
    )
    parser.add_argument(
        "--views",
        type=int,
        help="drawings of each training picture that epochs take in turn, which what is frozen first sees once;"
        f" 0: every epoch draws its own (default: {_USUAL.views})",
    )


def planned(store: Store, arguments: argparse.Namespace) -> Draft:
    """Return the plan that the flags say, for no set yet.

    Raises ChoiceError where it cannot be carried out, and where a flag contradicts the plan file.
    """
    draft = _from_flags(store, arguments) if arguments.plan is None else _from_file(store, arguments)
    preview(replace(draft, data="").config("check"), classes=2)
    return draft


def _from_flags(store: Store, arguments: argparse.Namespace) -> Draft:
    card = opened(arguments.backbone or _USUAL.backbone)
    strategy = arguments.strategy or _USUAL.strategy
    if strategy not in STRATEGIES:
        raise ChoiceError(f"{strategy} is not a strategy.", did_you_mean(strategy, STRATEGIES))
    if strategy == "scratch" and arguments.weights not in (None, SCRATCH):
        raise ChoiceError(
            f"--weights {arguments.weights} contradicts --strategy {strategy}, which begins with random numbers.",
            "Leave one of the two out.",
        )
    given = {name: getattr(arguments, name) for name in _SETTINGS}
    settings = {name: value for name, value in given.items() if value is not None}
    draft = replace(_USUAL.on(card.name), **settings).by_strategy(strategy)
    for block, rate in map(_rate, arguments.rate):
        for phase in range(len(draft.phases)):
            draft = draft.with_rate(phase, block, rate)
    if arguments.weights is None:
        return draft
    return replace(draft, weights=_weights(store, arguments.weights, card.name))


def _from_file(store: Store, arguments: argparse.Namespace) -> Draft:
    plan = from_yaml(_text(Path(arguments.plan)))
    for name in ("backbone", "strategy", *_SETTINGS):
        given, said = getattr(arguments, name), getattr(plan, name)
        if given not in (None, said):
            _contradict(name.replace("_", "-"), str(given), f"{name}: {said}")
    if arguments.weights not in (None, plan.weights) and plan.weights != _weights(
        store, arguments.weights, plan.backbone
    ):
        _contradict("weights", arguments.weights, f"weights: {plan.weights}")
    hint = "Name the file too, and it is brought: --weights FILE."
    store.imported.check(store.command_line_workspace(), backbone(plan.backbone), plan.weights, hint)
    for block, rate in map(_rate, arguments.rate):
        for phase in plan.phases:
            if phase.rate(block) != rate:
                _contradict("rate", f"{block}={rate:g}", f"{block}: {phase.rate(block):g}")
    return plan


def _contradict(flag: str, given: str, said: str) -> None:
    raise ChoiceError(f"--{flag} {given} contradicts the plan, which says {said}.", "Leave it out, or edit the plan.")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            # A byte more than fits is enough to be refused, whatever the file's size.
            return file.read(4 * LARGEST + 1).decode("utf-8-sig")
    except OSError as error:
        raise ChoiceError(f"--plan got {path}: {error.strerror}.", "It takes a file that is there.") from None
    except UnicodeDecodeError:
        raise ChoiceError(f"--plan got {path}, which is not text.", "It takes YAML in UTF-8.") from None


def _rate(text: str) -> tuple[str, float]:
    block, _, rate = text.partition("=")
    try:
        return block, float(rate)
    except ValueError:
        raise ChoiceError(f"--rate got {text}.", "It takes BLOCK=RATE, such as layer4=0.0001.") from None


def _weights(store: Store, given: str, name: str) -> str:
    if given == SCRATCH or backbone(name).published(given) is not None:
        return given
    from tlcore.engine.bring import bring_weights

    path = Path(given)
    if not path.is_file():
        known = ", ".join(weights.name for weights in backbone(name).weights)
        raise ChoiceError(f"--weights got {given}.", f"It takes {known}, scratch, or a file that is there.")
    return bring_weights(store, path, path.name, name, store.command_line_workspace())
