"""Hooks: what blocks put out, what gradient comes back to them, what a step keeps; every hook is taken away, always."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType, TracebackType

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from tlcore.catalog.cards import Block


@contextmanager
def watched(module: nn.Module, entered: Callable[[str], None], left: Callable[[str, object], None]) -> Iterator[None]:
    """Tell of every call of every part below `module` inside a `with`: its name, then its name and its output."""
    handles: list[RemovableHandle] = []
    try:
        for name, part in module.named_modules():
            if name:
                handles.append(part.register_forward_pre_hook(lambda _part, _inputs, name=name: entered(name)))
                handles.append(part.register_forward_hook(lambda _part, _inputs, out, name=name: left(name, out)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def hooks_on(module: nn.Module) -> int:
    """Count the hooks of every kind that sit on `module` and its parts."""
    return sum(
        len(hooks)
        for part in module.modules()
        for hooks in (part._forward_hooks, part._forward_pre_hooks, part._backward_hooks, part._backward_pre_hooks)
    )


class _Reached(Exception):  # noqa: N818  # no error: the way out of a forward pass that went far enough
    def __init__(self, output: torch.Tensor) -> None:
        super().__init__()
        self.output = output


def run_until(module: nn.Module, part: str, time: int, inputs: torch.Tensor) -> torch.Tensor:
    """Run `module` until `part` puts out for the time `time`, counted from 0, no further; return what it put out."""
    times = 0

    def reached(_part: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        nonlocal times
        if times == time:
            raise _Reached(output)
        times += 1

    handle = module.get_submodule(part).register_forward_hook(reached)
    try:
        module(inputs)
    except _Reached as reached_it:
        return reached_it.output
    finally:
        handle.remove()
    raise AssertionError(f"{part} did not put out {time + 1} times")


@contextmanager
def grown_from(module: nn.Module, block: Block) -> Iterator[list[torch.Tensor]]:
    """Let what follows `block` grow from copies of its outputs that can be asked for a gradient, inside a `with`.

    They are the list's entries, one for each forward pass. Nothing before the block is reached by such a gradient, so
    that it comes out the same whatever is frozen.
    """
    roots: list[torch.Tensor] = []

    def replace(_part: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        roots.append(output.detach().clone().requires_grad_())
        return roots[-1].clone()  # What follows may work in place, which a root forbids.

    handle = module.get_submodule(block.output).register_forward_hook(replace)
    try:
        yield roots
    finally:
        handle.remove()


@contextmanager
def gradients_caught(module: nn.Module, blocks: Sequence[Block]) -> Iterator[dict[str, torch.Tensor]]:
    """Catch, inside the `with`, the gradient of each block's output, by the block's name.

    The hooks are those of tensors: a tensor that a later operation changes in place still tells the gradient of what
    it was before. A full backward hook of a module puts its output behind a view, which the ReLU or `+=` that follows
    must not change in place, and so the pass fails (pytorch/pytorch#61519).
    """
    caught: dict[str, torch.Tensor] = {}
    handles: list[RemovableHandle] = []

    def keep(block: str, gradient: torch.Tensor) -> None:
        caught[block] = gradient.detach().clone()

    def listen(_part: nn.Module, _inputs: object, output: torch.Tensor, block: str) -> None:
        handles.append(output.register_hook(partial(keep, block)))  # type: ignore[no-untyped-call]

    try:
        for block in blocks:
            part = module.get_submodule(block.output)
            handles.append(part.register_forward_hook(partial(listen, block=block.name)))
        yield caught
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def attached(module: nn.Module, blocks: Sequence[Block]) -> Iterator[dict[str, torch.Tensor]]:
    """Keep what each block puts out inside a `with`, by its name, still tied to the answer, so that gradients reach it.

    Gradients begin at the first of the blocks, whatever is frozen: the way back is no longer than it has to be. The
    network goes on with a copy: an operation in place would make another tensor of the one that is kept.
    """
    outputs: dict[str, torch.Tensor] = {}
    handles: list[RemovableHandle] = []

    def keep(block: str) -> Callable[[nn.Module, object, torch.Tensor], torch.Tensor]:
        def hand_on(_part: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
            outputs[block] = output if outputs else output.detach().requires_grad_()
            return outputs[block].clone()

        return hand_on

    try:
        for block in blocks:
            handles.append(module.get_submodule(block.output).register_forward_hook(keep(block.name)))
        yield outputs
    finally:
        for handle in handles:
            handle.remove()


class HookSession:
    """Captures the output of each block during the forward passes inside a `with`.

    An output is cloned at once: the operation that follows may work in place (a ReLU, ResNet's `+=`) and would
    change what was kept (pytorch/pytorch#95617).
    """

    def __init__(self, module: nn.Module, blocks: Sequence[Block]) -> None:
        self.captured: dict[str, torch.Tensor] = {}
        self._module = module
        self._blocks = blocks
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> "HookSession":
        try:
            for block in self._blocks:
                part = self._module.get_submodule(block.output)
                self._handles.append(part.register_forward_hook(self._keep(block.name)))
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def _keep(self, block: str) -> Callable[[nn.Module, object, torch.Tensor], None]:
        def keep(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
            self.captured[block] = output.detach().clone()

        return keep

    def _remove(self) -> None:
        while self._handles:
            self._handles.pop().remove()


WAYS: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] = MappingProxyType(
    {
        "output": lambda output: output,
        "output.detach()": lambda output: output.detach(),
        "output.clone()": lambda output: output.clone(),
        "output.detach().clone()": lambda output: output.detach().clone(),
    }
)
"""What a hook can keep of the output that it is given."""


def keep_every_way(module: nn.Module, part: str, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
    """Run `module` once; return what each of WAYS keeps of what `part` puts out last."""
    kept: dict[str, torch.Tensor] = {}

    def keep(_part: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        kept.update({code: way(output) for code, way in WAYS.items()})

    handle = module.get_submodule(part).register_forward_hook(keep)
    try:
        module(inputs)
    finally:
        handle.remove()
    return kept


class KeptForTheWayBack(torch.autograd.graph.saved_tensors_hooks):
    """Counts, inside a `with`, the bytes that forward passes keep for their gradients, apart from those of `known`.

    Tensors that share their memory count once (torch's own tutorial on saved tensors has the hooks).
    """

    def __init__(self, known: Iterable[torch.Tensor]) -> None:
        self._known = {_place(tensor) for tensor in known}
        self._kept: dict[int, int] = {}
        super().__init__(self._count, _unchanged)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(self._kept.values())

    def _count(self, tensor: torch.Tensor) -> torch.Tensor:
        if (place := _place(tensor)) not in self._known:
            self._kept[place] = tensor.untyped_storage().nbytes()
        return tensor


def _place(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _unchanged(tensor: torch.Tensor) -> torch.Tensor:
    return tensor
