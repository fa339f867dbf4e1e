"""Sentences about what was seen inside a network, and by what limits: gradients that vanish, channels that are dead."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from statistics import median
from typing import NamedTuple

from tlcore.history import History
from tlcore.questions import Gradients, Health
from tlcore.questions.gradients import BlockGradient
from tlcore.questions.health import BlockHealth
from tlcore.text import power

VANISHED = 1e-3
"""A gradient has vanished where it is under a thousandth of what it is at some block nearer to the answer."""
EXPLODED = 1e3
"""It has exploded where it is over a thousand times what it is at some block nearer to the answer."""
BURST = 1e3
"""In training, a reading that is over a thousand times the block's median."""
QUIET, MOSTLY_DEAD = 0.1, 0.5
"""Shares of a block's channels: up to the first it is well, from the second on most of its room is lost."""
STUCK = 0.5
"""Share of a block's gates at their ends that is told."""
UNEVEN = 1e3
"""Times by which sizes of outputs may differ between blocks."""
_PLACELESS = 0.99


class Diagnosis(NamedTuple):
    """A sentence, and whether all is well."""

    told: str
    sound: bool


def gradients_told(gradients: Gradients) -> Diagnosis:
    """Say whether the gradient gets through to the first block, and no larger than it should."""
    blocks = gradients.blocks
    broken = [block for block in blocks if block.size is None]
    if broken:
        return Diagnosis(
            f"at `{broken[-1].block}` the gradient is no number any more: it grew beyond what a computer can hold, "
            "or the network's weights are damaged. Such a network cannot learn.",
            sound=False,
        )
    shut = [block for block in blocks if not block.size]
    if shut:
        return Diagnosis(
            f"no gradient at all reaches `{shut[-1].block}`: what lies between it and the answer is shut for this "
            "picture, as a ReLU is that is nowhere above zero. What gets no gradient cannot learn from this picture.",
            sound=False,
        )
    for place, block in enumerate(blocks[:-1]):
        later = blocks[place + 1 :]
        most, least = max(later, key=_size), min(later, key=_size)
        if _size(block) < VANISHED * _size(most):
            return _vanished(block, most)
        if _size(block) > EXPLODED * _size(least):
            return _exploded(block, least)
    spread = max(map(_size, blocks)) / min(map(_size, blocks))
    return Diagnosis(
        f"the gradient is healthy: from `{blocks[-1].block}` back to `{blocks[0].block}` its size stays within a "
        f"factor of {power(spread)}. It neither vanishes nor explodes (a factor of 1,000), so every block can learn.",
        sound=True,
    )


def _vanished(block: BlockGradient, most: BlockGradient) -> Diagnosis:
    return Diagnosis(
        f"the gradient vanishes: at `{block.block}` it is {power(_size(block))}, at `{most.block}` "
        f"{power(_size(most))}. On its way back it got smaller, so that plain gradient descent would hardly move "
        "the first blocks. Published weights, normalisation and shortcuts around blocks are there to prevent this.",
        sound=False,
    )


def _exploded(block: BlockGradient, least: BlockGradient) -> Diagnosis:
    return Diagnosis(
        f"the gradient explodes: at `{block.block}` it is {power(_size(block))}, at `{least.block}` only "
        f"{power(_size(least))}. On its way back blocks made it larger, so one plain step would throw the first ones "
        "far off. Lower rates for them help, and so does normalisation.",
        sound=False,
    )


def placeless_told(gradients: Gradients) -> str:
    """Say where a map is empty because the answer is read from a token without a place; nothing if nowhere."""
    names = [block.block for block in gradients.blocks if block.map and block.placeless > _PLACELESS]
    if not names:
        return ""
    return (
        f"the map of {_listed(names)} is as good as empty: there the score hangs on the class token alone, which has "
        "no place in the picture. Before it, the tokens of the picture's squares feed it."
    )


def even_told(gradients: Gradients) -> str:
    """Say where every place has the same gradient, so that the map is of one colour; nothing if nowhere."""
    names = [block.block for block in gradients.blocks if block.even]
    if not names:
        return ""
    return (
        f"the map of {_listed(names)} is of one colour: the head takes the mean over all places, so a change counts "
        "the same wherever it is. Before that, what places hold makes the difference."
    )


def frozen_told(learned: Mapping[str, bool]) -> str:
    """Say what training made of the gradient at frozen blocks, stem first; nothing of a network that was not trained.

    `learned` says of every block whether it learned.
    """
    names = list(learned)
    first = list(takewhile(lambda name: not learned[name], names))
    if not learned or len(first) == len(names):
        return ""
    between = [name for name in names[len(first) :] if not learned[name]]
    told = []
    if first:
        told.append(
            f"{_listed(first)} {'were' if len(first) > 1 else 'was'} frozen first: in training no gradient is sent "
            f"back beyond `{names[len(first)]}`, because nothing before it learns; here it was asked for all the same."
        )
    if between:
        named = ", ".join(f"`{name}`" for name in between)
        told.append(f"Through {named}, frozen too, the gradient does flow in training: blocks before learn by it.")
    return " ".join(told)


