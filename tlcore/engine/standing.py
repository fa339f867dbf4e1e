"""Where a run stands between two steps, and all that it needs to go on from there to the bit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.optim import Optimizer

from tlcore.catalog.cards import Block
from tlcore.engine.peers import Peers
from tlcore.engine.tensor_file import write_tensors
from tlcore.records import from_json, to_json

_KEY = "standing"


@dataclass(slots=True)
class Tally:
    """Sums over the batches of one pass."""

    loss: float = 0.0
    right: int = 0
    count: int = 0

    def add(self, loss: float, right: int, count: int) -> None:
        """Add one batch's mean loss and right answers."""
        self.loss += loss * count
        self.right += right
        self.count += count


@dataclass(slots=True, kw_only=True)
class Standing:
    """How far a run is: everything that moves and is no tensor."""

    epoch: int = 0
    """Finished epochs."""
    step: int = 0
    """Steps made in the whole run."""
    batch: int = 0
    """Batches learned in the epoch that is on."""
    seconds: float = 0.0
    tally: Tally = field(default_factory=Tally)
    """Of the epoch that is on."""
    overrides: dict[str, float] = field(default_factory=dict)
    """Base rates that a change set over what the phases say."""
    learned: tuple[str, ...] = ()
    """Blocks that have learned at any time; the others are as they were when the run began."""


@dataclass(frozen=True, slots=True)
class SavePoint:
    """A standing with its tensors."""

    standing: Standing
    tensors: Mapping[str, Tensor]

    def write(self, path: Path) -> None:
        """Write it as safetensors; raise OSError where the disk does not take it."""
        write_tensors(self.tensors, path, metadata={_KEY: to_json(self.standing)})

    @classmethod
    def read(cls, path: Path) -> "SavePoint":
        """Read what `write` wrote."""
        with safe_open(path, framework="pt") as file:
            standing = from_json(Standing, file.metadata()[_KEY])
        return cls(standing, load_file(path))

    @classmethod
    def agreed(cls, peers: Peers, point: "SavePoint | None") -> "SavePoint | None":
        """Return what the first process goes on from; None where it begins anew."""
        standing = peers.agree(to_json(point.standing) if point else "")
        if not standing:
            return None
        return cls(from_json(Standing, standing), peers.hand_out(point.tensors if point else {}))


def take(
    standing: Standing, module: nn.Module, blocks: tuple[Block, ...], optimizer: Optimizer, shuffle: Tensor
) -> SavePoint:
    """Copy what may have moved: blocks that have learned, all buffers, moments, and the states of the dice.

    Blocks that never learned are not in it: the run that goes on assembles them anew, bit-identical.
    """
    learned = [block for block in blocks if block.name in standing.learned]
    tensors: dict[str, Tensor] = {"shuffle": shuffle, "random": torch.get_rng_state()}
    if any(parameter.is_cuda for parameter in module.parameters()):
        tensors["random_cuda"] = torch.cuda.get_rng_state()
    for name, parameter in module.named_parameters():
        if any(block.holds(name) for block in learned):
            tensors[f"parameter.{name}"] = _plain(parameter)
            for key, value in optimizer.state.get(parameter, {}).items():
                tensors[f"{key}.{name}"] = _plain(value)
    for name, buffer in module.named_buffers():
        tensors[f"buffer.{name}"] = _plain(buffer)
    return SavePoint(standing, tensors)


def restore(point: SavePoint, module: nn.Module, optimizer: Optimizer) -> Tensor:
    """Put the tensors of `point` back where `take` found them, and return the state of the shuffling dice."""
    parameters, buffers = dict(module.named_parameters()), dict(module.named_buffers())
    with torch.no_grad():
        for key, value in point.tensors.items():
            kind, _, name = key.partition(".")
            if kind == "parameter":
                parameters[name].copy_(value)
            elif kind == "buffer":
                buffers[name].copy_(value)
            elif name:
                _restore_moment(optimizer, parameters[name], kind, value)
    torch.set_rng_state(point.tensors["random"])
    if "random_cuda" in point.tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(point.tensors["random_cuda"])
    return point.tensors["shuffle"]


def _restore_moment(optimizer: Optimizer, parameter: nn.Parameter, kind: str, value: Tensor) -> None:
    if value.shape == parameter.shape:
        # Strided as torch would have made it: another order of the same numbers may round otherwise.
        value = torch.empty_like(parameter, memory_format=torch.preserve_format).copy_(value)
    elif parameter.is_cuda:
        # The fused optimizer counts its steps where the parameters lie; torch's own `load_state_dict` does this too.
        value = value.to(parameter.device)
    optimizer.state[parameter][kind] = value


def _plain(value: Tensor) -> Tensor:
    return value.detach().cpu().contiguous().clone()
