"""Answers `SingleOut`: the channels of a block that stand out in a picture, by one of three measures."""

import torch
from torch import Tensor

from tlcore.engine.answers.see import as_grid, as_map
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.hooks import HookSession, grown_from
from tlcore.errors import ChoiceError
from tlcore.questions import SingledOut, SingleOut
from tlcore.questions.channels import Channel
from tlcore.store import Store


def single_out(store: Store, assembly: Assembly, question: SingleOut) -> SingledOut:
    """Send the picture through the network, and for an influence back from the answer to the block."""
    assembly.card.check_block(question.block)
    encoder, device = assembly.encoder, assembly.runtime.device
    pixels = encoder.encode(store.datasets.shown(question.picture)).unsqueeze(0).to(device)
    inputs = encoder.normalise(pixels)
    block = assembly.card.block(question.block)
    with borrowed_flags(assembly.module):
        assembly.module.eval()
        if question.by == "influence":
            output, slope = output_and_slope(assembly, question.block, inputs, question.answer)
        else:
            output, slope = _output(assembly, question.block, inputs), None
    grid = as_grid(output[0].float().cpu(), block.layout)
    if grid.ndim != 3:
        raise ChoiceError(
            f"{question.block} puts out {grid.shape[0]:,} numbers that have no place in the picture.",
            "Choose a block before it.",
        )
    match question.by:
        case "mean":
            values = grid.mean((1, 2))
        case "variance":
            values = grid.var((1, 2), correction=0)
        case "influence":
            assert slope is not None
            values = influences(grid, as_grid(slope[0].float().cpu(), block.layout))
    order = values.abs() if question.by == "influence" else values
    places = order.argsort(descending=True, stable=True)[: question.most].tolist()
    return SingledOut(
        channels=tuple(Channel(number=place, value=float(values[place]), map=as_map(grid[place])) for place in places)
    )


def influences(grid: Tensor, slope: Tensor) -> Tensor:
    """Return how much an answer hangs on each channel (C) of a block, from its output and slope, both (C, H, W).

    Slope times activation, summed over the channel: about how much the answer's score would fall if the channel were
    silent, as in pruning (Molchanov et al. 2017, equation 8); where we differ: with its sign.
    """
    return (grid * slope).sum((1, 2))


def output_and_slope(assembly: Assembly, block: str, inputs: Tensor, answer: int) -> tuple[Tensor, Tensor]:
    """Return what a block puts out, and how the score of the answer with this number changes with it, both alike.

    -1 is the likeliest answer. No parameter gets a gradient, whether it is frozen or not.
    """
    with torch.enable_grad(), grown_from(assembly.module, assembly.card.block(block)) as roots:
        scores = assembly.module(inputs).flatten(1)[0]
        if answer >= len(scores):
            raise ChoiceError(f"There is no answer {answer}.", f"This network has {len(scores)}, counted from 0.")
        score = scores.max() if answer < 0 else scores[answer]
        (slope,) = torch.autograd.grad(score, roots)
    return roots[0].detach(), slope


def _output(assembly: Assembly, block: str, inputs: Tensor) -> Tensor:
    with torch.inference_mode(), HookSession(assembly.module, (assembly.card.block(block),)) as hooks:
        assembly.module(inputs)
    return hooks.captured[block]