def flow_told(history: History, blocks: Sequence[str]) -> Diagnosis | None:
    """Say how gradients did in training, by all readings; None before there is one."""
    readings = {block: [look.gradients[block] for look in history.moves if block in look.gradients] for block in blocks}
    usual = {block: median(sizes) for block, sizes in readings.items() if sizes}
    if not usual:
        return None
    most = max(usual, key=lambda block: usual[block])
    for block, size in usual.items():
        if (largest := max(readings[block])) > BURST * size:
            return Diagnosis(
                f"the gradient burst: at `{block}` it once was {power(largest)}, usually {power(size)}. Such a step "
                "moves weights further than usual; lower rates or a warm-up soften it.",
                sound=False,
            )
    least = min(usual, key=lambda block: usual[block])
    if usual[least] < VANISHED * usual[most]:
        return Diagnosis(
            f"the gradient vanished at `{least}`: usually {power(usual[least])} there, {power(usual[most])} at "
            f"`{most}`. Plain gradient descent would hardly move the block; AdamW, which trains here, divides by the "
            "gradient's usual size and moves it all the same.",
            sound=False,
        )
    if len(usual) == 1:
        return Diagnosis(f"only `{most}` learned, so only it has gradients: usually {power(usual[most])}.", sound=True)
    return Diagnosis(
        f"all {len(usual)} blocks that learned were reached: the largest gradient was usually at `{most}` "
        f"({power(usual[most])}), the smallest at `{least}` ({power(usual[least])}).",
        sound=True,
    )


def dead_told(health: Health) -> Diagnosis:
    """Say whether channels are dead, and where most are."""
    worst = max(health.blocks, key=_dead)
    dead, channels = sum(block.dead for block in health.blocks), sum(block.channels for block in health.blocks)
    if not dead:
        return Diagnosis(f"no channel is dead: each of {channels:,} stirs for at least one picture.", sound=True)
    where = f"most in `{worst.block}`: {worst.dead:,} of {worst.channels:,} ({_percent(_dead(worst))})"
    if _dead(worst) <= QUIET:
        return Diagnosis(
            f"hardly any channel is dead, {where}. Up to a tenth is usual: a channel that is asleep for these pictures "
            "may wake for others.",
            sound=True,
        )
    if _dead(worst) < MOSTLY_DEAD:
        return Diagnosis(
            f"some channels are dead for these pictures, {where}. In a network that learned from a thousand classes "
            "many channels wait for things that are not in your pictures; in one that you trained from random numbers "
            "the rate may have been too high.",
            sound=True,
        )
    return Diagnosis(
        f"much of the network is dead for these pictures, {where}. A dead ReLU gets no gradient, so it stays dead: "
        "rates that are too high do this, and so does a network far too large for few pictures.",
        sound=False,
    )


def stuck_told(health: Health) -> Diagnosis | None:
    """Say whether gates are stuck at their ends; None for a network without gates."""
    gated = [block for block in health.blocks if block.stuck is not None]
    if not gated:
        return None
    worst = max(gated, key=_stuck)
    if not worst.stuck:
        return Diagnosis("no gate is stuck: none of their values is at an end, so all of them weigh.", sound=True)
    if _stuck(worst) < STUCK:
        return Diagnosis(
            f"gates still weigh: at most {_percent(_stuck(worst))} of their values are at an end, in `{worst.block}`.",
            sound=True,
        )
    return Diagnosis(
        f"in `{worst.block}` {_percent(_stuck(worst))} of the gates' values are fully open or shut. There a gate is "
        "flat and passes no gradient to itself, so it hardly learns any more.",
        sound=False,
    )


def sizes_told(health: Health) -> Diagnosis:
    """Say whether the numbers that blocks put out are about as large all through the network."""
    broken = [block.block for block in health.blocks if block.size is None]
    if broken:
        return Diagnosis(
            f"`{broken[0]}` puts out what is no number any more. The weights are damaged, or training went astray.",
            sound=False,
        )
    least, most = min(health.blocks, key=_size), max(health.blocks, key=_size)
    if _size(most) > UNEVEN * _size(least):
        return Diagnosis(
            f"numbers get out of proportion: {power(_size(least))} at `{least.block}`, {power(_size(most))} at "
            f"`{most.block}`. Where they are tiny, pictures can hardly be told apart; where they are huge, a small "
            "change of the weights is a large one of the answer.",
            sound=False,
        )
    return Diagnosis(
        f"numbers stay in proportion: from {power(_size(least))} at `{least.block}` to {power(_size(most))} at "
        f"`{most.block}`. A factor of 1,000 between them would be worth a look.",
        sound=True,
    )


def _listed(names: Sequence[str]) -> str:
    """Return neighbouring blocks as words, set as code."""
    return f"`{names[0]}`" if len(names) == 1 else f"`{names[0]}` to `{names[-1]}`"


def _size(block: BlockGradient | BlockHealth) -> float:
    return block.size or 0.0


def _dead(block: BlockHealth) -> float:
    return block.dead / block.channels


def _stuck(block: BlockHealth) -> float:
    return block.stuck or 0.0


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
